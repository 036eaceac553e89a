/** How each Mac of the standing plan ended, and what is told of the whole story at the end. */
import type { SimRecord } from "../../../simulator/index.ts";
import type { DeviceDetail } from "../../contract/index.ts";
import { type End, endOf, isRight } from "../ends.ts";
import { type Course, courseProblems } from "./course.ts";
import { wrapped } from "./frame.ts";
import { failedInstalls, isFaulty, type Mac, macProblems } from "./judge.ts";
import { BEFORE, PLAN, RELEASE, RINGS, type Role } from "./macs.ts";
import { macs } from "./news.ts";
import { lineOf } from "./story.ts";

/** The outcome for one Mac. */
export interface MacEnd extends End {
  readonly ring: string;
  readonly model: string;
  /** Why it stays on the release that it had; null: it must have the new one. */
  readonly blocked: string | null;
  /** When an installation of the release was tried and failed, ms UTC. */
  readonly failedInstalls: readonly number[];
}

/** The outcome of the story. */
export interface RingsEnd {
  readonly course: Course;
  /** What is wrong with the course as a whole; empty when all is as it must be. */
  readonly problems: readonly string[];
  readonly macs: readonly MacEnd[];
}

export function ringsEndOf(
  details: readonly DeviceDetail[],
  records: readonly SimRecord[],
  roles: ReadonlyMap<string, Role>,
  course: Course,
): RingsEnd {
  const byId = new Map(details.map((device) => [device.udid, device]));
  const all = records.flatMap((record): Mac[] => {
    const role = roles.get(record.udid);
    return role === undefined ? [] : [{ role, record }];
  });
  const ends = all.map((mac): MacEnd => {
    const device = byId.get(mac.record.udid);
    return {
      ...endOf(device, mac.record, macProblems(device, mac, all, course)),
      ring: RINGS[mac.role.ring]?.name ?? "",
      model: mac.role.model.name,
      blocked: isFaulty(mac.role) ? course.blockReason : null,
      failedInstalls: failedInstalls(mac.record),
    };
  });
  return { course, problems: courseProblems(course), macs: ends };
}

export const ringsRight = ({ problems, macs: ends }: RingsEnd): boolean => problems.length === 0 && ends.every(isRight);

/** The story, a line for each ring, more for each thing that is wrong, and how many Macs are right: no line is wider than `columns`. */
export function ringsSummary({ course, problems, macs: ends }: RingsEnd, columns: number): string {
  const rings = RINGS.flatMap(({ name }) => {
    const own = ends.filter(({ ring }) => ring === name);
    const isWrong = own.some((end) => !isRight(end));
    const on = own.filter(({ observedVersion }) => observedVersion === RELEASE.version).length;
    const held = own.filter(({ blocked, observedVersion }) => blocked !== null && observedVersion === BEFORE.version);
    const stays = held.length === 0 ? "" : `; ${held.length} stay on ${BEFORE.version}: blocked`;
    return [
      `${isWrong ? "WRONG" : "ok   "} ${name.padEnd(9)} ${macs(on)} on ${RELEASE.version}${stays}`,
      ...own.flatMap((end) => end.problems.map((problem) => `      ${end.record.serial}, ${end.model}: ${problem}`)),
    ];
  });
  const wrong = problems.map((problem) => `WRONG ${problem}`);
  const right = ends.filter(isRight).length;
  const lines = [
    `The standing plan "${PLAN.name}" (${PLAN.to}), in three rings:`,
    ...course.news.flatMap((news) => wrapped(lineOf(news), columns)),
    ...rings,
    ...wrong,
    `${right} of ${ends.length} Macs of the standing plan ended where they must.`,
  ];
  return `\n${lines.join("\n")}\n`;
}
