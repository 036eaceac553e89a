/** `uptick plan …`. */
import { type Command, Option } from "commander";
import {
  governingTrial,
  JOB_STATES,
  planJobPage,
  type PlanJobView,
  planPage,
  type PlanView,
  planView,
} from "../../contract/index.ts";
import { age } from "../age.ts";
import type { Api, Said } from "../api.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { countsText, jobTable, planLines } from "../job-words.ts";
import { allRows, PAGE, pagesOf, sayList } from "../pages.ts";
import { shortIds } from "../short-ids.ts";
import { table } from "../table.ts";
import { watchPlan } from "../watch-plan.ts";
import { addPause } from "./pause.ts";
import { addPlanCreate } from "./plan-create.ts";
import { addPlanFiles } from "./plan-files.ts";
import { addPlanStanding } from "./plan-standing.ts";
import { addPlanEdit, DRY, governingLines, TRIED } from "./plan-edit.ts";

const jobsOf = (api: Api, id: string, state?: string) => (after: string | undefined) =>
  api.json("planJobs", planJobPage, { params: { id }, query: { state, after, limit: PAGE } });

const stateOption = (): Option => new Option("--state <state>", "only devices in this state").choices(JOB_STATES);

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List the plans, newest first. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listPlans", planPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        if (rows.length === 0) return ["No plan has been made. See: uptick plan create --help"];
        const now = cli.io.now();
        const short = shortIds(rows.map(({ id }) => id));
        const lines = rows.map((plan) => [
          short(plan.id),
          plan.name,
          plan.finished && plan.pending === 0 && plan.state === "active" ? "finished" : plan.state,
          plan.to,
          age(plan.createdAt, now),
          plan.createdBy,
          countsText(plan),
        ]);
        return table(["id", "name", "state", "to", "made", "by", "devices"], lines);
      });
    });
  examples(command, [
    ["all plans", "plan list"],
    ["the ids of plans that are not finished", "plan list --json | jq -r '.rows[] | select(.finished | not) | .id'"],
  ]);
}

function addShow(parent: Command, cli: Cli): void {
  const command = parent
    .command("show")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description("Show a plan and the state and verdict of each of its devices.")
    .addOption(stateOption())
    .addOption(new Option("--watch", "update the table until every device is finished").conflicts("state"))
    .action(async (id: string, options: { watch?: true; state?: string }) => {
      const api = await cli.api();
      if (options.watch === true) return watchPlan(cli, api, id);
      const plan = await api.json("showPlan", planView, { params: { id } });
      if (cli.json) return cli.sayJson(plan.text);
      const jobs = await allRows(jobsOf(api, id, options.state));
      const now = cli.io.now();
      return cli.say(...planLines(plan.value, now), "", ...jobTable(jobs, now));
    });
  examples(command, [
    ["which devices failed? (with the short id of the list)", "plan show 00000001 --state failed"],
    ["which devices are up to date, which are not, and why?", "plan show 0198c000-0000-7000-8000-000000000001"],
    [
      "a table that updates; in a script, one line per change",
      "plan show 0198c000-0000-7000-8000-000000000001 --watch",
    ],
    ["the number of devices in each state", "plan show 0198c000-0000-7000-8000-000000000001 --json | jq .states"],
  ]);
}

function addJobs(parent: Command, cli: Cli): void {
  const command = parent
    .command("jobs")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description("List a plan's devices. With --json: one API page per line.")
    .addOption(stateOption())
    .action(async (id: string, { state }: { state?: string }) => {
      const api = await cli.api();
      if (!cli.json) return cli.say(...jobTable(await allRows(jobsOf(api, id, state)), cli.io.now()));
      for await (const { text } of pagesOf(jobsOf(api, id, state))) cli.sayJson(text);
    });
  examples(command, [
    ["the devices and their verdicts", "plan jobs 0198c000-0000-7000-8000-000000000001"],
    [
      "the serials of those that failed",
      "plan jobs 0198c000-0000-7000-8000-000000000001 --json | jq -r '.rows[] | select(.job.state == \"failed\") | .device.serial'",
    ],
  ]);
}

const BETWEEN_LOOKS = 250;
/** Looks until a stop is said to be under way still: half a minute. */
const LOOKS = 120;

/** The plan once its jobs have been withdrawn, which the server does in pieces after the stop. */
async function whenWithdrawn(cli: Cli, api: Api, stopped: Said<PlanView>): Promise<Said<PlanView>> {
  let plan = stopped;
  for (let looks = 0; plan.value.working && looks < LOOKS; looks += 1) {
    await cli.io.sleep(BETWEEN_LOOKS);
    plan = await api.json("showPlan", planView, { params: { id: plan.value.id } });
  }
  return plan;
}

const GONE: ReadonlySet<string> = new Set(["cannot-be-recalled", "declared-cannot-be-recalled"]);

const STANDS: readonly (readonly [what: string, holds: (job: PlanJobView["job"]) => boolean])[] = [
  ["withdrawn and confirmed", ({ state }) => state === "stopped"],
  ["not yet confirmed", ({ state, reason }) => state === "stopping" && !GONE.has(reason)],
  ["cannot be recalled", ({ state }) => state === "stopping"],
  ["not yet withdrawn", ({ finishedAt }) => finishedAt === null],
  ["had ended before", () => true],
];

/** How many devices stand how after the stop. */
function stopLines(plan: PlanView, jobs: readonly PlanJobView[]): string[] {
  const counts = new Map(STANDS.map(([what]) => [what, 0]));
  for (const { job } of jobs) {
    const what = STANDS.find(([, holds]) => holds(job))?.[0] ?? "";
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const lines = [...counts].flatMap(([what, n]) => (n === 0 ? [] : [`  ${counted(n, "device")}: ${what}`]));
  return plan.working ? [...lines, "  The server is still withdrawing jobs."] : lines;
}

function addStop(parent: Command, cli: Cli): void {
  const command = parent
    .command("stop")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description(
      "Stop a plan. Commands not yet delivered are withdrawn immediately. Shows the state of each device after the stop.",
    )
    .option("--dry-run", DRY)
    .action(async (id: string, { dryRun }: { dryRun?: true }) => {
      const api = await cli.api();
      if (dryRun === true)
        return cli.show(await api.json("stopPlan", governingTrial, { params: { id }, query: TRIED }), (trial) =>
          governingLines("The stop", trial),
        );
      const stopped = await api.json("stopPlan", planView, { params: { id } });
      const plan = await whenWithdrawn(cli, api, stopped);
      if (cli.json) return cli.sayJson(plan.text);
      const jobs = await allRows(jobsOf(api, id));
      const now = cli.io.now();
      cli.say(...planLines(plan.value, now), ...stopLines(plan.value, jobs), "", ...jobTable(jobs, now));
      if (plan.value.finished) return undefined;
      cli.say("", "Some devices have not confirmed yet; their verdicts say what they may still do.");
      return cli.say(`Follow them with: uptick plan show ${encodeURIComponent(id)} --watch`);
    });
  examples(command, [
    ["which plan takes each device?", "plan stop 0198c000-0000-7000-8000-000000000001 --dry-run"],
    ["stop the plan of a bad update", "plan stop 0198c000-0000-7000-8000-000000000001"],
    ["watch until every device has confirmed", "plan show 0198c000-0000-7000-8000-000000000001 --watch"],
  ]);
}

export function addPlans(program: Command, cli: Cli): void {
  const plan = program.command("plan").description("Create, watch, edit, pause and stop plans.");
  examples(plan, [
    ["what would happen?", "plan create --to latest-minor --devices all --dry-run"],
    ["help with examples for one of these", "plan create --help"],
  ]);
  addPlanCreate(plan, cli, "create", "plan create");
  addList(plan, cli);
  addShow(plan, cli);
  addJobs(plan, cli);
  addPlanStanding(plan, cli);
  addPlanEdit(plan, cli);
  addPlanFiles(plan, cli);
  addStop(plan, cli);
  addPause(plan, cli);
  addPlanCreate(program, cli, "update", "update");
}
