/** What a plan would do: its decisions line by line, and what they come to. */
import type { DecisionView, DryRun, DryRunLine, DryRunSummary } from "../../contract/index.ts";
import type { PlanSpec } from "../../plans/index.ts";
import { shortDevice } from "../devices/device-view.ts";
import { zoneOf } from "../enrollment/device-facts.ts";
import { isoTime } from "../iso-time.ts";
import { asOfNow, asOfView } from "./as-of.ts";
import type { Ports } from "../ports.ts";
import { createCrowds } from "./crowd.ts";
import type { Decided } from "./decided.ts";
import { decider, decisionView, onceForAlike } from "./decider.ts";
import { markedInRing } from "./marked-in-ring.ts";
import { createRecord, type KeptAs } from "./dry-run-kept.ts";
import { KEPT_FOR } from "./dry-run-record.ts";
import { describeTargets } from "./plan-spec.ts";
import { crowdNotes, orderNotes, targetNotes, zoneNotes } from "../../words/index.ts";
import { createTally } from "./tally.ts";

/** Decisions that a dry run names in one value; a whole fleet of them is a stream. */
export const MOST_AT_ONCE = 1000;

/**
 * A page of lines for each page of decisions, and the summary as the last. What was shown is stored before the summary is given, so
 * whoever has its hash can save it. `pushRate`: pushes a second.
 */
export async function* dryRunPages(
  ports: Ports,
  pages: (decide: ReturnType<typeof decider>) => AsyncGenerator<readonly Decided[]>,
  spec: PlanSpec,
  pushRate: number,
  kept: KeptAs = { terms: spec },
): AsyncGenerator<readonly Exclude<DryRunLine, { readonly problem: unknown }>[]> {
  const asOf = await asOfNow(ports);
  const tally = createTally();
  const viewOf = onceForAlike((decision) => decisionView(decision, asOf.now));
  const markOf = markedInRing();
  const record = createRecord();
  const crowds = createCrowds();
  let anywhere = 0;
  /** Devices that another standing plan governs before this one. */
  let others = 0;
  for await (const page of pages(decider(spec, asOf.catalog, asOf.now))) {
    yield page.map((one) => {
      const { row, decision, plans, ring } = one;
      tally.add(decision, row);
      crowds.add(one);
      const [first] = plans ?? [];
      if (first !== undefined && first.id !== null) others += 1;
      record.add(row.id, markOf(decision, ring));
      if (mayBeAnywhere(decision)) anywhere += 1;
      const standing = { ...(plans === undefined ? {} : { plans }), ...(ring === undefined ? {} : { ring }) };
      return { decision: { device: shortDevice(row), ...viewOf(decision), ...zoneIn(one), ...standing } };
    });
  }
  const counts = tally.decided();
  const summary: DryRunSummary = {
    to: describeTargets(spec.targets),
    devices: counts.jobs + counts.compliant + counts.refused,
    ...counts,
    pushRate,
    pushSeconds: Math.ceil(counts.jobs / pushRate),
    notes: [
      ...targetNotes(wordsOf(spec), spec.allowMajor),
      ...zoneNotes(anywhere),
      ...orderNotes(others),
      ...crowdNotes(crowds.largest()),
    ],
    hash: await record.keep(ports, kept, asOf),
    asOf: asOfView(asOf),
    savableUntilAt: isoTime(asOf.now + KEPT_FOR),
  };
  yield [{ summary }];
}

/** The device gets a job with a time in it, its zone is unknown, and no zone is named for it. */
const mayBeAnywhere = (decision: Decided["decision"]): boolean =>
  decision.kind === "job" &&
  decision.job.goal === "installed" &&
  !decision.job.zoneKnown &&
  decision.job.zoneNamed !== true &&
  (decision.job.deadline ?? decision.job.window) !== undefined;

const NO_ZONE = { zone: null, zoneFrom: null } as const;

/** In which time zone the device's deadline and moment are judged, and who names it. */
function zoneIn({ row, decision, ruleZone }: Decided): Pick<DecisionView, "zone" | "zoneFrom"> {
  if (decision.kind !== "job") return NO_ZONE;
  const own = zoneOf(row);
  if (own !== undefined) return { zone: own.zone, zoneFrom: own.from };
  const { zone, zoneNamed } = decision.job;
  return zoneNamed === true ? { zone, zoneFrom: ruleZone === zone ? "rule" : "plan" } : NO_ZONE;
}

/** The targets that are words, as an admin writes them. */
const wordsOf = ({ targets }: PlanSpec): string[] =>
  Object.values(targets).flatMap((target) =>
    target.kind === "exact" || target.kind === "other-updates" ? [] : [target.kind],
  );

/** What it comes to alone. */
export async function summaryOf(pages: ReturnType<typeof dryRunPages>): Promise<DryRunSummary> {
  for await (const page of pages) for (const line of page) if ("summary" in line) return line.summary;
  throw new Error("the dry run has no summary");
}

/** The same as one value, with the first of the decisions. */
export async function dryRunOf(pages: ReturnType<typeof dryRunPages>): Promise<DryRun> {
  const decisions: DecisionView[] = [];
  for await (const page of pages)
    for (const line of page) {
      if ("summary" in line) return { ...line.summary, rows: decisions };
      if (decisions.length < MOST_AT_ONCE) decisions.push(line.decision);
    }
  throw new Error("the dry run has no summary");
}
