/** What every error answers with on the admin API (RFC 9457, `application/problem+json`). */
import { z } from "zod";
import { changedDecisions } from "./plan-changes.ts";
import { json } from "./values.ts";

export const PROBLEM_MEDIA = "application/problem+json";

export const problem = z
  .object({
    type: z.string().describe("`urn:uptick:error:` and the code"),
    title: z.string().describe("when this happens, the same for every error of this code"),
    status: z.int(),
    detail: z.string().describe("what happened here"),
    code: z.string().describe("fixed text for machines; docs/errors.md lists all"),
    remedy: z.string().describe("what the reader can do now"),
    requestId: z.string().describe("also in the header `x-request-id` and in the server's log"),
    changed: changedDecisions.exactOptional().describe("of `dry-run-outdated` alone"),
    object: z
      .object({ kind: z.string(), id: z.string().nullable() })
      .exactOptional()
      .describe("of `idempotency-answer-lost` alone: what the first request changed"),
    present: z
      .record(z.string(), json)
      .exactOptional()
      .describe(
        "of `revision-stale`: the plan, the group or the zone rules as they are now; absent where the group was removed",
      ),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof problem>;
