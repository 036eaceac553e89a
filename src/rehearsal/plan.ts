/** The plan of a file, as the row of a server that makes it now. */
import type { PlanRequest } from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";
import { parseRule, type Reads, readsOf, type StandingSpec } from "../plans/index.ts";
import { newStanding, standingSpecOf } from "../service/index.ts";
import type { Json, PlanRow } from "../store/index.ts";

export interface PlanGiven {
  readonly request: PlanRequest;
  /** The zone of plans that name none; undefined: UTC. */
  readonly defaultZone: string | undefined;
  readonly id: string;
  /** The inventory says which tags its devices have. */
  readonly hasTags: boolean;
  /** When it is made, ms UTC. */
  readonly now: number;
}

/** Errors: those of `uptick plan create`, and `plan-invalid` for a rule that asks what the inventory does not say. */
export function planOf({ request, defaultZone, id, hasTags, now }: PlanGiven): PlanRow {
  const spec = standingSpecOf(request, defaultZone, now);
  checkRules(spec, hasTags);
  const name = request.name ?? request.to;
  return newStanding({ id, name, spec: spec as unknown as Json, by: "system", now }, 0);
}

type Field = Reads["fields"] extends ReadonlySet<infer F> ? F : never;

/** What every inventory says of its devices. */
const ALWAYS: readonly Field[] = ["platform", "model", "major", "serial"];

function checkRules({ standing: { include, exclude, rings } }: StandingSpec, hasTags: boolean): void {
  const known: readonly Field[] = hasTags ? [...ALWAYS, "tag"] : ALWAYS;
  const whos = rings.map(({ who }) => (typeof who === "string" ? who : who.of));
  for (const text of [include, exclude, ...whos]) {
    if (text === null || text === undefined || text === "rest") continue;
    const unknown = [...readsOf(parseRule(text)).fields].find((field) => !known.includes(field));
    if (unknown === undefined) continue;
    const tags =
      unknown === "tag" ? "Give the inventory a column of tags (--columns tags=Header), or rehearse" : "Rehearse";
    throw new UptickError("plan-invalid", `The rule "${text}" asks for ${unknown}, which the inventory does not say.`, {
      remedy: `${tags} a copy of the plan whose rules ask for ${known.join(", ")} only.`,
    });
  }
}
