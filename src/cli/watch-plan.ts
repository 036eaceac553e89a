/** Follows a plan until all of its devices are finished: a live table on a terminal, else a line for each change. */
import { type JobView, planJobPage, type PlanJobView, type PlanView, planView } from "../contract/index.ts";
import { isUptickError } from "../errors/index.ts";
import { moment } from "./age.ts";
import type { Api, Said } from "./api.ts";
import { clean } from "./clean.ts";
import { type Cli, counted } from "./cli.ts";
import { countsText, deviceName, jobTable, planLines, underWayFirst, verdictText } from "./job-words.ts";
import { wrap } from "./layout.ts";
import { allRows } from "./pages.ts";
import { table } from "./table.ts";

const BETWEEN_LOOKS = 2000;
const BETWEEN_LOOKS_AT_MANY = 10_000;
const MANY = 1000;
const PAGE = 1000;
/** Looks in a row that may fail while the server restarts. */
const PATIENCE = 15;
const CLEAR = "\u001b[H\u001b[2J";

interface Look {
  readonly plan: Said<PlanView>;
  readonly jobs: readonly PlanJobView[];
}

const isOver = ({ finished, pending, state }: PlanView): boolean => finished && (pending === 0 || state === "stopped");

async function look(api: Api, id: string, withJobs: boolean): Promise<Look> {
  const plan = await api.json("showPlan", planView, { params: { id } });
  if (!withJobs) return { plan, jobs: [] };
  const query = { limit: PAGE };
  const jobs = await allRows((after) =>
    api.json("planJobs", planJobPage, { params: { id }, query: { ...query, after } }),
  );
  return { plan, jobs };
}

/** As much as fits on the screen, a line for each device: those that are under way first, what is done last. */
function frame(cli: Cli, { plan, jobs }: Look, now: number): string[] {
  const { rows, columns } = cli.io.size();
  const head = [...planLines(plan.value, now).flatMap((line) => wrap(line, columns)), ""];
  // The heading, the line about those that do not fit, and the cursor's.
  const left = Math.max(rows - head.length - 3, 3);
  const shown = underWayFirst(jobs).slice(0, left);
  const cells = shown.map(({ device, job }) => [deviceName(device), job.state, causeText(job)]);
  const more = jobs.length - shown.length;
  return [
    ...head,
    ...(shown.length === 0 ? [] : cli.laidOut(table(["device", "state", "verdict"], cells), { oneLine: true })),
    ...(more > 0 ? [`… and ${counted(more, "more device")}`] : []),
  ];
}

/** The sentence without the state, which has its own column, and without the remedy. */
const causeText = ({ verdict }: JobView): string => verdict.sentence.replace(/^[A-Z][a-z ]{1,30}: /, "");

/** The last look: all devices, whatever the screen holds. */
const whole = ({ plan, jobs }: Look, now: number): string[] => [
  ...planLines(plan.value, now),
  "",
  ...jobTable(jobs, now),
];

/** Says what changed since the last look. */
function changeSpeaker(cli: Cli): (seen: Look, now: number) => void {
  const told = new Map<string, string>();
  return ({ plan, jobs }, now) => {
    const tell = (key: string, text: string): void => {
      if (told.get(key) === text) return;
      told.set(key, text);
      cli.say(`${moment(now)}  ${text}`);
    };
    for (const { device, job } of jobs) {
      tell(`job ${device.id}`, clean(`${deviceName(device)}: ${job.state}: ${verdictText(job)}`));
    }
    tell("plan", clean(`${plan.value.name}: ${plan.value.state}: ${countsText(plan.value)}`));
  };
}

async function patiently<T>(cli: Cli, attempt: () => Promise<T>): Promise<T> {
  for (let failed = 0; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUptickError(error) || error.code !== "server-unreachable" || failed >= PATIENCE) throw error;
      if (failed === 0) cli.io.stderr.write(`uptick: ${clean(error.message)} Trying again.\n`);
      await cli.io.sleep(BETWEEN_LOOKS);
    }
  }
}

/** Ends when every device is finished. With --json: the plan as the API says it, a line whenever it has changed. */
export async function watchPlan(cli: Cli, api: Api, id: string): Promise<void> {
  const { io } = cli;
  const speak = changeSpeaker(cli);
  let last = "";
  for (let first = true; ; first = false) {
    const attempt = () => look(api, id, !cli.json);
    const seen = first ? await attempt() : await patiently(cli, attempt);
    const over = isOver(seen.plan.value);
    const now = io.now();
    if (cli.json) {
      if (seen.plan.text !== last) cli.sayJson(seen.plan.text);
      last = seen.plan.text;
    } else if (io.isTty) {
      io.stdout.write(CLEAR);
      cli.say(...(over ? whole(seen, now) : frame(cli, seen, now)));
    } else {
      speak(seen, now);
    }
    if (over) return;
    await io.sleep(seen.plan.value.devices > MANY ? BETWEEN_LOOKS_AT_MANY : BETWEEN_LOOKS);
  }
}
