/** The release that a 403 names, for every id of Apple's list of August 2026, against a naive reading of its JSON. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLookupService } from "../../catalog/index.ts";
import { listOf } from "../../catalog/listed.suite.ts";
import { type NaiveFeed, naively } from "../../catalog/naive.suite.ts";
import { compareVersions, platformOf } from "../../protocol/index.ts";
import { minimumAnswer } from "./minimum.ts";

const REAL = new URL("../../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
const hasReal = existsSync(REAL);
const feed = (hasReal ? JSON.parse(readFileSync(REAL, "utf8")) : {}) as NaiveFeed;
const entries = ["PublicAssetSets", "AssetSets"].flatMap((list) => Object.values(feed[list] ?? {}).flat());

/** The list, in which a version that is not public for the id does not name it. */
function publicFor(id: string): NaiveFeed {
  const open = Object.values(feed["PublicAssetSets"] ?? {})
    .flat()
    .filter((one) => one.SupportedDevices.includes(id))
    .map((one) => one.ProductVersion);
  const sets = Object.entries(feed["AssetSets"] ?? {}).map(([key, all]) => [
    key,
    all.map((one) =>
      open.includes(one.ProductVersion)
        ? one
        : { ...one, SupportedDevices: one.SupportedDevices.filter((other) => other !== id) },
    ),
  ]);
  return { ...feed, AssetSets: Object.fromEntries(sets) as NaiveFeed[string] };
}

describe.skipIf(!hasReal)("the minimum on Apple's list of August 2026 (needs ../shared/data)", () => {
  it("targets E2.6, E3: names what a naive reading names, for every id", () => {
    const ids = [...new Set(entries.flatMap((one) => one.SupportedDevices))].filter(
      (id) => !/^(Audio|Watch|AppleTV)/.test(id),
    );
    const catalog = listOf(parseLookupService(feed).releases, "2026-08-22");
    const wrong: string[] = [];
    let named = 0;
    for (const id of ids) {
      const open = publicFor(id);
      const platform = platformOf({ productName: id }) ?? "macOS";
      for (const installed of ["14.7", "15.7.7", "16.7.10", "18.5", "26.5", "26.6"])
        for (const minimum of ["14.8", "15.7.9", "18.7", "26.5.1", "26.6.1", "26.6.2"])
          for (const pick of ["latest", "latest-minor", "n-1"] as const)
            for (const allowMajor of [false, true]) {
              if (compareVersions(installed, minimum) >= 0) continue;
              const answer = minimumAnswer({
                machine: {
                  platform,
                  product: id,
                  softwareUpdateDeviceId: id,
                  osVersion: installed,
                  canRequestSoftwareUpdate: true,
                },
                setting: {
                  minimum: { [platform]: minimum },
                  target: { [platform]: { kind: pick } },
                  allowMajor,
                  tooOld: "admit",
                },
                ...{ catalog, earlier: [], withheld: [], now: Date.parse("2026-08-25T12:00:00Z") },
              });
              const ask = { id, installed, pick, allowMajor, afterDays: 30, today: "2026-08-25" };
              const reaches = (version: string) => /^\d/.test(version) && compareVersions(version, minimum) >= 0;
              const all = platform === "macOS" && Number(installed.split(".")[0]) >= 15 ? [open, feed] : [open];
              const theirs = all.map((list) => naively(list, ask)).find(reaches);
              const ours = answer.kind === "update" ? answer.named : undefined;
              if (ours !== undefined) named += 1;
              if (ours !== theirs) wrong.push(`${JSON.stringify(ask)} ${minimum}: ${ours}, naively ${theirs}`);
            }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(named).toBeGreaterThan(500);
  });
});
