/** A standing plan is made: one row, as its dry run has shown it where the request names one (targets P5). Its devices are resolved afterwards. */
import type { NewPlan, PlanDecided, PlanRequest, ShownDecision } from "../../contract/index.ts";
import type { Json } from "../../store/index.ts";
import { changedWords } from "../../words/index.ts";
import type { Actor } from "../actor.ts";
import { shortDevice } from "../devices/device-view.ts";
import type { Ports } from "../ports.ts";
import { createStanding } from "../standing/plan.ts";
import { triedPages } from "../standing/try-plan.ts";
import { changedSince, type ChangedSince } from "./changed-since.ts";
import { markedInRing } from "./marked-in-ring.ts";
import { namedDryRun } from "./named-dry-run.ts";
import { keptDryRun } from "./dry-run-kept.ts";
import { describeTargets } from "./plan-spec.ts";
import { standingSpecOf } from "./standing-spec.ts";
import { createTally } from "./tally.ts";

export interface KeptStanding extends Pick<NewPlan, "changed"> {
  readonly decided: PlanDecided;
  readonly id: string;
}

/** Throws as `standingSpecOf`, `dry-run-unknown`, `dry-run-outdated`. */
export async function keepStanding(
  ports: Ports,
  actor: Actor,
  request: PlanRequest,
  defaultZone: string | undefined,
): Promise<KeptStanding> {
  const now = ports.now();
  const spec = standingSpecOf(request, defaultZone, now);
  const { id, since } = await shownBy(ports, request);
  const tally = createTally();
  const mark = markedInRing();
  for await (const page of triedPages(ports, spec, id))
    for (const { row, decision, ring } of page) {
      tally.add(decision, row);
      if (since === undefined) continue;
      const { mark: own, shown } = mark(decision, ring);
      since.isSame(
        row.id,
        own,
        () => shortDevice(row),
        () => shown,
      );
    }
  const changed = await since?.end();
  const to = describeTargets(spec.targets);
  const input = {
    id,
    name: request.name ?? to,
    spec: { ...spec, to } as unknown as Json,
    ...(request.order === undefined ? {} : { place: request.order }),
    by: actor.name,
    now,
  };
  const { isTaken } = await actor.run(createStanding, input);
  if (isTaken) return keepStanding(ports, actor, request, defaultZone);
  return { id, decided: tally.decided(), ...(changed === undefined ? {} : { changed }) };
}

interface Shown {
  /** The plan's id: that of its dry run, since shares of rings hang on it, unless a plan was made from it already. */
  readonly id: string;
  readonly since?: ChangedSince<ShownDecision>;
}

async function shownBy(ports: Ports, request: PlanRequest): Promise<Shown> {
  const { hash: _hash, asOf: _asOf, ...change } = request;
  const named = namedDryRun(request);
  if (named === undefined) return { id: ports.newId() };
  const kept = await keptDryRun(ports, named, { change });
  const isTaken = (await ports.admin.plan(kept.id)) !== undefined;
  return { id: isTaken ? ports.newId() : kept.id, since: changedSince(ports.admin, kept, changedWords) };
}
