/** What is exploited and not fixed in the version that a device runs (targets C8, U4). */
import { exposedBy, type Security, versionText } from "../../catalog/index.ts";
import type { DeviceDetail } from "../../contract/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { exposedWords } from "../../words/index.ts";
import { platformFrom } from "../enrollment/device-facts.ts";

export function exposedView(row: EnrollmentRow, security: Security): DeviceDetail["exposed"] {
  const platform = platformFrom(row.platform);
  if (platform === undefined || row.osVersion === null || row.state !== "enrolled") return null;
  const extra = row.supplementalExtra ?? "";
  const installed = { version: row.osVersion, ...(extra === "" ? {} : { supplementalExtra: extra }) };
  const found = exposedBy(security, platform, installed);
  if (found === undefined) return null;
  const { cves, postedOn } = found;
  const said = { cves, fixedIn: versionText(found.fixedIn.version, found.fixedIn.extra), postedOn };
  return { ...said, sentence: exposedWords(said) };
}
