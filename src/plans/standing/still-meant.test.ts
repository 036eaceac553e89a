/** A job's release under an edited target: what Apple's list says meanwhile takes none away. */
import { describe, expect, it } from "vitest";
import { listOf, released } from "../../catalog/listed.suite.ts";
import type { Target } from "../../catalog/index.ts";
import { isStillMeant } from "./still-meant.ts";
import type { StandingSpec } from "./terms.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const catalog = listOf(
  ["18.7", "26.6", "27.0"].map((version) =>
    released(version, { postingDate: version === "27.0" ? "2026-08-20" : "2026-01-01" }),
  ),
);
const spec = (target: Target, more: Partial<StandingSpec> = {}): StandingSpec =>
  ({ targets: { iOS: target }, allowMajor: true, ...more }) as StandingSpec;

describe("the release of a job", () => {
  it.each<[string, boolean, string, string, StandingSpec]>([
    ["in its major", true, "26.6", "26.5", spec({ kind: "latest-minor" })],
    ["at the limit", false, "26.6", "26.5", spec({ kind: "latest-minor", below: "26.6" })],
    ["below the limit", true, "26.5.2", "26.5", spec({ kind: "latest-minor", below: "26.6" })],
    ["of a newer major, for latest-minor", false, "26.6", "18.5", spec({ kind: "latest-minor" })],
    ["of a newer major", true, "26.6", "18.5", spec({ kind: "latest" })],
    ["of a newer major, which is not allowed", false, "26.6", "18.5", spec({ kind: "latest" }, { allowMajor: false })],
    ["of a major that is held", false, "26.6", "18.5", spec({ kind: "latest" }, { heldMajors: { iOS: [26] } })],
    [
      "of a major that another platform holds",
      true,
      "26.6",
      "18.5",
      spec({ kind: "latest" }, { heldMajors: { tvOS: [26] } }),
    ],
    ["at the ceiling", true, "18.7", "17.0", spec({ kind: "n-1" })],
    ["above the ceiling", false, "26.6", "18.5", spec({ kind: "n-1" })],
    ["above the ceiling, in its own major", true, "26.6", "26.5", spec({ kind: "n-1" })],
    ["that is named", true, "26.6", "26.5", spec({ kind: "exact", version: "26.6.0" })],
    ["that is not named any more", false, "26.6", "26.5", spec({ kind: "exact", version: "26.6.1" })],
    ["that the list lacks", true, "26.5.9", "26.5", spec({ kind: "latest-minor" })],
  ])("%s: %s", (_what, expected, version, osVersion, terms) => {
    expect(isStillMeant({ version }, { platform: "iOS", osVersion }, terms, catalog, NOW)).toBe(expected);
  });

  it.each<[string, Parameters<typeof isStillMeant>[1], StandingSpec]>([
    [
      "of a device whose version is not known",
      { platform: "iOS", osVersion: null },
      spec({ kind: "exact", version: "1" }),
    ],
    ["of a platform without a target", { platform: "tvOS", osVersion: "26.5" }, spec({ kind: "exact", version: "1" })],
    ["above a ceiling that an empty list has not", { platform: "iOS", osVersion: "18.5" }, spec({ kind: "n-1" })],
  ])("%s stays", (_what, device, terms) => {
    expect(isStillMeant({ version: "26.6" }, device, terms, listOf([]), NOW)).toBe(true);
  });
});
