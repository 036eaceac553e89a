/** What an admin wants, as text and as data. */
import { UptickError } from "../errors/index.ts";
import { isVersion } from "../protocol/index.ts";

export type Target =
  | { readonly kind: "latest" | "latest-minor" | "n-1" }
  | {
      readonly kind: "exact";
      readonly version: string;
      readonly build?: string;
      /** Letter of a Background Security Improvement: "a" of "26.3.1 (a)". */
      readonly extra?: string;
    };

/** Reads "26.6.2", "26.6.2 (25G83)", "26.3.1 (a)", "latest", "latest-minor", "n-1". @throws UptickError target-invalid */
export function parseTarget(text: string): Target {
  const given = text.trim();
  if (given === "latest" || given === "latest-minor" || given === "n-1") return { kind: given };
  const match = /^([\d.]+)(?:\s*\((?:(\d+[A-Z]\w+)|([a-zA-Z]))\))?$/.exec(given);
  const version = match?.[1];
  if (version === undefined || !isVersion(version))
    throw new UptickError("target-invalid", `"${given}" is not a target.`);
  const [build, letter] = [match?.[2], match?.[3]];
  if (letter !== undefined) return { kind: "exact", version, extra: letter.toLowerCase() };
  return build === undefined ? { kind: "exact", version } : { kind: "exact", version, build };
}

export function describeTarget(target: Target): string {
  if (target.kind !== "exact") return target.kind;
  const more = target.extra ?? target.build;
  return more === undefined ? target.version : `${target.version} (${more})`;
}
