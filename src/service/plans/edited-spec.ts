/** The terms of a standing plan as they are shown, and its spec after an edit (targets P4). */
import type { PlanRequest, StandingTermsView } from "../../contract/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { type MajorAhead, movesDeadlines, previousMajors, type StandingSpec } from "../../plans/index.ts";
import { majorAheadWords, previousMajorWords } from "../../words/index.ts";
import { type Edited, requestOf, termsOf } from "./standing-request.ts";
import { relative, standingSpecOf } from "./standing-spec.ts";

/** What Apple's list and the plan's devices add to its terms. */
export interface Beside {
  readonly catalog: Catalog;
  readonly ahead: readonly MajorAhead[];
  readonly now: number;
}

export const termsView = (spec: StandingSpec, { catalog, ahead, now }: Beside): StandingTermsView => ({
  ...termsOf(spec),
  heldMajors: spec.heldMajors ?? {},
  previousMajors: previousMajors(spec, catalog, now).map((one) => ({
    platform: one.platform,
    label: previousMajorWords(one),
  })),
  majorsAhead: ahead.map((one) => {
    const { platform, major, on: startsOn, from, to, devices } = one;
    return { ...{ platform, major, startsOn, from, to, devices }, sentence: majorAheadWords(one) };
  }),
});

/** When the plan is edited, by whom (absent: it is tried only), and its revision before. */
export interface Editing {
  readonly now: number;
  readonly by?: string;
  readonly revision: number;
}

/** Throws as `standingSpecOf`. */
export function editedSpec(
  before: StandingSpec,
  edit: Edited,
  defaultZone: string | undefined,
  { now, by, revision }: Editing,
): StandingSpec {
  const former = requestOf(before);
  const request = withoutNulls({ ...former, ...followed(former, edit), ...edit, standing: true });
  // A zone that the plan has not named stays unnamed, until an edit says that the default counts.
  const after = standingSpecOf(request, edit.zone === null ? defaultZone : undefined, now);
  const { activatedAt } = before.standing;
  const kept: StandingSpec = {
    ...after,
    ...(before.heldMajors === undefined ? {} : { heldMajors: before.heldMajors }),
    standing: { ...after.standing, activatedAt },
  };
  const edited = movesDeadlines(before, kept)
    ? { editedAt: now, editedRevision: revision + 1, ...(by === undefined ? {} : { editedBy: by }) }
    : editedIn(before.standing);
  return { ...kept, standing: { ...kept.standing, ...edited } };
}

/** The last ring is due with the plan: where an edit moves the deadline and names no rings, it follows. */
function followed({ rings = [] }: Edited, { deadline, rings: named }: Edited): Pick<Edited, "rings"> {
  const last = rings.at(-1);
  if (deadline === undefined || named !== undefined || last === undefined) return {};
  return { rings: rings.with(-1, { ...last, due: relative(deadline).days }) };
}

function editedIn({ editedAt, editedRevision, editedBy }: StandingSpec["standing"]) {
  return {
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(editedRevision === undefined ? {} : { editedRevision }),
    ...(editedBy === undefined ? {} : { editedBy }),
  };
}

const withoutNulls = (fields: object): PlanRequest =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as PlanRequest;
