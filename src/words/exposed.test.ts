import { expect, it } from "vitest";
import { exposedWords } from "./exposed.ts";

it.each([
  [["CVE-2026-65400"], "the fix for CVE-2026-65400, which is exploited."],
  [["CVE-2026-1", "CVE-2026-2"], "the fix for CVE-2026-1 and CVE-2026-2, which are exploited."],
  [
    ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3", "CVE-2026-4", "CVE-2026-5"],
    "the fix for CVE-2026-1, CVE-2026-2, CVE-2026-3 and 2 more, which are exploited.",
  ],
])("targets U4: names %j, the release that fixes it and its day", (cves, part) => {
  expect(exposedWords({ cves, fixedIn: "26.6.1", postedOn: "2026-08-06" })).toBe(
    `Its version does not have ${part} 26.6.1 of 6 Aug 2026 has it.`,
  );
});
