/** The contract of every backend: what admins look at, among three devices with jobs of two plans. */
import { beforeEach, describe } from "vitest";
import { testAccounts } from "./accounts.suite.ts";
import { testDeviceLists } from "./device-lists.suite.ts";
import type { Given } from "./given.suite.ts";
import { testGoverned } from "./governed.suite.ts";
import { testNames } from "./names.suite.ts";
import { testPlanJobs } from "./plan-jobs.suite.ts";
import { testPlans } from "./plans.suite.ts";
import { testRecords } from "./records.suite.ts";
import { testRollouts } from "./rollouts.suite.ts";
import { enrollmentRow, jobRow, planRow } from "./suite-rows.ts";
import { testWatched } from "./watched.suite.ts";

export function testAdmin(given: Given): void {
  const { put } = given;
  describe("for admins", () => {
    beforeEach(async () => {
      await put(
        // A job is always of a plan that there is.
        { put: "plan", row: planRow("before") },
        { put: "plan", row: planRow("plan") },
        { put: "enrollment", row: enrollmentRow("a", { deviceName: "Front desk", platform: "macOS" }) },
        { put: "enrollment", row: enrollmentRow("b", { deviceName: "front DESK" }) },
        { put: "enrollment", row: enrollmentRow("c", { deviceName: "100% iPad", state: "checked-out" }) },
        { put: "job", row: jobRow("j1", "a", { planId: "before", live: 0, state: "done", createdAt: 1 }) },
        { put: "job", row: jobRow("j2", "a", { createdAt: 2 }) },
        { put: "job", row: jobRow("j3", "b", { state: "blocked", reason: "insufficient-space", createdAt: 3 }) },
      );
    });

    testDeviceLists(given);
    testNames(given);
    testGoverned(given);
    testPlanJobs(given);
    testPlans(given);
    testRollouts(given);
    testAccounts(given);
    testRecords(given);
    testWatched(given);
  });
}
