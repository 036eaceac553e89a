import { describe, expect, it } from "vitest";
import { writeXmlPlist, type PlistValue } from "../../protocol/index.ts";
import type { CommandRow } from "../../store/index.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { isUseless, productKeysIn } from "./useless.ts";

const dict = (entries: Record<string, PlistValue>): Map<string, PlistValue> => new Map(Object.entries(entries));
/** What is kept of an order. */
const schedule = (...updates: PlistValue[]): string =>
  productKeysIn(
    writeXmlPlist(dict({ CommandUUID: "u", Command: dict({ RequestType: "ScheduleOSUpdate", Updates: updates }) })),
  );
const BY_VERSION = dict({ ProductVersion: "26.6.1", InstallAction: "InstallASAP" });
const BY_KEY = dict({ ProductKey: "062-1", InstallAction: "InstallASAP" });
const OWN_KEY = dict({ ProductKey: "own", InstallAction: "InstallASAP" });
const BY_BOTH = dict({ ProductKey: "k", ProductVersion: "26.6.1", InstallAction: "InstallASAP" });

const sceneWith = (held: 0 | 1 | undefined, others: boolean | undefined, platform = "macOS"): UnitOfWork =>
  ({
    enrollment: { platform },
    declarative: held === undefined ? undefined : { held },
    job:
      others === undefined
        ? undefined
        : { id: "j", known: { productKey: "own" }, target: others ? { others: true } : {} },
  }) as unknown as UnitOfWork;
const row = (more: Partial<CommandRow>): CommandRow =>
  ({
    requestType: "ScheduleOSUpdate",
    origin: "raw",
    jobId: null,
    productKeys: schedule(BY_VERSION),
    ...more,
  }) as CommandRow;
const ofJob = (jobId = "j"): CommandRow => row({ origin: "job", jobId });

describe("an update order while a declaration is held", () => {
  it.each<[string, boolean, UnitOfWork, CommandRow]>([
    ["no declaration", false, sceneWith(0, false), ofJob()],
    ["no declarative management", false, sceneWith(undefined, false), ofJob()],
    ["another command", false, sceneWith(1, false), row({ requestType: "OSUpdateStatus" })],
    ["a job for the OS", true, sceneWith(1, false), ofJob()],
    ["a job for other products", false, sceneWith(1, true), ofJob()],
    ["the order of a job that is no more", true, sceneWith(1, true), ofJob("before")],
    ["an admin's, by version", true, sceneWith(1, undefined), row({})],
    ["an admin's, by key", false, sceneWith(1, undefined), row({ productKeys: schedule(BY_KEY) })],
    ["an admin's, by the key of the OS", true, sceneWith(1, false), row({ productKeys: schedule(OWN_KEY) })],
    ["an admin's, by key on an iPhone", true, sceneWith(1, undefined, "iOS"), row({ productKeys: schedule(BY_KEY) })],
    ["an admin's, by both", true, sceneWith(1, undefined), row({ productKeys: schedule(BY_BOTH) })],
    ["an admin's, for both kinds", false, sceneWith(1, undefined), row({ productKeys: schedule(BY_VERSION, BY_KEY) })],
    ["an admin's, for nothing", true, sceneWith(1, undefined), row({ productKeys: schedule() })],
    [
      "an admin's that can't be read",
      true,
      sceneWith(1, undefined),
      row({ productKeys: productKeysIn(new Uint8Array([1, 2])) }),
    ],
    ["an admin's that an earlier program kept", false, sceneWith(1, undefined), row({ productKeys: null })],
    ["the same on an iPhone", true, sceneWith(1, undefined, "iOS"), row({ productKeys: null })],
  ])("%s: kept back %s", (_what, useless, unit, order) => {
    expect(isUseless(unit, order)).toBe(useless);
  });
});
