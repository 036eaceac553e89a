/** The dry run that a request names by its hash and time (targets P5). */
import type { AsOfRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";

export interface NamedDryRun {
  readonly hash: string;
  readonly asOf: AsOfRequest;
}

/** Undefined: it names none. Throws `request-invalid` for half of a name. */
export function namedDryRun({ hash, asOf }: Partial<NamedDryRun>): NamedDryRun | undefined {
  if (hash === undefined && asOf === undefined) return undefined;
  if (hash !== undefined && asOf !== undefined) return { hash, asOf };
  throw new UptickError("request-invalid", "hash and asOf name a dry run together; one of them is missing.");
}

/** Throws `request-invalid` where a dry run names another. */
export function checkNamesNone({ hash, asOf }: Partial<NamedDryRun>): void {
  if (hash === undefined && asOf === undefined) return;
  throw new UptickError("request-invalid", "hash and asOf name a dry run to save; a dry run takes neither.");
}
