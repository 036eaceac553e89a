/**
 * How fast passwords may be guessed. What fails is counted for an address with a name, for an address and for a name. The first two have growing
 * pauses. The last has a short one, and only for addresses from which nobody has signed in to that name: strangers elsewhere must
 * not lock a person out. Pure: the moment comes in. It is kept in memory, within bounds, and by each process alone.
 */

interface Rule {
  /** Failures without a pause. */
  readonly free: number;
  /** The first pause; each further failure doubles it, up to `most` (ms). */
  readonly first: number;
  readonly most: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
export const RULES = {
  pair: { free: 5, first: SECOND, most: 5 * MINUTE },
  // Many people may share an address.
  address: { free: 30, first: SECOND, most: 5 * MINUTE },
  name: { free: 100, first: 5 * SECOND, most: 5 * SECOND },
} as const satisfies Record<string, Rule>;

/** What has not failed for so long begins again. */
export const FORGET_AFTER = 60 * MINUTE;
/** Entries of each kind that are remembered at most. */
export const MOST_ENTRIES = 20_000;

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** A map that forgets, half of it at a time, what was set longest ago. (Deleting the oldest key of a full Map each time is slow.) */
class Bounded<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }
  set(key: string, value: V): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < MOST_ENTRIES / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}

export interface SignInThrottle {
  /** How long (ms) to wait before this may be tried. 0: it is tried now, and counts as a failure until `succeeded` is told. */
  begin(address: string, name: string, now: number): number;
  succeeded(address: string, name: string): void;
  /** Entries that are remembered. */
  readonly size: number;
}

/** One customer has a whole /64 of IPv6. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => "0"), ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

export function createSignInThrottle(): SignInThrottle {
  const failures = {
    pair: new Bounded<Failures>(),
    address: new Bounded<Failures>(),
    name: new Bounded<Failures>(),
  };
  /** Addresses with names that have signed in there. */
  const known = new Bounded<true>();

  const counted = (kind: keyof typeof RULES, key: string, now: number): number => {
    const entry = failures[kind].get(key);
    return entry === undefined || now - entry.at >= FORGET_AFTER ? 0 : entry.count;
  };

  function wait(kind: keyof typeof RULES, key: string, now: number): number {
    const { free, first, most } = RULES[kind];
    const count = counted(kind, key, now);
    if (count < free) return 0;
    const pause = Math.min(most, first * 2 ** Math.min(count - free, 30));
    // A clock that was set back makes no pause longer than it was.
    return Math.min(pause, Math.max(0, (failures[kind].get(key)?.at ?? 0) + pause - now));
  }

  const keysOf = (address: string, name: string) => {
    const from = network(address);
    return { pair: `${from} ${name}`, address: from, name };
  };

  return {
    begin(address, name, now) {
      const keys = keysOf(address, name);
      const kinds = ["pair", "address", "name"] as const;
      const asked = known.get(keys.pair) === undefined ? kinds : kinds.slice(0, 2);
      const longest = Math.max(...asked.map((kind) => wait(kind, keys[kind], now)));
      if (longest > 0) return longest;
      for (const kind of kinds) failures[kind].set(keys[kind], { count: counted(kind, keys[kind], now) + 1, at: now });
      return 0;
    },
    succeeded(address, name) {
      const keys = keysOf(address, name);
      failures.pair.delete(keys.pair);
      for (const kind of ["address", "name"] as const) {
        const entry = failures[kind].get(keys[kind]);
        if (entry !== undefined) failures[kind].set(keys[kind], { ...entry, count: Math.max(0, entry.count - 1) });
      }
      known.set(keys.pair, true);
    },
    get size() {
      return failures.pair.size + failures.address.size + failures.name.size + known.size;
    },
  };
}
