/** `uptick report`: what each device ran at a moment in the past, as CSV. */
import type { Command } from "commander";
import { reportLine, type ReportRow, type ReportSummary } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { csvLine } from "../../csv/index.ts";

const DAY_MS = 86_400_000;

/** An instant, or the end of a day (UTC), or now where that day is not over. Throws `usage-invalid`. */
export function momentOf(text: string, now: number): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    const begins = Date.parse(`${text}T00:00:00Z`);
    if (new Date(begins || 0).toISOString().startsWith(text)) {
      const ends = begins + DAY_MS - 1;
      return new Date(begins <= now ? Math.min(ends, now) : ends).toISOString();
    }
  } else if (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  )
    return new Date(text).toISOString();
  throw new UptickError("usage-invalid", `--at: "${text.slice(0, 50)}" is not a time.`, {
    remedy: "Write a date such as 2026-08-21 (its end, UTC), or an instant such as 2026-08-21T12:00:00Z.",
  });
}

type Column = readonly [heading: string, value: (row: ReportRow) => string | number | null];

/** The columns of console K6 behind those that name the device. */
const COLUMNS: readonly Column[] = [
  ["serial", (row) => row.serial],
  ["udid", (row) => row.udid],
  ["name", (row) => row.name],
  ["model", (row) => row.model],
  ["platform", (row) => row.platform],
  ["enrollment", (row) => row.enrollment],
  ["removed", (row) => row.removedAt],
  ["version", (row) => (row.extra === null ? row.version : `${row.version} ${row.extra}`)],
  ["build", (row) => row.build],
  ["version since", (row) => row.versionSince],
  ["newest offered", (row) => row.newest?.version ?? null],
  ["posted by Apple", (row) => row.newest?.postedOn ?? null],
  ["first seen on it", (row) => row.newest?.reachedAt ?? null],
  ["days from posting", (row) => row.newest?.days ?? null],
  ["newest of any major", (row) => row.newestOfAnyMajor],
  ["deadline", (row) => row.deadlineAt],
  ["exempted by", (row) => row.exemption?.by ?? null],
  ["exempted because", (row) => row.exemption?.reason ?? null],
  ["exempted until", (row) => row.exemption?.until ?? null],
  ["last seen", (row) => row.lastSeenAt],
];

function summaryText({ at, devices, catalogTakenAt, catalogDate }: ReportSummary): string {
  const list =
    catalogTakenAt === null
      ? "no list of Apple's releases had been taken"
      : `by Apple's list ${catalogDate === null ? "" : `of ${catalogDate}, `}taken ${catalogTakenAt}`;
  return clean(`${counted(devices, "device")} at ${at}; ${list}.`);
}

export function addReport(program: Command, cli: Cli): void {
  const command = program
    .command("report")
    .description(
      "Print what each device ran at a moment in the past, and what Apple offered to it then, as CSV. Removed devices are included as long as their history is stored. With --json: one line per device.",
    )
    .option("--at <date>", "a date (its end, UTC), or a time with Z or an offset; default: now")
    .action(async ({ at }: { at?: string }) => {
      const query = at === undefined ? {} : { at: momentOf(at, cli.io.now()) };
      const api = await cli.api();
      let begun = false;
      for await (const { value, text } of api.lines("report", reportLine, (line) => "summary" in line, { query })) {
        if (cli.json) cli.sayJson(text);
        else {
          // A report that is refused has no heading either.
          if (!begun) cli.io.stdout.write(csvLine(COLUMNS.map(([heading]) => heading)));
          if ("device" in value) cli.io.stdout.write(csvLine(COLUMNS.map(([, cellOf]) => cellOf(value.device))));
          // Not in the CSV, whose rows are devices.
          else cli.io.stderr.write(`${summaryText(value.summary)}\n`);
        }
        begun = true;
      }
    });
  examples(command, [
    ["who ran what at the end of August, for the auditor?", "report --at 2026-08-31 > august.csv"],
    ["the same for a moment", "report --at 2026-08-31T17:00:00+02:00 > august.csv"],
  ]);
}
