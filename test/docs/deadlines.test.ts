/** The table of deadlines in docs/plans.md is what the product decides. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLookupService, sampleLookupService } from "../../src/catalog/index.ts";
import { listOf } from "../../src/catalog/listed.suite.ts";
import { decide, parseWindow, WEEKDAYS } from "../../src/plans/index.ts";

const page = readFileSync(new URL("../../docs/plans.md", import.meta.url), "utf8");
const begin = page.indexOf("### Examples of deadlines");
const rows = page
  .slice(begin, page.indexOf("## Blocks", begin))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| deadline"))
  .map((line) => line.split("|").map((cell) => cell.replaceAll("`", "").trim()));
const catalog = listOf(parseLookupService(sampleLookupService()).releases, "2026-08-22");
const MONTHS: Readonly<Record<string, string>> = { August: "08", September: "09" };

/** "28 to 30 August", or "31 August to 1 September". */
function daysIn(text: string) {
  const [, from = "", first, to = "", last = ""] = /^(\d+)(?: (\w+))? to (\d+) (\w+)$/.exec(text) ?? [];
  const day = (date: string, month: string) => `2026-${MONTHS[month]}-${date.padStart(2, "0")}`;
  return { name: "example", from: day(from, first ?? last), to: day(to, last) };
}

/** "notice 24", or "skip fri sat sun". */
function settingsIn(text: string) {
  const [setting, ...words] = text.split(" ");
  if (setting === "notice") return { noticeHours: Number(words[0]) };
  return setting === "skip"
    ? { noticeHours: 24, skipWeekdays: WEEKDAYS.filter((day) => words.includes(day)), spreadHours: 0 }
    : {};
}

describe("the deadlines in docs/plans.md", () => {
  it("are there", () => expect(rows.length).toBeGreaterThan(8));

  it.each(rows)(
    "%s%s %s %s %s: %s, from %s",
    (_edge, deadline = "", settings = "", window = "", blackout = "", ...is) => {
      const found = decide(
        {
          ...{
            enrollmentId: "e",
            enrolled: true,
            enrollment: "device",
            platform: "macOS",
            productName: "MacBookPro18,3",
          },
          ...{ softwareUpdateDeviceId: "J314sAP", osVersion: "26.6", oddVersion: null, buildVersion: null },
          ...{ supplementalBuild: null, supplementalExtra: null, supervised: true, timeZone: "Europe/Berlin" },
          ...{ enforces: true, accessRights: 8191, bootstrapToken: null, busyWith: null },
          ...(blackout === "" ? {} : { blackouts: [daysIn(blackout)] }),
        },
        {
          ...{ targets: { macOS: { kind: "exact", version: "26.6.2" } }, action: "install", zone: "UTC", deadline },
          ...{ allowMajor: false, allowPastDeadline: false, allowDataLoss: false, replace: false },
          ...settingsIn(settings),
          ...(window === "" ? {} : { window: parseWindow(window) }),
        },
        catalog,
        Date.UTC(2026, 7, 25, 12),
      );
      const { job } = found.kind === "job" ? found : { job: undefined };
      const shown = [job?.deadline, job?.enforcement?.local.slice(0, 16)].map((local) => local?.replace("T", " "));
      expect(shown).toEqual(is.slice(0, 2));
    },
  );
});
