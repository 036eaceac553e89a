/** Why a device is exposed, in words (targets U4). */
import { dayText } from "./day.ts";

/** CVEs that a sentence names. */
const MOST_NAMED = 3;

export interface ExposedWords {
  /** Exploited ones, at least one. */
  readonly cves: readonly string[];
  readonly fixedIn: string;
  /** YYYY-MM-DD */
  readonly postedOn: string;
}

/** "Its version does not have the fix for CVE-2026-65400, which is exploited. 26.6.1 of 6 Aug 2026 has it." */
export function exposedWords({ cves, fixedIn, postedOn }: ExposedWords): string {
  const named = cves.slice(0, MOST_NAMED);
  const more = cves.length - named.length;
  const parts = more > 0 ? [...named, `${more} more`] : named;
  const which = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  const are = cves.length === 1 ? "which is exploited" : "which are exploited";
  return `Its version does not have the fix for ${which}, ${are}. ${fixedIn} of ${dayText(postedOn)} has it.`;
}
