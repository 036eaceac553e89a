/** A plan's devices and a job's state in words and tables. */
import type { JobView, PlanJobView, PlanView, Withdrawal } from "../contract/index.ts";
import { age, madeBy } from "./age.ts";
import { clean } from "./clean.ts";
import { counted } from "./cli.ts";
import { table } from "./table.ts";

export function deviceName(device: { name: string | null; serial: string | null; id: string }): string {
  return device.name ?? device.serial ?? device.id;
}

/** The sentence, and the remedy where there is one. */
export function verdictText({ verdict }: JobView): string {
  return verdict.remedy === undefined ? verdict.sentence : `${verdict.sentence} ${verdict.remedy}`;
}

const FAILED = ["failed", "fell-back", "refused"];
const OVER = ["stopped", "notified", "downloaded", "done"];

/** States that are not named are under way, and have the place of `""`. */
const inOrder =
  (states: readonly string[]) =>
  (jobs: readonly PlanJobView[]): PlanJobView[] => {
    const place = ({ job: { state } }: PlanJobView): number => states.indexOf(states.includes(state) ? state : "");
    return jobs.toSorted((a, b) => place(a) - place(b));
  };

/** What needs somebody first, what is done last. */
const worstFirst = inOrder([...FAILED, "blocked", "", ...OVER]);

/** What may still change first. */
export const underWayFirst = inOrder(["blocked", "", ...FAILED, ...OVER]);

/** The worst first. */
export function jobTable(jobs: readonly PlanJobView[], now: number): string[] {
  if (jobs.length === 0) return [];
  const rows = worstFirst(jobs).map(({ device, job }) => [
    deviceName(device),
    device.serial,
    [device.platform, device.osVersion].filter((part) => part !== null).join(" "),
    job.release,
    job.state,
    age(device.lastSeenAt, now),
    verdictText(job),
  ]);
  return table(["device", "serial", "runs", "target", "state", "heard", "verdict"], rows);
}

/** "3 done, 1 blocked" */
export function countsText(plan: PlanView): string {
  const parts = Object.entries(plan.states)
    .filter(([, jobs]) => jobs > 0)
    .toSorted((a, b) => b[1] - a[1])
    .map(([state, jobs]) => `${jobs} ${clean(state)}`);
  if (plan.pending > 0) parts.push(`${plan.pending} not begun`);
  return parts.length === 0 ? "no jobs yet" : parts.join(", ");
}

/** The plan in a few lines. */
export function planLines(plan: PlanView, now: number): string[] {
  const since = plan.stoppedAt ?? plan.pausedAt;
  const state = since === null ? plan.state : `${plan.state} ${age(since, now)}`;
  const terms = [
    `${plan.action} ${plan.to}`,
    plan.window === null ? "at any time" : `window ${plan.window}`,
    ...(plan.deadline === null ? [] : [`deadline ${plan.deadline}`]),
    ...(plan.noticeHours === null ? [] : [`${plan.noticeHours} h notice`]),
    ...(plan.skipWeekdays.length === 0 ? [] : [`not ${plan.skipWeekdays.join(", ")}`]),
    ...(plan.spreadHours === 0 ? [] : [`spread over ${plan.spreadHours} h`]),
    ...(plan.maxFailurePercent === 5 ? [] : [`${plan.maxFailurePercent} % may fail`]),
  ];
  return [
    clean(`${plan.name} (${plan.id}), ${state}, ${madeBy(plan, now)}`),
    clean(terms.join(", ")),
    `${counted(plan.devices, "device")}: ${countsText(plan)}`,
    ...(plan.rule === null ? [] : [clean(`named by the rule: ${shortRule(plan.rule)}`)]),
    ...(plan.pauseReason === null ? [] : [clean(`paused because: ${plan.pauseReason}`)]),
    ...(plan.withdrawal === null ? [] : withdrawalLines(plan.withdrawal)),
    ...(plan.standing === null ? [] : majorLines(plan.standing)),
  ];
}

/** What `n-1` means, and which majors are held back or come soon. */
function majorLines({ previousMajors, heldMajors, majorsAhead }: NonNullable<PlanView["standing"]>): string[] {
  const held = Object.entries(heldMajors).flatMap(([platform, majors]) =>
    majors.map((major) => `${platform} ${major}`),
  );
  return [
    ...previousMajors.map(({ platform, label }) => clean(`n-1 of ${platform}: ${label}`)),
    ...(held.length === 0 ? [] : [clean(`held back: ${held.join(", ")}`)]),
    ...majorsAhead.map(({ sentence }) => clean(sentence)),
  ];
}

const ROWS: readonly (readonly [row: keyof Withdrawal, what: string])[] = [
  ["toWithdraw", "not withdrawn yet"],
  ["mayInstall", "not reached since, and may still install"],
  ["told", "told to drop its declaration; may still restart"],
  ["watched", "the install can't be recalled; watched to its end"],
  ["held", "held back; they continue when the pause ends"],
];

/** How far a pause or a halt is. */
export const withdrawalLines = (withdrawal: Withdrawal): string[] =>
  ROWS.flatMap(([row, what]) => (withdrawal[row] === 0 ? [] : [`  ${counted(withdrawal[row], "device")}: ${what}`]));

const LONGEST_RULE = 300;
/** A rule may be a list of thousands; it is whole in the JSON. */
export const shortRule = (rule: string): string =>
  rule.length <= LONGEST_RULE ? rule : `${rule.slice(0, LONGEST_RULE - 1)}…`;
