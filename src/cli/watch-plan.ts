/** Follows a plan until all of its devices are finished: a live table on a terminal, else a line for each change. */
import stringWidth from "string-width";
import { planJobPage, type PlanJobView, type PlanView, planView } from "../contract/index.ts";
import { isUptickError } from "../errors/index.ts";
import { moment } from "./age.ts";
import type { Api, Said } from "./api.ts";
import { clean } from "./clean.ts";
import type { Cli } from "./cli.ts";
import { countsText, deviceName, jobTable, planLines, verdictText } from "./job-words.ts";
import { allRows } from "./pages.ts";

const BETWEEN_LOOKS = 2000;
const BETWEEN_LOOKS_AT_MANY = 10_000;
const MANY = 1000;
const PAGE = 1000;
/** Looks in a row that may fail while the server restarts. */
const PATIENCE = 15;
const CLEAR = "\u001b[H\u001b[2J";
const FINISHED = new Set(["done", "fell-back", "downloaded", "notified", "stopped", "failed", "refused"]);

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

/** As much as fits on the screen, devices that are under way first. */
function frame({ plan, jobs }: Look, now: number, { rows, columns }: { rows: number; columns: number }): string[] {
  const ordered = jobs.toSorted((a, b) => Number(FINISHED.has(a.job.state)) - Number(FINISHED.has(b.job.state)));
  const head = [...planLines(plan.value, now), ""];
  const lines = jobTable(ordered, now);
  const fitting: string[] = [];
  let left = Math.max(rows - head.length - 2, 3);
  for (const line of lines) {
    left -= Math.max(1, Math.ceil(stringWidth(line) / Math.max(columns, 1)));
    if (left < 0) break;
    fitting.push(line);
  }
  const hidden = lines.length - fitting.length;
  return [...head, ...fitting, ...(hidden > 0 ? [`… and ${hidden} more`] : [])];
}

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
      const whole = { rows: Number.POSITIVE_INFINITY, columns: io.size().columns };
      io.stdout.write(CLEAR);
      cli.say(...frame(seen, now, over ? whole : io.size()));
    } else {
      speak(seen, now);
    }
    if (over) return;
    await io.sleep(seen.plan.value.devices > MANY ? BETWEEN_LOOKS_AT_MANY : BETWEEN_LOOKS);
  }
}
