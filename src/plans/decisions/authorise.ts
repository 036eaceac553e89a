/**
 * Who authorises an install on an Apple silicon Mac: the bootstrap token that this server keeps, or else its user.
 * Source: mdm/commands/information.security.yaml (BootstrapTokenRequiredForSoftwareUpdate,
 * BootstrapTokenAllowedForAuthentication).
 */
import type { SecurityInfo } from "../../protocol/index.ts";

/**
 * Where the Mac's bootstrap token stands.
 * - `missing`: its install needs one and none is escrowed here.
 * - `disallowed`: its install needs one, and the Mac does not let one authorise anything.
 */
export type BootstrapToken = "missing" | "disallowed";

/** From what SecurityInfo told and what is escrowed; undefined: nothing stands in the way, or nothing is known of it. */
export function bootstrapTokenOf(facts: {
  readonly required: SecurityInfo["bootstrapTokenRequiredForSoftwareUpdate"] | undefined;
  readonly allowed: SecurityInfo["bootstrapTokenAllowedForAuthentication"] | undefined;
  readonly escrowed: boolean;
}): BootstrapToken | undefined {
  if (facts.required !== true) return undefined;
  if (facts.allowed === "disallowed" || facts.allowed === "not supported") return "disallowed";
  return facts.escrowed ? undefined : "missing";
}

const CODES = { missing: "bootstrap-token-missing", disallowed: "bootstrap-token-disallowed" } as const;

/** The blocker that keeps such a Mac from installing without its user; undefined where none is known. */
export function needsUserOf(job: {
  readonly bootstrapToken?: BootstrapToken;
}): (typeof CODES)[BootstrapToken] | undefined {
  return job.bootstrapToken === undefined ? undefined : CODES[job.bootstrapToken];
}
