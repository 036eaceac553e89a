/** The store's door: interfaces and rows. Backends stand behind their own doors (`sqlite/index.ts`). */
export {
  type Change,
  type Changed,
  type Decision,
  decodedTransaction,
  Late,
  type LateDecision,
  type Transaction,
  transaction,
  type Lookup,
  type Lookups,
  type Pictured,
  type Ref,
  type Scalar,
  type Seen,
  type Write,
} from "./transaction.ts";
export { isUdidShaped, lowerAscii, upperAscii } from "./identifiers.ts";
export type * from "./admin-store.ts";
export type * from "./device-query.ts";
export { versionKey } from "./list-keys.ts";
export type { DeviceCondition, DeviceTrouble } from "./device-condition.ts";
export type * from "./rows.ts";
export { TIMELINE_KINDS, type TimelineKind } from "./timeline-kinds.ts";
export type { DeviceStore, DueRows, Forgotten } from "./store.ts";
export { EVENT_KINDS, type EventKind, type EventTopic, saying } from "./event-kinds.ts";
export { TABLES } from "./tables.ts";
