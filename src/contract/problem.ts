/** What every error answers with on the admin API (RFC 9457, `application/problem+json`). */
import { z } from "zod";
import { changedDecisions } from "./plan-changes.ts";
import { unhealthy } from "./health.ts";
import { json } from "./values.ts";

export const PROBLEM_MEDIA = "application/problem+json";

export const fieldError = z
  .object({
    pointer: z
      .string()
      .exactOptional()
      .describe("JSON pointer (RFC 6901) of a field of the body; empty: the body as a whole"),
    parameter: z.string().exactOptional().describe("name of a parameter of the path or the query"),
    detail: z.string().describe("what does not fit there"),
  })
  .meta({ id: "FieldError", description: "One fault of a request, at its field of the body or its parameter." });
export type FieldError = z.output<typeof fieldError>;

export const problem = z
  .object({
    type: z.string().describe("`urn:uptick:error:` and the code"),
    title: z.string().describe("when this happens, the same for every error of this code"),
    status: z.int(),
    detail: z.string().describe("what happened here"),
    code: z.string().describe("fixed text for machines; docs/errors.md lists all"),
    remedy: z.string().describe("what the reader can do now"),
    requestId: z.string().describe("also in the header `x-request-id` and in the server's log"),
    errors: z
      .array(fieldError)
      .readonly()
      .exactOptional()
      .describe("the fields that do not fit, where they are known; 100 at most"),
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
    ...unhealthy,
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof problem>;
