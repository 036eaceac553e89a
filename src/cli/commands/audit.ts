/** `uptick audit`: who changed what. */
import type { Command } from "commander";
import { type AuditEntry, auditPage } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { moment } from "../age.ts";
import { changeWords } from "../change-words.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { table } from "../table.ts";

interface Options {
  readonly actor?: string;
  readonly object?: string;
  readonly route?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly csv?: true;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "24h" or "7d" back from now, a date (UTC), or an instant: as RFC 3339. Throws `usage-invalid`. */
export function sinceOf(text: string, now: number, flag = "--since"): string {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== undefined) return new Date(now - Number(number) * (UNITS[unit] ?? 0)).toISOString();
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(at) && !Number.isNaN(Date.parse(at)))
    return new Date(at).toISOString();
  throw new UptickError("usage-invalid", `${flag}: "${text.slice(0, 50)}" is not a time.`, {
    remedy: "Write 24h or 7d, a date such as 2026-08-21 (UTC), or an instant such as 2026-08-21T12:00:00Z.",
  });
}

function lineOf(entry: AuditEntry): (string | null)[] {
  const { object, detail, count } = entry;
  const what = [object.kind, object.id, detail === null ? null : `(${detail})`].filter((part) => part !== null);
  return [
    moment(entry.recordedAt),
    entry.actor ??
      (entry.outcome === "sign-in-refused"
        ? counted(count, "refused sign-in")
        : `${counted(count, "request")} without a valid token`),
    entry.route,
    what.join(" "),
    entry.outcome,
    entry.address,
    changeWords(entry),
  ];
}

export function addAudit(program: Command, cli: Cli): void {
  const command = program
    .command("audit")
    .description("Show who changed what and what was refused, newest first.")
    .option(
      "--actor <actor>",
      "token:NAME, account:ID, gate, system, or none for requests without a valid token and refused sign-ins",
    )
    .option(
      "--object <kind[:id]>",
      "only changes of this kind of object (plan, device) or of one object (plan:ID, device:ID)",
    )
    .option("--route <name>", "only this operation, such as stopPlan")
    .option("--outcome <code>", "ok, refused, or the code of an error")
    .option("--since <time>", "24h, 7d, a date (UTC), or a time with Z or an offset")
    .option("--until <time>", "the same: only what came before")
    .option("--limit <n>", "number of rows", wholeNumber(1, 1000), 100)
    .option("--csv", "all rows as CSV, whatever the limit")
    .action(async ({ since, until, limit, csv, ...filters }: Options) => {
      const now = cli.io.now();
      const query = {
        ...filters,
        ...(since === undefined ? {} : { since: sinceOf(since, now) }),
        ...(until === undefined ? {} : { until: sinceOf(until, now, "--until") }),
      };
      const api = await cli.api();
      if (csv === true) {
        // Cells are made harmless by the server.
        for await (const text of api.csv("exportAuditCsv", { query })) cli.io.stdout.write(text);
        return;
      }
      cli.show(await api.json("listAudit", auditPage, { query: { ...query, limit } }), ({ rows, next }) => {
        if (rows.length === 0) return ["Nothing is recorded for this."];
        return [
          ...table(["when", "who", "what", "on", "outcome", "from", "change"], rows.map(lineOf)),
          ...(next === null ? [] : [clean(`There are older ones: raise --limit, or narrow it with --since.`)]),
        ];
      });
    });
  examples(command, [
    ["who did what since yesterday?", "audit --since 24h"],
    ["who made this plan, and who stopped it?", "audit --object plan:0198c000-0000-7000-8000-000000000001"],
    ["what was refused this month?", "audit --outcome refused --since 30d"],
    ["everything of August, for the auditor", "audit --since 2026-08-01 --until 2026-09-01 --csv > audit.csv"],
    ["what has one token done?", "audit --actor token:nightly-report"],
  ]);
}
