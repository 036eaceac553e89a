import { describe, expect, it } from "vitest";
import { NOTHING, tallyOfReport } from "./tally.ts";

const root = "/project";
const test = (status: string, title: string, ...ancestorTitles: string[]) => ({ status, title, ancestorTitles });
const file = (status: string, ...assertionResults: ReturnType<typeof test>[]) => ({
  name: "/project/src/x.test.ts",
  status,
  assertionResults,
});
const tally = (exitCode: number, ...testResults: ReturnType<typeof file>[]) =>
  tallyOfReport(JSON.stringify({ testResults }), exitCode, root);

describe("tally of a test run", () => {
  it("counts passed, failed and skipped tests", () => {
    const counted = tally(1, file("failed", test("passed", "a"), test("failed", "b"), test("skipped", "c", "suite")));
    expect(counted).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  });

  it("names each skipped suite once with its file and number of tests", () => {
    const counted = tally(
      0,
      file(
        "passed",
        test("skipped", "a", "needs openssl", "signs"),
        test("pending", "b", "needs openssl", "signs"),
        test("todo", "c"),
        test("passed", "d"),
      ),
    );
    expect(counted.skippedSuites).toEqual([
      "src/x.test.ts: needs openssl > signs (2 tests)",
      "src/x.test.ts: c (1 test)",
    ]);
  });

  it.each([
    ["a file that could not be loaded", tally(1, file("failed"))],
    ["a run that fails without a failed test", tally(1, file("passed", test("passed", "a")))],
    ["a run that finds no test", tally(0)],
    ["a run that writes no report", tallyOfReport(undefined, 0, root)],
  ])("counts %s as one failed", (_title, counted) => {
    expect(counted.failed).toBe(1);
  });

  it("counts a clean run as not failed", () => {
    expect(tally(0, file("passed", test("passed", "a")))).toEqual({ ...NOTHING, passed: 1 });
  });
});
