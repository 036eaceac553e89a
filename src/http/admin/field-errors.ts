/** Which fields of a request an error is about: `errors` of a problem. */
import { z } from "zod";
import type { FieldError, Route } from "../../contract/index.ts";
import { type ErrorCode, UptickError } from "../../errors/index.ts";

/** Fields that a problem names; a body with more faults is corrected in steps. */
const MOST_FIELDS = 100;

/** RFC 6901. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The names that an object takes, for whoever has mistyped one. */
export function namesTaken(schema: z.ZodType): string {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return names.length === 0 ? "nothing is taken here" : `taken are ${names.join(", ")}`;
}

/** Each fault of a body at its place; of a path or query at its parameter. */
export function fieldErrors(where: "body" | "path" | "query", error: z.ZodError, schema: z.ZodType): FieldError[] {
  const at = (path: readonly PropertyKey[], detail: string): FieldError =>
    where === "body" ? { pointer: pointerOf(path), detail } : { parameter: String(path[0] ?? ""), detail };
  const all = error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [at(issue.path, issue.message)];
    const taken = issue.path.length === 0 ? `; ${namesTaken(schema)}` : "";
    return issue.keys.map((key) => at([...issue.path, key], `not taken here${taken}`));
  });
  return all.slice(0, MOST_FIELDS);
}

/** The field of a body that an error of the service is about, where there is only one that it can be. */
const FIELDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  "blackout-exists": "name",
  "deadline-invalid": "deadline",
  "exclusion-invalid": "until",
  "halt-count-differs": "devices",
  "older-not-offered": "version",
  "plan-order-differs": "plans",
  "revision-stale": "revision",
  "settings-invalid": "settings",
  "target-invalid": "to",
  "token-exists": "name",
  "window-invalid": "window",
  "zone-invalid": "zone",
};

/** The error with the field that it is about; itself where it names its fields, or is about none. */
export function withField(error: unknown, route: Route): unknown {
  if (!(error instanceof UptickError) || "errors" in error.members) return error;
  const field = FIELDS[error.code];
  const { body } = route;
  const schema = body !== undefined && "schema" in body ? body.schema : undefined;
  if (field === undefined || !(schema instanceof z.ZodObject) || !(field in schema.shape)) return error;
  const { code, message, cause, remedy, retryAfter, members } = error;
  const errors: FieldError[] = [{ pointer: pointerOf([field]), detail: message }];
  return new UptickError(code, message, {
    cause,
    remedy,
    members: { ...members, errors },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
