import { describe, expect, it } from "vitest";
import { listOf, released } from "../../catalog/listed.suite.ts";
import type { PlannedDevice } from "./decision.ts";
import { decide } from "./resolve.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const [PHONE, OLD] = ["iPhone17,1", "iPhone11,2"];
/** 18.7.10 is for a model only that can't run 26. */
const CATALOG = listOf([
  released("18.7.8", { devices: [PHONE, OLD] }),
  released("18.7.10", { devices: [OLD] }),
  released("26.6.1", { devices: [PHONE] }),
]);
const device = (osVersion: string): PlannedDevice => ({
  enrollmentId: "e",
  enrolled: true,
  enrollment: "device",
  platform: "iOS",
  productName: PHONE,
  softwareUpdateDeviceId: null,
  osVersion,
  buildVersion: "22F76",
  supplementalBuild: null,
  supplementalExtra: null,
  supervised: true,
  timeZone: "Europe/Berlin",
  enforces: false,
  accessRights: 8191,
  bootstrapToken: null,
  oddVersion: null,
  busyWith: null,
});
const decided = (osVersion: string, kind: "latest" | "latest-minor", allowMajor: boolean) =>
  decide(
    device(osVersion),
    {
      targets: { iOS: { kind } },
      action: "install",
      zone: "UTC",
      allowMajor,
      newMajorAfterDays: 0,
      allowPastDeadline: false,
      allowDataLoss: false,
      replace: false,
    },
    CATALOG,
    NOW,
  );
const ENDED = { endedMajor: "iOS 18", endedNewer: "26.6.1", endedWhy: "other-models" };

describe("targets T13: a decision carries that Apple does not update the installed major", () => {
  it("for a device that gets a job in its major", () => {
    expect(decided("18.5", "latest", false)).toMatchObject({
      kind: "job",
      heldBack: { heldMajor: "26.6.1", ...ENDED },
    });
  });

  it("for a device that has all that its major gets", () => {
    expect(decided("18.7.8", "latest-minor", false)).toMatchObject({ kind: "compliant", params: ENDED });
  });

  it("not where the plan takes it to the newer major", () => {
    expect(decided("18.5", "latest", true)).not.toHaveProperty("heldBack");
  });
});
