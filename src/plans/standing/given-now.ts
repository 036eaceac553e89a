/** All deadlines of a device now: those that it has, as causes have moved them, and that of the release that it is sent to (targets D3 to D5). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { type Given, isVoid } from "../deadlines/given.ts";
import { followJob, give, giveOthers } from "./give.ts";
import { wouldGovern } from "./governs.ts";
import { lifted, type OpenRelease } from "./open.ts";
import { installedOf, type StandingDevice, type StandingPlan } from "./plan.ts";

export interface GivingNow {
  readonly plan: StandingPlan;
  readonly device: StandingDevice;
  readonly chosen: OpenRelease | undefined;
  readonly place: number;
  /** Nothing is given, made or moved now. */
  readonly isHeld: boolean;
  readonly joinedAt: number;
  readonly plans: readonly StandingPlan[];
  readonly now: number;
}

export function givenNow({ plan, device: before, chosen, place, isHeld, joinedAt, plans, now }: GivingNow) {
  const followed = followJob(before);
  const device = { ...before, given: withRows(before.given, followed) };
  const isByFact = (formerId: string): boolean => wouldGovern(plans, device, formerId);
  const of = { plan, device, joinedAt, isByFact, isHeld, now };
  // Nothing is given while nothing may be: a release comes to be open to the device when that is over.
  const has = device.given.some((one) => chosen !== undefined && !isVoid(one) && isSameNamed(one, chosen.rollout));
  const waits = isHeld && !has;
  const given = chosen === undefined || waits ? undefined : give({ ...of, device: lifted(device, chosen) }, chosen);
  const own = given?.kind === "given" ? given.given : undefined;
  const rest = device.given.filter((one) => own === undefined || !isSameNamed(one, own));
  const { moved, left } = giveOthers(of, rest, place);
  const all = [...(given?.kind === "given" && given.isNew ? [given] : []), ...moved];
  const fresh = withRows(
    followed,
    all.map((one) => one.given),
  );
  const deadlines = { given: fresh, moved: all.flatMap((one) => one.moved ?? []) };
  const rows = withRows(device.given, fresh);
  const isSettled = rows.every((row) => row.planId === plan.id || !countsAbove(device, row) || includes(left, row));
  return { deadlines, given, rows, left, isSettled };
}

const countsAbove = (device: StandingDevice, row: Given): boolean =>
  !isVoid(row) && compareNamed(row, installedOf(device)) > 0;

const includes = (all: readonly Named[], one: Named): boolean => all.some((other) => isSameNamed(other, one));

/** `rows` in place of those of the same releases. */
const withRows = (before: readonly Given[], rows: readonly Given[]): readonly Given[] =>
  rows.length === 0 ? before : [...before.filter((one) => !rows.some((row) => isSameNamed(row, one))), ...rows];
