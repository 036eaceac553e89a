/** How each table is laid out, as far as every backend must know it: key, JSON columns, reading order. */
import type { Rows, TableName } from "./rows.ts";

export interface TableShape<T extends TableName> {
  readonly key: readonly (keyof Rows[T] & string)[];
  readonly json: readonly (keyof Rows[T] & string)[];
  /** Rows of a lookup come in rising order of this column. */
  readonly order: keyof Rows[T] & string;
  /** A column whose value a lookup writes into its SQL: only for a constant is a partial index sure to be used. */
  readonly constant?: keyof Rows[T] & string;
}

export const TABLES: { readonly [T in TableName]: TableShape<T> } = {
  enrollment: { key: ["id"], json: ["pushTrouble"], order: "id" },
  facts: { key: ["enrollmentId"], json: ["doc"], order: "enrollmentId" },
  command: { key: ["enrollmentId", "uuid"], json: [], order: "rank" },
  commandBytes: { key: ["enrollmentId", "uuid"], json: [], order: "uuid" },
  closedCommand: { key: ["enrollmentId", "uuid"], json: ["answer"], order: "closedAt" },
  job: { key: ["id"], json: ["doc", "member"], order: "createdAt", constant: "live" },
  plan: { key: ["id"], json: ["spec"], order: "createdAt" },
  halt: { key: ["id"], json: [], order: "id" },
  planDevice: { key: ["planId", "enrollmentId"], json: ["params", "seed"], order: "enrollmentId" },
  rollout: { key: ["id"], json: [], order: "beganAt" },
  ringRun: { key: ["rolloutId", "ring", "urgent"], json: [], order: "ring" },
  gateDecision: { key: ["rolloutId", "ring", "urgent", "n"], json: ["numbers"], order: "n" },
  given: { key: ["enrollmentId", "version", "extra"], json: [], order: "version" },
  dryRun: { key: ["id"], json: [], order: "id" },
  dryRunPage: { key: ["dryRunId", "n"], json: ["doc"], order: "n" },
  policy: { key: ["id"], json: ["settings"], order: "createdAt", constant: "everyone" },
  policyChunk: { key: ["policyId", "n"], json: ["devices"], order: "n" },
  assignment: { key: ["enrollmentId"], json: [], order: "enrollmentId" },
  timeline: { key: ["seq"], json: ["data", "raw"], order: "seq" },
  body: { key: ["enrollmentId", "batch", "n"], json: [], order: "n" },
  bodyBatch: { key: ["enrollmentId", "batch"], json: [], order: "batch" },
  outbox: { key: ["id"], json: [], order: "dueAt" },
  secret: { key: ["owner", "name"], json: [], order: "name" },
  challenge: { key: ["hash"], json: ["device"], order: "createdAt" },
  enrollmentLink: { key: ["id"], json: [], order: "createdAt" },
  certificate: { key: ["fingerprint"], json: ["device"], order: "issuedAt" },
  renewal: { key: ["enrollmentId"], json: [], order: "dueAt" },
  declarative: { key: ["enrollmentId"], json: ["items", "leftOut", "knows", "standing"], order: "enrollmentId" },
  declaration: { key: ["enrollmentId", "kind", "identifier"], json: [], order: "identifier" },
  deviceStatus: { key: ["enrollmentId"], json: ["doc"], order: "enrollmentId" },
  refusal: { key: ["id"], json: [], order: "lastAt" },
  setting: { key: ["name"], json: ["value"], order: "name" },
  adminToken: { key: ["hash"], json: [], order: "createdAt" },
  account: { key: ["id"], json: [], order: "nameKey" },
  session: { key: ["hash"], json: [], order: "createdAt" },
  release: { key: ["id"], json: ["doc"], order: "id" },
  securityRelease: { key: ["platform", "version"], json: ["doc"], order: "version" },
  versionHistory: { key: ["enrollmentId", "firstSeenAt"], json: [], order: "firstSeenAt" },
  sweep: { key: ["name"], json: [], order: "name" },
  audit: { key: ["id"], json: ["before", "after"], order: "id" },
  keyedRequest: { key: ["id"], json: [], order: "startedAt" },
  keyedChange: { key: ["id"], json: [], order: "at" },
  deviceTag: { key: ["enrollmentId", "tag"], json: [], order: "tag" },
  deviceGroup: { key: ["id"], json: [], order: "id" },
  block: { key: ["id"], json: [], order: "createdAt", constant: "live" },
  blackout: { key: ["id"], json: [], order: "firstDay", constant: "live" },
  event: { key: ["seq"], json: ["kinds", "data"], order: "seq" },
  webhook: { key: ["id"], json: ["events"], order: "createdAt" },
  webhookDelivery: { key: ["id"], json: [], order: "id" },
  zoneRule: { key: ["place"], json: [], order: "place" },
};
