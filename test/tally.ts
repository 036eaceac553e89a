/** Counts what vitest's JSON report says, and names what was skipped. */
import { relative } from "node:path";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** "file: suite title (n tests)", one for each skipped suite. */
  readonly skippedSuites: readonly string[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0, skippedSuites: [] };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    skippedSuites: [...a.skippedSuites, ...b.skippedSuites],
  };
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

function countFile(file: Report["testResults"][number], root: string): Tally {
  const tests = file.assertionResults;
  const failed = tests.filter((test) => test.status === "failed").length;
  const passed = tests.filter((test) => test.status === "passed").length;
  const skippedTests = tests.filter((test) => test.status !== "failed" && test.status !== "passed");
  const bySuite = new Map<string, number>();
  for (const test of skippedTests) {
    const suite = test.ancestorTitles.length === 0 ? test.title : test.ancestorTitles.join(" > ");
    bySuite.set(suite, (bySuite.get(suite) ?? 0) + 1);
  }
  return {
    passed,
    // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
    failed: failed === 0 && file.status === "failed" ? 1 : failed,
    skipped: skippedTests.length,
    skippedSuites: [...bySuite].map(
      ([suite, count]) => `${relative(root, file.name)}: ${suite} (${count} ${count === 1 ? "test" : "tests"})`,
    ),
  };
}

/**
 * The tally of one vitest run. `text` is its JSON report, or undefined where it wrote none; `exitCode` its exit code: a
 * run that failed without a failed test (an unhandled rejection, no test found) counts as one failed.
 */
export function tallyOfReport(text: string | undefined, exitCode: number, root: string): Tally {
  if (text === undefined) return { ...NOTHING, failed: 1 };
  const report = JSON.parse(text) as Report;
  const sum = report.testResults.map((file) => countFile(file, root)).reduce(addTallies, NOTHING);
  const ranNothing = sum.passed + sum.failed + sum.skipped === 0;
  const failedUnseen = sum.failed === 0 && (exitCode !== 0 || ranNothing);
  return failedUnseen ? { ...sum, failed: 1 } : sum;
}
