/** Older releases that a person may give while a rollout is paused (targets R12): those that fix an exploited CVE which its devices have. */
import { compareNamed, exploitedIn, fixesExploited, type Security } from "../../catalog/index.ts";
import type { RolloutView } from "../../contract/index.ts";
import { isOlder } from "../../plans/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { DevicesUnder, RolloutRow } from "../../store/index.ts";
import { rolloutOf } from "./rows.ts";
import { canReplace } from "./verbs.ts";

/** The newest first. `others`: all rollouts of the plan; `under`: its devices. */
export function olderFor(
  rollout: RolloutRow,
  others: readonly RolloutRow[],
  under: readonly DevicesUnder[],
  security: Security,
): RolloutView["older"] {
  if (rollout.state !== "paused") return [];
  const platform = rollout.platform as Platform;
  const line = under.filter(
    ({ osVersion, ...one }) =>
      one.platform === platform && osVersion !== null && majorOf(osVersion) === majorOf(rollout.version),
  );
  return others
    .filter((other) => canReplace(other, rollout))
    .toSorted((a, b) => (isOlder(rolloutOf(a), rolloutOf(b)) ? 1 : -1))
    .flatMap(({ version }) => {
      const cves = new Set<string>();
      let devices = 0;
      for (const { osVersion, devices: n } of line) {
        if (osVersion === null || compareNamed({ version: osVersion }, { version }) >= 0) continue;
        const fixed = fixesExploited(security, platform, { version: osVersion }, { version });
        if (fixed.length > 0) devices += n;
        for (const one of fixed.flatMap(exploitedIn)) cves.add(one);
      }
      return devices === 0 ? [] : [{ version, cves: [...cves].toSorted((a, b) => a.localeCompare(b)), devices }];
    });
}
