/** What a job keeps for the gate: of a ring, or of a plan that is decided once. */
import {
  type JobChange,
  type MemberKept,
  type Member,
  memberAfter,
  memberFrom,
  memberHeard,
} from "../../plans/index.ts";
import type { JobRow, Json } from "../../store/index.ts";
import type { Consequence } from "./consequence.ts";

type Columns = Pick<JobRow, "member" | "startedAt">;

/** After a step of the job. */
export const memberOf = (row: JobRow, change: JobChange, now: number): Partial<Columns> =>
  kept(row, (before) => memberAfter(before, change, now));

/** Of a job that begins. `former`: the one that its device had before. */
export const memberAtBegin = (row: JobRow, former: JobRow | undefined): Partial<Columns> =>
  kept(row, ({ startedAt }) => ({ member: memberFrom((former?.member ?? null) as Member | null), startedAt }));

/** The device is heard for the first time since its moment: no step of the job, and the job may not even be told. */
export const member: Consequence = {
  of: ({ jobRow, speaks }) => [jobRow, speaks],
  derive(unit) {
    const { jobRow: row, speaks, now } = unit;
    if (row === undefined || !speaks || row.live === 0) return;
    const set = kept(row, (before) => memberHeard(before, now));
    if (Object.keys(set).length > 0) unit.jobs.set(row.id, { ...row, ...set });
  },
};

const NOTHING: Member = {};

/** What differs; nothing where nothing does, so that a message that tells nothing writes nothing. */
function kept(row: JobRow, change: (before: MemberKept) => MemberKept): Partial<Columns> {
  const before: MemberKept = { member: (row.member ?? NOTHING) as Member, startedAt: row.startedAt };
  const after = change(before);
  if (after === before || (after.member === before.member && after.startedAt === before.startedAt)) return {};
  return {
    member: Object.keys(after.member).length === 0 ? null : (after.member as unknown as Json),
    startedAt: after.startedAt,
  };
}
