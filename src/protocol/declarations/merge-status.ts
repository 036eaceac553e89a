/** What is stored of a device's status, report by report. */
import type { Json } from "../facts.ts";
import { below, isJsonArray, isJsonObject, type JsonObject, octets, own } from "./json.ts";
import { STATUS_ITEMS, statusItem } from "./status-items.ts";
import { named, shortName, type StatusError, type StatusReport } from "./status-report.ts";

/** JSON that can be stored as it is; bounded by `STORED_STATUS_BYTES`, whatever a device reports. */
export interface StoredStatus {
  /** Nested by the dots of the items' names, unknown ones too. */
  readonly items: JsonObject;
  /** The latest error of each item that could not be reported since. */
  readonly errors: readonly StatusError[];
  /** Names of items that did not fit. */
  readonly leftOut: readonly string[];
}

/** UTF-8 bytes of the items as JSON. A thousand declarations fit well. */
export const STORED_ITEMS_BYTES = 262_144;
/** UTF-8 bytes that no stored form exceeds as JSON: items, errors and names together. */
export const STORED_STATUS_BYTES = 524_288;
const MOST_ERRORS = 50;
/** What is kept of one error; descriptions can be an NSError in full. */
const ERROR_BYTES = 2_048;

/**
 * The status after a report. A full report replaces everything. Otherwise an item that is reported replaces the
 * earlier one as a whole (a failure reason without a timestamp must not keep the last one's), except for lists of what has
 * an `identifier`: they bring only what changed, entry by entry, and `_removed: true` takes one out.
 * What no longer fits is left out by name: items that we don't read go first, the largest first.
 */
export function mergeStatus(stored: StoredStatus | undefined, report: StatusReport): StoredStatus {
  const before = report.fullReport ? undefined : stored;
  const refused: string[] = [];
  const items = mergeNamespace(before?.items, report.items, "", refused);
  const errors = mergeErrors(before?.errors ?? [], report);
  const there = new Set(leaves(items).map(({ name }) => name));
  const leftOut = (before?.leftOut ?? []).filter((name) => !there.has(name));
  return bounded({ items, errors, leftOut: named([...leftOut, ...refused]) });
}

/** Objects above the items: they merge by key. */
function mergeNamespace(
  before: JsonObject | undefined,
  after: JsonObject,
  path: string,
  refused: string[],
): JsonObject {
  const merged = new Map<string, Json>(Object.entries(before ?? {}));
  for (const [key, value] of Object.entries(after)) {
    const at = below(path, key);
    merged.set(key, mergeValue(merged.get(key), value, at, refused));
  }
  // Through entries: every key becomes an own property.
  return Object.fromEntries(merged);
}

function mergeValue(before: Json | undefined, after: Json, path: string, refused: string[]): Json {
  // A value where items or lists belong would take all of them away.
  if (before !== undefined && isContainer(path) && typeOf(before) !== typeOf(after)) {
    refused.push(path);
    return before;
  }
  if (isJsonArray(after)) return mergeList(before, after, path);
  if (!isJsonObject(after)) return after;
  const item = statusItem(path) !== undefined && path !== DECLARATIONS;
  return item ? after : mergeNamespace(isJsonObject(before) ? before : undefined, after, path, refused);
}

const DECLARATIONS = "management.declarations";

function isContainer(path: string): boolean {
  return namespaces.has(path) || path === DECLARATIONS || path.startsWith(`${DECLARATIONS}.`);
}

function typeOf(value: Json): string {
  return isJsonArray(value) ? "list" : typeof value;
}

function mergeList(before: Json | undefined, after: readonly Json[], path: string): Json {
  const stored = identified(isJsonArray(before) ? before : []);
  const changes = identified(after);
  // Of declarations, an entry that can't be told from others must not take away what is known of the rest. A list of nothing
  // else says that what was known is not what the device says now.
  const declarations = path.startsWith(`${DECLARATIONS}.`);
  if (changes.others.length > 0 && !(declarations && changes.entries.size > 0)) return after;
  // An empty list is no change where the stored one has entries; nothing says that they are gone.
  const kept = stored.others.length === 0 || declarations ? stored.entries : [];
  const merged = [...new Map([...kept, ...changes.entries]).values()];
  return [...merged.filter((entry) => own(entry, "_removed") !== true), ...changes.others];
}

interface Identified {
  readonly entries: ReadonlyMap<string, JsonObject>;
  /** Those without an identifier. */
  readonly others: readonly Json[];
}

function identified(list: readonly Json[]): Identified {
  const entries = new Map<string, JsonObject>();
  const others: Json[] = [];
  for (const entry of list) {
    const identifier = isJsonObject(entry) ? own(entry, "identifier") : undefined;
    if (isJsonObject(entry) && typeof identifier === "string") entries.set(identifier, entry);
    else others.push(entry);
  }
  return { entries, others };
}

function mergeErrors(before: readonly StatusError[], report: StatusReport): StatusError[] {
  const merged = new Map(before.map((error) => [error.statusItem, error]));
  for (const { name } of leaves(report.items)) merged.delete(name);
  for (const error of report.errors.slice(-MOST_ERRORS)) {
    const kept = small(error);
    // Deleted first, so that the latest stand last.
    merged.delete(kept.statusItem);
    merged.set(kept.statusItem, kept);
  }
  return [...merged.values()].slice(-MOST_ERRORS);
}

function small(error: StatusError): StatusError {
  const kept = { statusItem: shortName(error.statusItem), reasons: error.reasons.slice(0, 8) };
  if (sizeOf(kept) <= ERROR_BYTES) return kept;
  const bare = { ...kept, reasons: kept.reasons.map(({ code }) => ({ code: shortName(code) })) };
  return sizeOf(bare) <= ERROR_BYTES ? bare : { ...kept, reasons: [] };
}

/** One status item, or where no known item lies below it, whatever stands there. */
export interface Leaf {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: Json;
}

const namespaces: ReadonlySet<string> = new Set(
  Object.keys(STATUS_ITEMS).flatMap((name) => {
    const parts = name.split(".");
    return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."));
  }),
);

/** All items of a report or of what is stored. */
export function leaves(items: JsonObject, path: readonly string[] = []): Leaf[] {
  return Object.entries(items).flatMap(([key, value]) => {
    const at = [...path, key];
    const name = at.join(".");
    return isJsonObject(value) && namespaces.has(name) ? leaves(value, at) : [{ path: at, name, value }];
  });
}

function bounded(status: StoredStatus): StoredStatus {
  let size = sizeOf(status.items);
  if (size <= STORED_ITEMS_BYTES) return status;
  const order = leaves(status.items)
    .map((leaf) => ({
      ...leaf,
      size: sizeOf(leaf.value) + octets(leaf.name),
      ours: statusItem(leaf.name) !== undefined,
    }))
    .toSorted((a, b) => Number(a.ours) - Number(b.ours) || b.size - a.size);
  const gone = new Map<string, string>();
  for (const leaf of order) {
    if (size <= STORED_ITEMS_BYTES) break;
    gone.set(keyOf(leaf.path), leaf.name);
    size -= leaf.size;
  }
  return {
    items: prune(status.items, gone, []),
    errors: status.errors,
    leftOut: named([...status.leftOut, ...gone.values()]),
  };
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function prune(items: JsonObject, gone: ReadonlyMap<string, string>, path: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(items).flatMap(([key, value]): [string, Json][] => {
      const at = [...path, key];
      if (gone.has(keyOf(at))) return [];
      return [[key, isJsonObject(value) && namespaces.has(at.join(".")) ? prune(value, gone, at) : value]];
    }),
  );
}

function sizeOf(value: unknown): number {
  return octets(JSON.stringify(value));
}
