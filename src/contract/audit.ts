/** The audit: who changed what, and what was refused. */
import { z } from "zod";
import { problem } from "./problem.ts";
import { count, cursor, instant, json, page, wholeNumber } from "./values.ts";

/** What a change can be made to. */
export const OBJECT_KINDS = [
  "device",
  "plan",
  "rollout",
  "policy",
  "enrollment-profile",
  "enrollment-link",
  "push-certificate",
  "catalog",
  "block",
  "blackout",
  "clock",
  "group",
  "zone-rules",
  "halt",
  "token",
  "account",
  "webhook",
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

const KINDS = OBJECT_KINDS.join(", ");
const ACTORS = "token:NAME, account:ID, gate, system, or none for requests without a valid token";

export const auditEntry = z
  .object({
    id: z.string(),
    recordedAt: instant.describe("for requests without a valid token that of the newest"),
    actor: z
      .string()
      .nullable()
      .describe(
        "`token:NAME`, `account:ID`, `gate` or `system`; null: requests without a valid token or session, or refused sign-ins, counted by the hour",
      ),
    route: z.string().describe("the requested operation, by its name in the contract"),
    object: z
      .object({ kind: z.string(), id: z.string().nullable() })
      .describe("where a request is refused before its object is found, `id` is what the request called it"),
    detail: z
      .string()
      .nullable()
      .describe(
        "of a raw command its RequestType and CommandUUID; the zone that was set; tags that were added and removed; a group's rule",
      ),
    before: json.describe(
      "the fields of the object that the change changes, as they were, without secrets and not longer than a few KB; null: it was made by this, or nothing is known",
    ),
    after: json.describe("the same fields afterwards; null: it was removed by this, or nothing changed"),
    address: z.string().nullable().describe("address of the client"),
    outcome: z.string().describe("`ok`, or the code of the error"),
    requestId: z.string().nullable().describe("the id in the reply and in the log"),
    count: count.describe("requests that this row stands for"),
  })
  .meta({ id: "AuditEntry", description: "One requested change, made or refused." });
export type AuditEntry = z.output<typeof auditEntry>;

export const auditPage = page(auditEntry)
  .extend({
    completeFromAt: instant
      .nullable()
      .describe(
        "of the oldest row that is stored, whatever the filter: since then none is missing; null: there is none",
      ),
  })
  .meta({ id: "AuditPage" });
export type AuditPage = z.output<typeof auditPage>;

/** One line of the export. */
export const auditLine = z.union([auditEntry, z.object({ problem })]);

const moment = (what: string) =>
  z.iso
    .datetime({ offset: true, error: "expected an instant of RFC 3339, such as 2026-08-21T00:00:00Z" })
    .exactOptional()
    .describe(what);

const filters = {
  actor: z
    .string()
    .max(300)
    .regex(/^((token|account):.+|gate|system|none)$/, `expected ${ACTORS}`)
    .exactOptional()
    .describe(
      "`token:NAME`, `account:ID`, `gate`, `system`; `none`: requests without a valid token or session, and refused sign-ins",
    ),
  object: z
    .string()
    .max(300)
    .refine(
      (text) => OBJECT_KINDS.some((kind) => kind === text.split(":", 1)[0]),
      `expected KIND or KIND:ID; the kinds are ${KINDS}`,
    )
    .exactOptional()
    .describe(`\`KIND\` or \`KIND:ID\`, such as \`plan:0198c000-…\`; the kinds are ${KINDS}`),
  route: z
    .string()
    .max(100)
    .exactOptional()
    .describe("the requested operation, by its name in the contract, such as `stopPlan`; also `signIn`, `resetToken`"),
  outcome: z.string().max(100).exactOptional().describe("`ok`, `refused` (all others), or the code of an error"),
  since: moment("rows from this instant on, such as `2026-08-21T00:00:00Z`"),
  until: moment("rows before this instant"),
};

export const auditExportQuery = z.strictObject(filters);

export const auditQuery = z.strictObject({
  ...filters,
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});
