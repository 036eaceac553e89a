/**
 * Whether a Mac of the standing plan ended where it must: by its part in the story, by what the admin did, and by what truly
 * happened to it. What the server says is only compared with that.
 */
import type { SimRecord } from "../../../simulator/index.ts";
import type { DeviceDetail } from "../../contract/index.ts";
import type { Course } from "./course.ts";
import { BEFORE, FAULTY, RELEASE, RINGS, type Role } from "./macs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The release is posted at 18:00, and rings open at 09:00. */
const OPENS_BEFORE = 9 * HOUR;
/** What a message takes on its way. */
const SLOW = 60_000;

/** What the server says of a device. */
export type Said = Pick<DeviceDetail, "osVersion" | "buildVersion" | "compliance" | "job">;

export interface Mac {
  readonly role: Role;
  readonly record: SimRecord;
}

/** When each installation of the release that failed was tried, ms UTC. */
export const failedInstalls = ({ events }: SimRecord): readonly number[] =>
  events.filter(({ what, version }) => what === "install-failed" && version === RELEASE.version).map(({ at }) => at);

export const isFaulty = ({ model }: Role): boolean => model === FAULTY;

/** What is wrong with the end of a Mac; empty when all is as it must be. `all`: the Macs of all rings. */
export function macProblems(said: Said | undefined, mac: Mac, all: readonly Mac[], course: Course): string[] {
  const { role, record } = mac;
  if (said === undefined) return ["never enrolled"];
  const problems = [...record.violations];
  if (said.osVersion !== record.finalVersion || said.buildVersion !== record.finalBuild)
    problems.push(
      `is said to run ${said.osVersion} (${said.buildVersion}), runs ${record.finalVersion} (${record.finalBuild})`,
    );
  problems.push(...saidProblems(said, isFaulty(role)));
  if (isFaulty(role)) problems.push(...blockedProblems(mac, course));
  else problems.push(...updatedProblems(mac, all, course));
  return problems;
}

/** It has what is open to it; and its job, where it had one, ended by the update or by the block. */
function saidProblems({ compliance, job }: Said, isBlocked: boolean): string[] {
  const problems: string[] = [];
  const target = isBlocked ? BEFORE.version : RELEASE.version;
  if (compliance?.class !== "on-target" || compliance.target !== target)
    problems.push(`is said to be ${compliance?.class} of ${compliance?.target}, not on-target of ${target}`);
  if (isBlocked ? job === null || isWithdrawn(job) : job?.reason === "updated") return problems;
  return [...problems, `its job ended as ${job?.state}/${job?.reason}, not as ${isBlocked ? "withdrawn" : "updated"}`];
}

const isWithdrawn = ({ state, verdict }: NonNullable<Said["job"]>): boolean =>
  state === "stopped" && verdict.params["cause"] === "release-blocked";

/** It must stay where it is: the release is blocked for its model. */
function blockedProblems({ role, record }: Mac, { blockedAt }: Course): string[] {
  const problems: string[] = [];
  if (record.finalVersion !== BEFORE.version)
    problems.push(`runs ${record.finalVersion}: its model is blocked, and must stay on ${BEFORE.version}`);
  const { length } = record.installsExecuted;
  if (length > 0) problems.push(`installed ${length} times`);
  const failed = failedInstalls(record);
  const after = failed.filter((at) => blockedAt !== null && at > blockedAt + SLOW).length;
  if (after > 0) problems.push(`tried to install ${after} times after the block`);
  // The block came before the last ring: what is there must never have begun.
  const isLast = role.ring === RINGS.length - 1;
  if (isLast && failed.length > 0) problems.push("tried to install what was blocked before its ring opened");
  if (isLast && record.downloadsExecuted.length > 0)
    problems.push("downloaded what was blocked before its ring opened");
  if (!isLast && failed.length < 2) problems.push(`failed ${failed.length} times, not twice or more`);
  return problems;
}

/** It must have the release, by one installation, after the ring before it and not while the rollout was paused. */
function updatedProblems({ role, record }: Mac, all: readonly Mac[], course: Course): string[] {
  const problems: string[] = [];
  if (record.finalVersion !== RELEASE.version) problems.push(`runs ${record.finalVersion}, not ${RELEASE.version}`);
  const installs = record.installsExecuted;
  if (installs.length !== 1) problems.push(`installed ${installs.length} times`);
  const { postedAt, pausedAt, resumedAt } = course;
  const earliest = postedAt - OPENS_BEFORE + (RINGS[role.ring]?.opens ?? 0) * DAY;
  const before = all.filter((other) => other.role.ring === role.ring - 1 && !isFaulty(other.role));
  for (const { at } of installs) {
    if (at < earliest) problems.push("installed before the day of its ring");
    if (before.some((other) => !other.record.installsExecuted.some((install) => install.at < at)))
      problems.push(`installed before every Mac of ${RINGS[role.ring - 1]?.name} did`);
    if (pausedAt !== null && at > pausedAt + SLOW && at < (resumedAt ?? Infinity))
      problems.push("installed while the rollout was paused");
  }
  return problems;
}
