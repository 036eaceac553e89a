/**
 * A budget for the bytes of all request bodies that are in flight: from their arrival until their request is answered.
 * Connections are many and bodies are large; without it, their product is what a stranger may fill the memory with.
 */

/** How well a sender is known when its body comes in; each kind but the first has its own share. */
export type Sender = "known" | "claimed" | "stranger";

export interface BudgetLimits {
  /** Bytes of all bodies together. */
  readonly total: number;
  /** Bytes of those who only claim to be known, or whom only our CA names. */
  readonly claimed: number;
  /** Bytes of those who have proved nothing. What the shares leave of the total is for known senders alone. */
  readonly stranger: number;
}

/**
 * Bytes of each body that are not counted: the number of connections bounds them. So that a message of the usual size is
 * read however full the budget is.
 */
export const FREE_BYTES = 16 * 1024;

/** What one body holds of the budget. */
export interface Lease {
  /** From now on the body takes `bytes` in memory; false, and nothing changes, where the budget does not have them. */
  resize(bytes: number): boolean;
  /** Keeps what is held while the body is worked on, whatever becomes of the connection. Returns what ends that. */
  pin(): () => void;
  /** The request is over: gives everything back, at once or when nobody works on the body any more. Nothing is given after. */
  end(): void;
}

export interface BodyBudget {
  lease(sender: Sender): Lease;
  /** Bytes that are held now, and the most that ever were. */
  readonly held: number;
  readonly peak: number;
}

export function createBodyBudget(limits: BudgetLimits): BodyBudget {
  const most: Readonly<Record<Sender, number>> = {
    known: limits.total,
    claimed: limits.claimed,
    stranger: limits.stranger,
  };
  const held: Record<Sender, number> = { known: 0, claimed: 0, stranger: 0 };
  const sum = (): number => held.known + held.claimed + held.stranger;
  let peak = 0;

  return {
    get held() {
      return sum();
    },
    get peak() {
      return peak;
    },
    lease(sender) {
      let mine = 0;
      let pins = 0;
      let over = false;
      const settle = (): void => {
        if (!over || pins > 0) return;
        held[sender] -= mine;
        mine = 0;
      };
      return {
        resize(bytes) {
          if (over) return false;
          const counted = Math.max(0, bytes - FREE_BYTES);
          const more = counted - mine;
          if (more > 0 && (held[sender] + more > most[sender] || sum() + more > limits.total)) return false;
          mine = counted;
          held[sender] += more;
          peak = Math.max(peak, sum());
          return true;
        },
        pin() {
          pins += 1;
          let pinned = true;
          return () => {
            if (!pinned) return;
            pinned = false;
            pins -= 1;
            settle();
          };
        },
        end() {
          over = true;
          settle();
        },
      };
    },
  };
}

/** A body that is no larger than `FREE_BYTES` holds nothing. */
export const FREE_LEASE: Lease = {
  resize: (bytes) => bytes <= FREE_BYTES,
  pin: () => () => undefined,
  end: () => undefined,
};
