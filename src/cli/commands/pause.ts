/** `uptick plan pause`, `uptick plan resume` and `uptick halt`. */
import { type Command, Option } from "commander";
import {
  type HaltView,
  haltView,
  type PauseDryRun,
  pauseDryRun,
  planView,
  type ResumeDryRun,
  resumeDryRun,
} from "../../contract/index.ts";
import { age } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { fateLines } from "./fates.ts";
import { planLines, withdrawalLines } from "../job-words.ts";

export const DRY = "show what would happen, without doing it";
export const TRIED = { dryRun: "true" } as const;

const why = (): Option => new Option("--why <text>", "the reason, for the audit and for other admins");

export function pauseLines(what: string, run: PauseDryRun): string[] {
  return [`${what} would hold back ${counted(run.devices, "device")}; nothing has changed.`, ...fateLines(run)];
}

export function resumeLines(what: string, run: ResumeDryRun): string[] {
  return [
    `${what} would let ${counted(run.devices, "device")} continue; nothing has changed.`,
    `  ${counted(run.notGiven, "device")}: has no job yet`,
    `  ${counted(run.deadlinesMoved, "device")}: its deadline moves, so that it gets 24 hours' notice`,
  ];
}

export function addPause(plan: Command, cli: Cli): void {
  const pause = plan
    .command("pause")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description("Pause a plan. What has not left is withdrawn; the devices continue when the plan is resumed.")
    .addOption(why().makeOptionMandatory())
    .option("--dry-run", DRY)
    .action(async (id: string, { why: reason, dryRun }: { why: string; dryRun?: true }) => {
      const api = await cli.api();
      const ask = { params: { id }, body: { reason } };
      if (dryRun === true)
        return cli.show(await api.json("pausePlan", pauseDryRun, { ...ask, query: TRIED }), (run) =>
          pauseLines("The pause", run),
        );
      return cli.show(await api.json("pausePlan", planView, ask), (view) => [
        ...planLines(view, cli.io.now()),
        `Follow it with: uptick plan show ${encodeURIComponent(id)}`,
        `Resume it with: uptick plan resume ${encodeURIComponent(id)}`,
      ]);
    });
  examples(pause, [
    ["what would a pause do?", 'plan pause 00000001 --why "two iPads do not start" --dry-run'],
    ["pause the plan", 'plan pause 00000001 --why "two iPads do not start"'],
  ]);
  const resume = plan
    .command("resume")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description("Resume a paused plan. Deadlines that are less than 24 hours ahead move by whole days.")
    .option("--dry-run", DRY)
    .action(async (id: string, { dryRun }: { dryRun?: true }) => {
      const api = await cli.api();
      const params = { id };
      if (dryRun === true)
        return cli.show(await api.json("resumePlan", resumeDryRun, { params, query: TRIED }), (run) =>
          resumeLines("Resuming the plan", run),
        );
      return cli.show(await api.json("resumePlan", planView, { params }), (view) => planLines(view, cli.io.now()));
    });
  examples(resume, [
    ["how many devices would continue?", "plan resume 00000001 --dry-run"],
    ["resume the plan", "plan resume 00000001"],
  ]);
}

function haltLines(halt: HaltView, now: number): string[] {
  const said = halt.sinceAt === null ? "" : `, ${age(halt.sinceAt, now)} by ${halt.setBy ?? "?"}: ${halt.reason ?? ""}`;
  if (!halt.on)
    return [clean(`No halt${halt.sinceAt === null ? "" : `; the last one ended ${age(halt.sinceAt, now)}`}.`)];
  return [
    clean(`All plans are halted${said}`),
    `${counted(halt.devices, "device")} held back.`,
    ...(halt.withdrawal === null ? [] : withdrawalLines(halt.withdrawal)),
    "End it with: uptick halt --end --dry-run, then uptick halt --end --devices N",
  ];
}

interface HaltOptions {
  readonly why?: string;
  readonly end?: true;
  readonly devices?: number;
  readonly dryRun?: true;
}

async function halt(cli: Cli, { why: reason, end, devices, dryRun }: HaltOptions): Promise<void> {
  const api = await cli.api();
  const lines = (view: HaltView): string[] => haltLines(view, cli.io.now());
  if (end === true) {
    const body = devices === undefined ? {} : { devices };
    if (dryRun !== true) return cli.show(await api.json("endHalt", haltView, { body }), lines);
    return cli.show(await api.json("endHalt", resumeDryRun, { body, query: TRIED }), (run) => [
      ...resumeLines("The end of the halt", run),
      `To end it: uptick halt --end --devices ${run.devices}`,
    ]);
  }
  if (reason === undefined && dryRun !== true) return cli.show(await api.json("showHalt", haltView), lines);
  const body = { reason: reason ?? "dry run" };
  if (dryRun !== true) return cli.show(await api.json("startHalt", haltView, { body }), lines);
  return cli.show(await api.json("startHalt", pauseDryRun, { body, query: TRIED }), (run) =>
    pauseLines("The halt", run),
  );
}

export function addHalt(program: Command, cli: Cli): void {
  const command = program
    .command("halt")
    .description(
      "Halt all plans: no order and no declaration of an update leaves. Without options: show whether they are halted.",
    )
    .addOption(why().conflicts("end"))
    .option("--end", "end the halt")
    .addOption(
      new Option("--devices <n>", "with --end: the number of devices that continue, as its dry run shows it").argParser(
        wholeNumber(0, 10_000_000),
      ),
    )
    .option("--dry-run", DRY)
    .action((options: HaltOptions) => halt(cli, options));
  examples(command, [
    ["are all plans halted?", "halt"],
    ["what would a halt do?", "halt --dry-run"],
    ["halt all plans", 'halt --why "26.6.2 breaks the VPN"'],
    ["how many devices continue when it ends?", "halt --end --dry-run"],
    ["end it", "halt --end --devices 214"],
  ]);
}
