import { describe, expect, it } from "vitest";
import { decodeAvailableOSUpdates, type PlistValue } from "../../../protocol/index.ts";
import type { Release } from "../../../catalog/index.ts";
import type { Job } from "../job.ts";
import { fromList, withBuilds } from "./listed.ts";
import { isOs, otherUpdatesIn } from "./other-updates.ts";

const dict = (entries: Record<string, PlistValue>): Map<string, PlistValue> => new Map(Object.entries(entries));
const listOf = (...items: Record<string, PlistValue>[]) =>
  decodeAvailableOSUpdates(dict({ AvailableOSUpdates: items.map(dict) }));
const MOJAVE = { version: "10.14.6", major: false, builds: ["18G103", "18G84"] };
const job = (more: Partial<Job> = {}): Job =>
  ({ platform: "macOS", target: MOJAVE, identify: "product-key", action: "InstallASAP", ...more }) as Job;
const named = { ...MOJAVE, builds: undefined, named: "18G103" } as unknown as Job["target"];
const bare = { version: "10.14.6", major: false };
const LATER = Date.UTC(2026, 8, 20);
const SAFARI = { ProductKey: "s", HumanReadableName: "Safari", Version: "10.14.6" };

describe("the job's update in a list", () => {
  it.each<[string, Record<string, PlistValue>, Partial<Job>, string | undefined]>([
    ["version and build", { Version: "10.14.6", Build: "18G103" }, {}, "k"],
    ["the version with zeros of its own", { Version: "10.14.6.0", Build: "18G103" }, {}, "k"],
    ["blanks around both", { Version: " 10.14.6 ", Build: " 18G103 " }, {}, "k"],
    ["the build in place of the version, which the catalog knows", { Version: "18G103" }, {}, "k"],
    ["the build in place of the version and in its own", { Version: "18G103", Build: "18G103" }, {}, "k"],
    ["the build in place of the version, which the admin named", { Version: "18G103" }, { target: named }, "k"],
    ["another build than the admin named", { Version: "18G84" }, { target: named }, undefined],
    [
      "another build than the admin named, beside the version",
      { Version: "10.14.6", Build: "18G84" },
      { target: named },
      undefined,
    ],
    ["a build that nobody knows", { Version: "18G999" }, {}, undefined],
    ["a build where nothing is known of the version's", { Version: "18G103" }, { target: bare }, undefined],
    ["no build, and a restart", { Version: "10.14.6", RestartRequired: true }, {}, "k"],
    ["no build, and the name of the OS", { Version: "10.14.6", HumanReadableName: "Mise à jour macOS" }, {}, "k"],
    ["no build and no sign of an OS", { Version: "10.14.6", HumanReadableName: "Safari" }, {}, undefined],
    ["configuration data of that version", { Version: "10.14.6", IsConfigDataUpdate: true }, {}, undefined],
    ["neither version nor build", { HumanReadableName: "macOS" }, {}, undefined],
    ["empty texts", { Version: "", Build: "", RestartRequired: true }, {}, undefined],
  ])("is found or not by %s", (_what, item, more, key) => {
    const event = fromList(job(more), listOf(SAFARI, { ProductKey: "k", ...item }));
    expect(event).toMatchObject(key === undefined ? { kind: "notListed" } : { kind: "skipDownload", productKey: key });
  });

  it("needs no sign of an OS on an iPhone, which has nothing else", () => {
    const event = fromList(job({ platform: "iOS" }), listOf({ ProductKey: "k", Version: "10.14.6" }));
    expect(event).toMatchObject({ kind: "skipDownload", productKey: "k" });
  });

  it("is told with sizes in real numbers and without names and languages", () => {
    const item = { ProductKey: "k", Version: "18G103", DownloadSize: { real: 2.5e9 }, InstallSize: { real: 0.5 } };
    expect(listOf(item)).toEqual([
      { productKey: "k", version: "18G103", downloadSize: 2_500_000_000, installSize: 1, extra: new Map() },
    ]);
  });

  it("brings the day until which it is hidden from its user, and is ordered nevertheless", () => {
    const item = { ProductKey: "k", Version: "18G103", DeferredUntil: new Date(LATER) };
    expect(fromList(job(), listOf(item))).toEqual({ kind: "skipDownload", productKey: "k", deferredUntil: LATER });
    expect(fromList(job({ twoSteps: true }), listOf(item))).toMatchObject({ kind: "listed", deferredUntil: LATER });
  });

  it("that is missing is said with what is there instead", () => {
    const items = [
      SAFARI,
      { Version: "18G84" },
      { Version: "10.14.5", Build: "18F132" },
      { HumanReadableName: "X" },
      {},
    ];
    expect(fromList(job({ target: bare }), listOf(...items))).toEqual({
      kind: "notListed",
      offered: "10.14.6, 18G84, 10.14.5 (18F132), X, ?",
    });
  });
});

describe("what else a Mac lists", () => {
  it.each<[string, Record<string, PlistValue>, boolean]>([
    ["a build of an OS", { Version: "10.14.6", Build: "18G103" }, true],
    ["a build of an OS in place of the version", { Version: "18G103" }, true],
    ["an OS that needs a restart, without a build", { Version: "10.14.6", RestartRequired: true }, true],
    ["firmware that needs a restart", { Version: "1.0", RestartRequired: true, IsFirmwareUpdate: 1n }, false],
    ["Safari's build", { Version: "13.1.2", Build: "14609.3.5.1.3" }, false],
    ["Safari without a build", { Version: "13.1.2", HumanReadableName: "Safari" }, false],
  ])("is told from its OS: %s", (_what, item, os) => {
    const [update] = listOf({ ProductKey: "k", ...item }) ?? [];
    if (update === undefined) throw new Error("no item");
    expect(isOs(update)).toBe(os);
    expect(otherUpdatesIn([update]).others).toHaveLength(os ? 0 : 1);
  });
});

it("builds of the target are kept where a key must be found by them, and only there", () => {
  const release = (version: string, build: string, more: Partial<Release> = {}): Release =>
    ({ platform: "macOS", version, build, devices: [], ...more }) as unknown as Release;
  const releases = [
    release("10.14.6", "18G84"),
    release("10.14.6", "18G103"),
    release("10.14.5", "18F132"),
    release("10.14.6", "18G9", { platform: "iOS" }),
    release("10.14.6", "18G103a", { extra: "(a)" }),
  ];
  const by = (identify: "product-key" | "product-version") =>
    withBuilds(bare, { kind: "command", identify, because: "now-by-command" }, "macOS", releases);
  expect(by("product-key")).toEqual({ ...bare, builds: ["18G103", "18G84"] });
  expect(by("product-version")).toEqual(bare);
});
