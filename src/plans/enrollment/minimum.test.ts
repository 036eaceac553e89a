import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTarget } from "../../catalog/index.ts";
import { listOf, released } from "../../catalog/listed.suite.ts";
import { compareVersions, type MachineInfo } from "../../protocol/index.ts";
import { type EarlierUpdate, hasReached, minimumAnswer, type MinimumInput, type MinimumSetting } from "./minimum.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const DAY = 24 * 3_600_000;
const PHONE: MachineInfo = {
  ...{ platform: "iOS", serial: "F1", product: "iPhone14,2", osVersion: "26.5", build: "23F77" },
  canRequestSoftwareUpdate: true,
};
const MAC: MachineInfo = {
  ...{ platform: "macOS", serial: "C1", product: "Mac14,2", softwareUpdateDeviceId: "J413AP", osVersion: "26.5" },
  canRequestSoftwareUpdate: true,
};
const BOARD = { platform: "macOS" as const, devices: ["J413AP"] };
const RELEASES = [
  released("26.6"),
  released("26.6.1"),
  released("26.6.2", { isPublic: false }),
  released("18.7.8"),
  released("26.6", BOARD),
  released("26.6.2", { ...BOARD, isPublic: false }),
  released("14.8.9", BOARD),
  released("14.9", { ...BOARD, isPublic: false }),
  released("26.3.1", { ...BOARD, extra: "(a)", build: "25D771280a", prerequisiteBuild: "25D2128", isPublic: false }),
];
const SETTING: MinimumSetting = {
  minimum: { iOS: "26.6", macOS: "26.6", tvOS: "26.6" },
  allowMajor: false,
  tooOld: "admit",
};
const input = (machine: object, setting: object = {}, more: Partial<MinimumInput> = {}): MinimumInput => ({
  machine: { ...PHONE, ...machine },
  setting: { ...SETTING, ...setting },
  catalog: listOf(RELEASES),
  earlier: [],
  withheld: [],
  now: NOW,
  ...more,
});
const NOTHING: { code: string; params: Readonly<Record<string, string | number>> } = { code: "", params: {} };
/** "6 26.6.1", or the case and the code of what is said with it. */
function told(of: MinimumInput): string {
  const answer = minimumAnswer(of);
  if (answer.kind === "update") return `${answer.case} ${answer.named}`;
  if (answer.kind === "refuse") return `${answer.case} refuse ${answer.newest}`;
  const { code, params } = answer.note ?? answer.warning ?? answer.tag ?? NOTHING;
  return [answer.case, code, params["cause"] ?? params["why"] ?? ""].join(" ").trim();
}
const earlier = (at: number, more: Partial<EarlierUpdate> = {}): EarlierUpdate => ({
  ...{ at, named: "26.6.1", osVersion: "26.5" },
  ...more,
});
const thrice = (oldest: number, more: Partial<EarlierUpdate> = {}) => ({
  earlier: [earlier(oldest, more), earlier(NOW - 2, more), earlier(NOW - 1, more)],
});
const lastMoment = Date.UTC(2026, 7, 25, 23, 59, 59, 999);
const withheld = [{ version: "26.6" }, { version: "26.6.1" }, { version: "26.6.2" }];

describe("the minimum version at enrollment", () => {
  it.each<[string, MinimumInput, string]>([
    ["E2.1: no minimum for the platform", input({}, { minimum: { macOS: "26.6" } }), "1"],
    ["E2.1: a platform that is not known", input({ platform: undefined }), "1"],
    ["E2.1: until is today, in its last moment", input({}, { until: "2026-08-25" }, { now: lastMoment }), "6 26.6.1"],
    ["E2.1: until has passed by a millisecond", input({}, { until: "2026-08-25" }, { now: lastMoment + 1 }), "1"],
    ["E2.2: it may not be asked", input({ canRequestSoftwareUpdate: false }), "2 minimum-not-possible"],
    ["E2.2: it does not say", input({ canRequestSoftwareUpdate: undefined }), "2 minimum-not-possible"],
    ["E2.2: an Apple TV", input({ platform: "tvOS", product: "AppleTV14,1" }), "2 minimum-not-possible"],
    ["E2.3: three, the oldest 24 h less 1 ms ago", input({}, {}, thrice(NOW - DAY + 1)), "3 minimum-loop"],
    ["E2.3: three, the oldest 24 h ago", input({}, {}, thrice(NOW - DAY)), "6 26.6.1"],
    ["E2.3: three, the oldest 24 h and 1 ms ago", input({}, {}, thrice(NOW - DAY - 1)), "6 26.6.1"],
    ["E2.3: two", input({}, {}, { earlier: [earlier(NOW - 1), earlier(NOW - 2)] }), "6 26.6.1"],
    ["E2.3: a higher version since", input({}, {}, thrice(NOW - 9, { osVersion: "26.4", named: "26.6" })), "6 26.6.1"],
    ["E2.3: a lower version since", input({}, {}, thrice(NOW - 9, { osVersion: "26.6" })), "3 minimum-loop"],
    ["E2.3: one version three times", input({}, {}, thrice(NOW - 9, { osVersion: "26.4" })), "3 minimum-loop"],
    [
      "E2.3: goes before E2.4",
      input({ osVersion: "26.6" }, {}, thrice(NOW - 9, { osVersion: "26.6" })),
      "3 minimum-loop",
    ],
    ["E2.4: at the minimum", input({ osVersion: "26.6.0" }), "4"],
    ["E2.4: above it", input({ osVersion: "27.0" }), "4"],
    ["E2.5: an iPhone without PRODUCT", input({ product: undefined }), "5 minimum-skipped device-id-unknown"],
    [
      "E2.5: a Mac without its id",
      input({ ...MAC, softwareUpdateDeviceId: undefined }),
      "5 minimum-skipped device-id-unknown",
    ],
    ["E2.5: an id in no list", input({ product: "iPhone99,1" }), "5 minimum-skipped no-release"],
    ["E2.5: no catalog", input({}, {}, { catalog: { list: null, releases: [] } }), "5 minimum-skipped catalog-empty"],
    ["E2.5: a list of 7 days", input({}, {}, { catalog: listOf(RELEASES, "2026-08-18") }), "6 26.6.1"],
    ["E2.5: of 8 days", input({}, {}, { catalog: listOf(RELEASES, "2026-08-17") }), "5 minimum-skipped catalog-stale"],
    ["E2.5: no version", input({ osVersion: "x" }), "5 minimum-skipped version-unreadable"],
    [
      "E2.6: it must update, above the minimum",
      input({ ...MAC, osVersion: "26.6", mandatorySoftwareUpdate: true }),
      "6 26.6.2",
    ],
    ["E2.6: by its target", input({}, { target: { iOS: parseTarget("26.6") } }), "6 26.6"],
    ["E2.6: a floor below the minimum", input({}, { target: { iOS: parseTarget("latest floor 26.4") } }), "6 26.6.1"],
    [
      "E2.6: across majors",
      input({ osVersion: "18.5" }, { allowMajor: true, target: { iOS: parseTarget("26.6.1") } }),
      "6 26.6.1",
    ],
    [
      "E2.7: it must update, and there is nothing",
      input({ ...MAC, osVersion: "26.6.2", mandatorySoftwareUpdate: true }),
      "7",
    ],
    ["E2.8: too old, admitted", input({}, { minimum: { iOS: "27.0" } }), "8 below-minimum hardware"],
    ["E2.8: too old, refused", input({}, { minimum: { iOS: "27.0" }, tooOld: "refuse" }), "8 refuse 26.6.1"],
    ["E2.8: another major", input({ osVersion: "18.5" }), "8 below-minimum target"],
    ["E3: only in AssetSets, an iPhone", input({}, { minimum: { iOS: "26.6.2" } }), "8 below-minimum withheld"],
    ["E3: only in AssetSets, macOS 15 or later", input(MAC, { minimum: { macOS: "26.6.1" } }), "6 26.6.2"],
    ["E3: public is preferred", input(MAC), "6 26.6"],
    [
      "E3: only in AssetSets, before macOS 15",
      input({ ...MAC, osVersion: "14.8" }, { minimum: { macOS: "14.9" } }),
      "8 below-minimum target",
    ],
    ["E3: an iPhone's SOFTWARE_UPDATE_DEVICE_ID is not asked", input({ softwareUpdateDeviceId: "D63AP" }), "6 26.6.1"],
    [
      "E3: an improvement",
      input(
        { ...MAC, osVersion: "26.3.1", build: "25D2128", mandatorySoftwareUpdate: true },
        { minimum: { macOS: "26.3" }, target: { macOS: parseTarget("26.3.1 (a)") } },
      ),
      "6 26.3.1 (a)",
    ],
    ["E4: the newest is withheld", input({}, {}, { withheld: [{ version: "26.6.1" }] }), "6 26.6"],
    ["E4: all are withheld", input({}, {}, { withheld }), "8 below-minimum withheld"],
    ["E4: the page does not name it", input({}, { tooOld: "refuse" }, { withheld }), "8 refuse 18.7.8"],
  ])("targets %s", (_what, of, expected) => {
    expect(told(of)).toBe(expected);
  });

  it.each<[string, object, boolean]>([
    ["26.6", { osVersion: "26.6" }, true],
    ["26.6", { osVersion: "26.6.1" }, true],
    ["26.6", { osVersion: "26.5.9" }, false],
    ["26.3.1 (b)", { osVersion: "26.3.1", supplementalExtra: "(a)" }, false],
    ["26.3.1 (b)", { osVersion: "26.3.1", supplementalExtra: "(b)" }, true],
    ["26.3.1 (b)", { osVersion: "26.4" }, true],
  ])("targets E5: %s is reached at or above it: %j is %s", (named, machine, reached) => {
    expect(hasReached({ ...PHONE, ...machine }, named)).toBe(reached);
  });

  it("targets §13.10: a device is told of one version at most three times in any 24 hours", () => {
    const step = fc.tuple(fc.integer({ min: 1, max: DAY / 2 }), fc.constantFrom("26.4", "26.5", "26.5.1"));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const given: EarlierUpdate[] = [];
        let now = NOW;
        for (const [wait, osVersion] of steps) {
          now += wait;
          const today = new Date(now).toISOString().slice(0, 10);
          const answer = minimumAnswer(
            input({ osVersion }, {}, { now, earlier: given, catalog: listOf(RELEASES, today) }),
          );
          if (answer.kind === "update") given.push({ at: now, named: answer.named, osVersion });
        }
        const windows = given.map(({ at }) => given.filter((one) => one.at >= at && one.at < at + DAY).length);
        expect(Math.max(0, ...windows)).toBeLessThanOrEqual(3);
      }),
    );
  });

  it("targets §13.1, E4: a 403 names only what is offered, not withheld, above the device, and in its major unless allowed", () => {
    const version = fc.constantFrom("18.5", "18.7.8", "26.4", "26.5", "26.6", "26.6.1", "27.0");
    const listed = fc.record({
      version,
      isPublic: fc.boolean(),
      absent: fc.constantFrom(0 as const, 0 as const, 1 as const),
      postingDate: fc.constantFrom("2026-06-01", "2026-08-20", "2026-09-30"),
      devices: fc.constantFrom(["iPhone14,2"], ["iPhone99,9"]),
    });
    const target = fc.constantFrom("latest", "latest-minor", "n-1", "26.6", "27.0").map(parseTarget);
    const ask = fc.record({
      osVersion: version,
      minimum: version,
      target,
      allowMajor: fc.boolean(),
      held: fc.option(version),
    });
    fc.assert(
      fc.property(fc.array(listed), ask, (list, { osVersion, minimum, target: iOS, allowMajor, held }) => {
        const known = list.map((one, n) => released(one.version, { ...one, build: `B${n}` }));
        const setting = { minimum: { iOS: minimum }, target: { iOS }, allowMajor };
        const withheldNow = held === null ? [] : [{ version: held }];
        const catalog = { list: { date: "2026-08-25" }, releases: known };
        const answer = minimumAnswer(input({ osVersion }, setting, { catalog, withheld: withheldNow }));
        const named = answer.kind === "update" ? answer.named : undefined;
        const offered = list.some(
          (one) =>
            one.version === named && one.absent === 0 && one.postingDate < "2026-09" && one.devices[0] === "iPhone14,2",
        );
        const fits =
          offered &&
          list.some((one) => one.version === named && one.isPublic && one.absent === 0) &&
          named !== held &&
          compareVersions(named ?? "", osVersion) > 0 &&
          compareVersions(named ?? "", minimum) >= 0 &&
          (allowMajor || named?.split(".")[0] === osVersion.split(".")[0]);
        expect(named === undefined || fits).toBe(true);
      }),
    );
  });
});
