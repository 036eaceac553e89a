/**
 * Events, derived from what a transaction writes: no use case has to think of them, and none can forget one. An event is written with its
 * cause, in the same transaction. A write of columns that no list shows (last seen, what is due, a lease) makes none, and costs one look
 * into a table.
 */
import { type EventKind, type EventTopic, saying } from "./event-kinds.ts";
import type { Row } from "./mapping.ts";
import type { Json, TableName } from "./rows.ts";
import { TABLES } from "./tables.ts";
import type { Lookups, Write } from "./transaction.ts";

/** How the rows of a table become events. */
interface Source {
  readonly topic: EventTopic;
  /** Column that has the id of the object which the event is about; null: there is one of its kind only. */
  readonly id: string | null;
  /** A patch of other columns is no event. */
  readonly watched: ReadonlySet<string>;
  /** Under which name its columns stand in the event, in a list where an event may have several; absent: they are in none. */
  readonly part?: string;
  readonly isList?: true;
  /** The columns that the event has. */
  readonly shown: readonly string[];
  /** What the change is. `before`: undefined where the row is new, or was not read; none: it is no event. */
  readonly kinds: (change: Change) => readonly EventKind[];
}

interface Change {
  readonly before: Row | undefined;
  readonly after: Row;
  readonly isNew: boolean;
  /** It has another value than before, as far as is known. */
  readonly has: (column: string) => boolean;
}

const DEVICE = [
  "state",
  "appleId",
  "serial",
  "deviceName",
  "productName",
  "modelName",
  "platform",
  "osVersion",
  "buildVersion",
  "supplementalExtra",
  "compliance",
  "complianceReason",
  "flags",
  "governedBy",
  "ring",
  "aim",
  "deadlineAt",
  "deadlineLocal",
  "excludedUntil",
] as const;
const JOB = ["state", "reason"] as const;
const PLAN = ["name", "kind", "place", "state", "revision", "devices", "pauseReason"] as const;
const ROLLOUT = ["state", "reason", "urgentBelow", "blackoutLifted", "instead"] as const;
const RUN = ["state", "openedAt", "asked"] as const;
const BLOCK = ["live", "until"] as const;

const ENROLLMENT_STATES: Readonly<Record<string, EventKind>> = {
  enrolled: "device.enrolled",
  "checked-out": "device.checked-out",
  removed: "device.removed",
  quarantined: "device.quarantined",
};
/** States of jobs that have an event of their name; all others are a change. */
const JOB_STATES: Readonly<Record<string, EventKind>> = {
  blocked: "job.blocked",
  paused: "job.paused",
  done: "job.done",
  "fell-back": "job.fell-back",
  downloaded: "job.downloaded",
  notified: "job.notified",
  stopped: "job.stopped",
  failed: "job.failed",
  refused: "job.refused",
};
const ROLLOUT_STATES: Readonly<Record<string, EventKind>> = {
  running: "rollout.resumed",
  held: "rollout.held",
  paused: "rollout.paused",
  aborted: "rollout.aborted",
  superseded: "rollout.superseded",
};

function deviceKinds({ before, after, isNew, has }: Change): EventKind[] {
  const kinds: EventKind[] = [];
  const entered = has("state") ? ENROLLMENT_STATES[String(after["state"])] : undefined;
  if (entered !== undefined) kinds.push(entered);
  const version = ["osVersion", "buildVersion", "supplementalExtra"].some(has);
  // The first version that a device tells is no change of it.
  if (version && typeof before?.["osVersion"] === "string") kinds.push("device.os-changed");
  if (!isNew && has("compliance")) kinds.push("device.compliance-changed");
  const overdue = (row: Row | undefined): boolean => ((row?.["flags"] ?? "") as string).includes(" overdue ");
  if (has("flags") && overdue(after) && !overdue(before)) kinds.push("device.overdue");
  return kinds.length === 0 ? ["device.changed"] : kinds;
}

function jobKinds({ after, isNew, has }: Change): EventKind[] {
  // It was over before it began: a decision of the plan.
  if (after["begun"] === 0) return [];
  const named = has("state") ? JOB_STATES[String(after["state"])] : undefined;
  const kinds: EventKind[] = isNew ? ["job.created"] : [];
  if (named !== undefined) kinds.push(named);
  return kinds.length === 0 ? ["job.changed"] : kinds;
}

function planKinds({ after, isNew, has }: Change): EventKind[] {
  if (isNew) return ["plan.created"];
  if (!has("state")) return ["plan.changed"];
  const { state } = after as { readonly state?: unknown };
  return [state === "paused" ? "plan.paused" : state === "stopped" ? "plan.stopped" : "plan.resumed"];
}

function rolloutKinds({ after, isNew, has }: Change): EventKind[] {
  if (isNew) return ["rollout.began"];
  return [(has("state") ? ROLLOUT_STATES[String(after["state"])] : undefined) ?? "rollout.changed"];
}

function runKinds({ after, isNew, has }: Change): EventKind[] {
  const { state, asked } = after as { readonly state?: unknown; readonly asked?: unknown };
  const kinds: EventKind[] = [];
  if (has("state") && state === "open") kinds.push("rollout.ring-opened");
  if (has("state") && state === "passed") kinds.push("rollout.ring-passed");
  if (has("asked") && typeof asked === "string") kinds.push("rollout.asks");
  // The rings of a rollout are made with it.
  return kinds.length > 0 || isNew ? kinds : ["rollout.changed"];
}

const columns = (...names: readonly string[]): ReadonlySet<string> => new Set(names);

const SOURCES: { readonly [T in TableName]?: Source } = {
  enrollment: {
    topic: "devices",
    id: "id",
    watched: columns(...DEVICE),
    part: "device",
    shown: DEVICE,
    kinds: deviceKinds,
  },
  job: {
    topic: "devices",
    id: "enrollmentId",
    watched: columns(...JOB),
    part: "job",
    shown: ["id", "planId", "rolloutId", "ring", ...JOB],
    kinds: jobKinds,
  },
  deviceTag: { topic: "devices", id: "enrollmentId", watched: columns(), shown: [], kinds: () => ["device.changed"] },
  plan: { topic: "plans", id: "id", watched: columns(...PLAN), part: "plan", shown: PLAN, kinds: planKinds },
  rollout: {
    topic: "rollouts",
    id: "id",
    watched: columns(...ROLLOUT),
    part: "rollout",
    shown: ["planId", "platform", "version", "extra", "stateBy", ...ROLLOUT],
    kinds: rolloutKinds,
  },
  ringRun: {
    topic: "rollouts",
    id: "rolloutId",
    watched: columns(...RUN),
    part: "rings",
    isList: true,
    shown: ["ring", "urgent", ...RUN],
    kinds: runKinds,
  },
  halt: {
    topic: "halt",
    id: null,
    watched: columns("active"),
    part: "halt",
    shown: ["active", "since", "setBy", "reason"],
    kinds: ({ after }) => [after["active"] === 1 ? "halt.began" : "halt.ended"],
  },
  release: { topic: "catalog", id: null, watched: columns("doc"), shown: [], kinds: () => ["catalog.changed"] },
  securityRelease: { topic: "catalog", id: null, watched: columns("doc"), shown: [], kinds: () => ["catalog.changed"] },
  setting: {
    topic: "catalog",
    id: null,
    watched: columns("value"),
    shown: [],
    kinds: ({ after }) => (/^c(atalog|ve-feed)/.test(String(after["name"])) ? ["catalog.changed"] : []),
  },
  block: {
    topic: "catalog",
    id: "id",
    watched: columns(...BLOCK),
    part: "block",
    shown: ["platform", "version", "extra", ...BLOCK],
    kinds: ({ isNew, has, after }) =>
      isNew ? ["block.created"] : has("live") && after["live"] === 0 ? ["block.ended"] : ["catalog.changed"],
  },
};

/** What a transaction has read of a table, lookup by lookup. */
export type Looked = (table: TableName) => readonly (readonly Row[])[];

interface Event {
  readonly topic: EventTopic;
  readonly id: string;
  readonly kinds: Set<EventKind>;
  readonly data: Record<string, Row | Row[]>;
}

const NONE: readonly Write[] = [];

/**
 * The events that follow from these writes, one for each object that they change, as writes. `at`: when the transaction was decided (ms
 * UTC); undefined: the ask names no moment, and then it changes nothing that a list shows.
 */
export function eventsOf(writes: readonly Write[], at: number | undefined, looked: Looked): readonly Write[] {
  if (at === undefined) return NONE;
  let events: Events | undefined;
  for (const write of writes) {
    const table = "put" in write ? write.put : "insert" in write ? write.insert : undefined;
    const source = SOURCES[table ?? ("patch" in write ? write.patch : (write as { readonly drop: TableName }).drop)];
    if (source === undefined || ("patch" in write && !isWatched(source, write.set))) continue;
    events ??= new Events(looked);
    events.add(source, write);
  }
  return events?.writes(at) ?? NONE;
}

function isWatched({ watched }: Source, set: object): boolean {
  for (const column in set) if (watched.has(column)) return true;
  return false;
}

class Events {
  readonly #looked: Looked;
  readonly #rows = new Map<string, Row>();
  readonly #events = new Map<string, Event>();

  constructor(looked: Looked) {
    this.#looked = looked;
  }

  add(source: Source, write: Write): void {
    const [table, given] =
      "put" in write
        ? [write.put, write.row]
        : "insert" in write
          ? [write.insert, write.row]
          : "patch" in write
            ? [write.patch, write.where]
            : [write.drop, write.where];
    const named = given as unknown as Row;
    // A list of releases has thousands of rows, and one event.
    const before = source.part === undefined ? undefined : this.#known(table, named);
    const set = "patch" in write ? (write.set as Row) : named;
    const after = "patch" in write ? { ...named, ...before, ...set } : { ...before, ...named };
    const id = source.id === null ? "" : after[source.id];
    // A write by another condition than the key touches rows that nobody knows here: none of these changes what lists show.
    if (typeof id !== "string") return;
    const isNew = before === undefined && !("patch" in write);
    const has = (column: string): boolean =>
      set[column] !== undefined && (before === undefined || before[column] !== set[column]);
    const kinds = source.kinds({ before, after, isNew, has });
    if (source.part !== undefined) this.#rows.set(rowName(table, after), after);
    if (kinds.length === 0) return;
    const event = this.#event(source.topic, id);
    for (const kind of kinds) event.kinds.add(kind);
    if (source.part === undefined) return;
    const shown = picked(after, source.shown);
    event.data[source.part] = source.isList === true ? [...((event.data[source.part] ?? []) as Row[]), shown] : shown;
  }

  writes(at: number): Write[] {
    return [...this.#events.values()].map(({ topic, id, kinds, data }): Write => {
      const device = topic === "devices" ? this.#known("enrollment", { id }) : undefined;
      if (device !== undefined) data["device"] = picked(device, DEVICE);
      return { insert: "event", row: { topic, id, at, kinds: saying([...kinds]), data: data as Json } };
    });
  }

  #event(topic: EventTopic, id: string): Event {
    const name = `${topic} ${id}`;
    let event = this.#events.get(name);
    if (event === undefined) {
      event = { topic, id, kinds: new Set(), data: {} };
      this.#events.set(name, event);
    }
    return event;
  }

  /** The row with this key, as a write of this transaction has left it, or as it was read. */
  #known(table: TableName, key: Row): Row | undefined {
    const written = this.#rows.get(rowName(table, key));
    if (written !== undefined) return written;
    for (const rows of this.#looked(table)) for (const row of rows) if (isKey(table, row, key)) return row;
    return undefined;
  }
}

const keyOf = (table: TableName): readonly string[] => TABLES[table].key;
const rowName = (table: TableName, row: Row): string =>
  `${table} ${keyOf(table)
    .map((column) => row[column])
    .join(" ")}`;
const isKey = (table: TableName, row: Row, key: Row): boolean =>
  keyOf(table).every((column) => row[column] === key[column]);

/** A lookup may have read some columns only. */
function picked(row: Row, names: readonly string[]): Record<string, unknown> {
  const some: Record<string, unknown> = {};
  for (const name of names) if (row[name] !== undefined) some[name] = row[name];
  return some;
}

/** As the lookups of a transaction have found it. */
export const lookedIn =
  (reads: Lookups, seen: Readonly<Record<string, readonly Row[]>>): Looked =>
  (table) =>
    Object.keys(reads).flatMap((name) => (reads[name]?.from === table ? [seen[name] ?? []] : []));

/** When an ask is decided, which is part of it where it changes anything that a list shows (ms UTC). */
export function momentOf(decoded: unknown): number | undefined {
  if (typeof decoded !== "object" || decoded === null) return undefined;
  const { now } = decoded as { readonly now?: unknown };
  return typeof now === "number" ? now : undefined;
}
