/** Plans as an admin makes, tries and stops them. */
import type {
  ChangedDecisions,
  DryRun,
  DryRunSummary,
  NewPlan,
  Page,
  PauseDryRun,
  PlanDecided,
  PlanJobView,
  PlanRequest,
  PlanView,
  ResumeDryRun,
} from "../../contract/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { UptickError } from "../../errors/index.ts";
import { isFinal, type PlanSpec, printRule, type StandingTerms, STATES } from "../../plans/index.ts";
import type { Json, PlanCount, PlanRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { catalogOf, readingOf } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { asOfNow } from "./as-of.ts";
import { pagesAsShown } from "./as-shown.ts";
import { type Decided, somePages, type Fleet } from "./decided.ts";
import { workAhead } from "../work/ahead.ts";
import { checkNamesNone, namedDryRun } from "./named-dry-run.ts";
import { keepStanding } from "./keep-standing.ts";
import { decider, decisionFor } from "./decider.ts";
import { dryRunOf, dryRunPages, summaryOf } from "./dry-run.ts";
import { termsView } from "./edited-spec.ts";
import { createPlanEdits, type PlanEdits } from "./plan-edits.ts";
import { createPlan, pausePlan, resumePlan, stopPlan } from "./plan.ts";
import { addDecisions, dropDecisions } from "./plan-devices.ts";
import { deviceIdOf, planJobView } from "./plan-job-view.ts";
import { planRequestOf } from "./plan-request.ts";
import { describeTargets, specOf } from "./plan-spec.ts";
import { majorsAheadOf } from "../standing/majors-ahead.ts";
import { triedPages } from "../standing/try-plan.ts";
import { checkOnce, standingSpecOf } from "./standing-spec.ts";
import { maxFailurePercentOf, standingSpec } from "../rollouts/rows.ts";
import { ruleIn, type Selector } from "./selector.ts";
import { byPartOfId } from "./short-ids.ts";
import { createTally } from "./tally.ts";
import { pauseNumbers, resumeNumbers, withdrawalOf } from "./withdrawals.ts";

export interface PlanService extends PlanEdits {
  /**
   * With the decisions for the first devices only. Throws `target-invalid`, `window-invalid`, `plan-invalid`, `plan-empty`,
   * `device-unknown`, `device-ambiguous`.
   */
  dryRun(request: PlanRequest): Promise<DryRun>;
  /** What the decisions for all devices come to. Throws as `dryRun`. */
  dryRunSummary(request: PlanRequest): Promise<DryRunSummary>;
  /** The decisions for all devices, some hundred lines at a time, and the summary last. Throws as `dryRun`, before the first. */
  dryRunLines(request: PlanRequest): ReturnType<typeof dryRunPages>;
  /** Throws as `dryRun`; where the request names a dry run, also `dry-run-unknown`, `dry-run-outdated`. */
  create(actor: Actor, request: PlanRequest): Promise<NewPlan>;
  /** Newest first. */
  list(after: string | undefined, limit: number): Promise<Page<PlanView>>;
  /** Throws `plan-unknown`, `plan-ambiguous`, as all below. */
  show(id: string): Promise<PlanView>;
  /** `state`: of the jobs that are asked for. */
  jobs(id: string, after: string | undefined, limit: number, state?: string): Promise<Page<PlanJobView>>;
  stop(actor: Actor, id: string): Promise<PlanView>;
  /** What a pause would do; of a plan that is paused, what is left of it. Throws `plan-over`, as the three below. */
  tryPause(id: string): Promise<PauseDryRun>;
  pause(actor: Actor, id: string, reason: string): Promise<PlanView>;
  tryResume(id: string): Promise<ResumeDryRun>;
  resume(actor: Actor, id: string): Promise<PlanView>;
}

export interface PlanOptions {
  /** IANA zone for devices whose own is unknown. */
  readonly defaultZone: string | undefined;
  /** Pushes a second. */
  readonly pushRate: number;
}

export function createPlanService(ports: Ports, select: Selector, { defaultZone, pushRate }: PlanOptions): PlanService {
  const { admin } = ports;

  async function* tried(request: PlanRequest): ReturnType<typeof dryRunPages> {
    checkNamesNone(request);
    if (request.standing === true) {
      const standing = standingSpecOf(request, defaultZone, ports.now());
      const shown = { name: request.name ?? request.to, place: request.order };
      const id = ports.newId();
      const pages = triedPages(ports, standing, id, shown);
      yield* dryRunPages(ports, () => pages, standing, pushRate, { terms: { change: request }, id });
      return;
    }
    checkOnce(request);
    const fleet = { ports, select, request };
    yield* dryRunPages(ports, (decide) => somePages(fleet, decide), specOf(request, defaultZone), pushRate);
  }

  /** The decisions to save: those of now, or those that a dry run showed and that have not changed. */
  async function* decisionsOf(
    fleet: Fleet,
    spec: PlanSpec,
  ): AsyncGenerator<readonly Decided[], ChangedDecisions | undefined> {
    const named = namedDryRun(fleet.request);
    if (named !== undefined) return yield* pagesAsShown(fleet, spec, named);
    const { now, catalog } = await asOfNow(ports);
    yield* somePages(fleet, decider(spec, catalog, now));
    return undefined;
  }

  /** The decisions first, some at a time, and the plan itself last: until it is there, nothing comes of them. */
  async function keep(
    actor: Actor,
    id: string,
    request: PlanRequest,
    spec: PlanSpec,
  ): Promise<Pick<NewPlan, "changed"> & { readonly decided: PlanDecided }> {
    const tally = createTally();
    const kept = workAhead(AHEAD);
    let count = 0;
    try {
      const pages = decisionsOf({ ports, select, request }, spec);
      let page = await pages.next();
      for (; page.done !== true; page = await pages.next()) {
        const decisions = page.value.map(({ row, decision }) => decisionFor(decision, row.id));
        for (const { row, decision } of page.value) tally.add(decision, row);
        count += decisions.length;
        for (let i = 0; i < decisions.length; i += ROWS) {
          const some = decisions.slice(i, i + ROWS);
          await kept.begin(() => actor.run(addDecisions, { planId: id, decisions: some, now: ports.now() }));
        }
      }
      await kept.end();
      const to = describeTargets(spec.targets);
      const rule = ruleIn(request);
      const terms = { ...spec, to, ...(rule === undefined ? {} : { rule: printRule(rule) }) } as unknown as Json;
      await actor.run(createPlan, {
        id,
        name: request.name ?? to,
        spec: terms,
        devices: count,
        by: actor.name,
        now: ports.now(),
      });
      return { decided: tally.decided(), ...(page.value === undefined ? {} : { changed: page.value }) };
    } catch (error) {
      // What is still under way would come after they are dropped.
      await kept.end().catch(() => undefined);
      if (count > 0) await actor.run(dropDecisions, { planId: id });
      throw error;
    }
  }

  /** How these plans are shown: their jobs are counted in one query. */
  async function viewer(rows: readonly PlanRow[]): Promise<(row: PlanRow) => PlanView> {
    const counts = await admin.planCounts(rows.map(({ id }) => id));
    const governed = await admin.governedCounts(rows.flatMap(({ id, kind }) => (kind === "standing" ? [id] : [])));
    const ahead = await majorsAheadOf(ports, rows);
    const catalog = rows.some(({ kind }) => kind === "standing") ? await catalogOf(ports) : undefined;
    const termsOf = (row: PlanRow, list: Catalog): PlanView["standing"] =>
      termsView(standingSpec(row), { catalog: list, ahead: ahead.get(row.id) ?? [], now: ports.now() });
    return (row) => {
      const terms = row.kind === "once" || catalog === undefined ? null : termsOf(row, catalog);
      return viewOf(row, counts.get(row.id) ?? [], governed.get(row.id) ?? 0, terms);
    };
  }

  const shown = async (row: PlanRow): Promise<PlanView> => (await viewer([row]))(row);

  function viewOf(row: PlanRow, counts: readonly PlanCount[], governed: number, terms: PlanView["standing"]): PlanView {
    const spec = row.spec as unknown as PlanSpec & { to: string; rule?: string; standing?: StandingTerms };
    const isStanding = row.kind === "standing";
    const states: Record<string, number> = {};
    for (const { state, jobs } of counts) states[state] = (states[state] ?? 0) + jobs;
    const made = counts.reduce((sum, { jobs }) => sum + jobs, 0);
    const live = LIVE.reduce((sum, state) => sum + (states[state] ?? 0), 0);
    const withheld = (states["pausing"] ?? 0) + (states["paused"] ?? 0);
    const pending = row.state === "stopped" || isStanding ? 0 : row.devices - made;
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      order: row.state === "stopped" ? null : row.place,
      revision: row.revision,
      state: row.state,
      createdAt: isoTime(row.createdAt),
      createdBy: row.createdBy,
      stoppedAt: isoTimeOrNull(row.stoppedAt),
      pausedAt: isoTimeOrNull(row.pausedAt),
      pauseReason: row.pauseReason,
      withdrawal: row.state === "paused" || withheld > 0 ? withdrawalOf(counts) : null,
      to: spec.to,
      action: spec.action,
      window: spec.window === undefined ? null : `${spec.window.from}-${spec.window.to}`,
      deadline: spec.standing === undefined ? (spec.deadline ?? null) : `+${spec.standing.days}d ${spec.standing.at}`,
      noticeHours: spec.standing?.noticeHours ?? spec.noticeHours ?? null,
      skipWeekdays: spec.standing?.skipWeekdays ?? spec.skipWeekdays ?? [],
      spreadHours: spec.standing?.spreadHours ?? spec.spreadHours ?? 0,
      maxFailurePercent: maxFailurePercentOf(row),
      devices: isStanding ? governed : row.devices,
      rule: spec.standing?.include ?? spec.rule ?? null,
      standing: terms,
      request: planRequestOf(row),
      states,
      pending,
      finished: pending === 0 && live === 0 && (!isStanding || row.state === "stopped"),
      working: row.dueAt !== null,
    };
  }

  async function planRow(id: string): Promise<PlanRow> {
    const row = await byPartOfId(admin, "plan", id, (one) => admin.plan(one));
    if (row === undefined) throw new UptickError("plan-unknown", `There is no plan ${id}.`);
    return row;
  }

  const over = (id: string): UptickError => new UptickError("plan-over", `The plan ${id} was stopped.`);

  async function openPlan(ref: string): Promise<PlanRow> {
    const row = await planRow(ref);
    if (row.state === "stopped") throw over(row.id);
    return row;
  }

  return {
    ...createPlanEdits(ports, { row: planRow, shown, select }, defaultZone),
    dryRun: (request) => dryRunOf(tried(request)),
    dryRunSummary: (request) => summaryOf(tried(request)),
    dryRunLines: (request) => tried(request),
    async create(actor, request) {
      if (request.standing === true) {
        const { id, ...decided } = await keepStanding(ports, actor, request, defaultZone);
        return { ...(await shown(await planRow(id))), ...decided };
      }
      checkOnce(request);
      const id = ports.newId();
      const kept = await keep(actor, id, request, specOf(request, defaultZone));
      return { ...(await shown(await planRow(id))), ...kept };
    },
    async list(after, limit) {
      const { rows, next } = await admin.plans(keyIn(LIST, after), limit);
      return { rows: rows.map(await viewer(rows)), next: cursorOf(LIST, next) };
    },
    show: async (id) => shown(await planRow(id)),
    async jobs(ref, after, limit, state) {
      const { id } = await planRow(ref);
      const page = await admin.planJobs(id, keyIn(JOBS, after), limit, state);
      const reading = await readingOf(ports);
      const waiting = await admin.pendingCounts(page.rows.map(deviceIdOf));
      return {
        rows: page.rows.map((row) => planJobView(row, reading, waiting.has(deviceIdOf(row)))),
        next: cursorOf(JOBS, page.next),
      };
    },
    tryPause: async (ref) => pauseNumbers(admin, [await openPlan(ref)], ports.now()),
    async pause(actor, ref, reason) {
      const { id } = await openPlan(ref);
      const { state } = await actor.run(pausePlan, { planId: id, reason, by: actor.name, now: ports.now() });
      if (state === "stopped") throw over(id);
      return shown(await planRow(id));
    },
    tryResume: async (ref) => resumeNumbers(admin, [await openPlan(ref)], ports.now()),
    async resume(actor, ref) {
      const { id } = await openPlan(ref);
      const { state } = await actor.run(resumePlan, { planId: id, by: actor.name, now: ports.now() });
      if (state === "stopped") throw over(id);
      return shown(await planRow(id));
    },
    async stop(actor, ref) {
      const { id } = await planRow(ref);
      await actor.run(stopPlan, { planId: id, now: ports.now() });
      return shown(await planRow(id));
    },
  };
}

/** Decisions that are written in one transaction: a few ms for which polls wait. */
const ROWS = 125;
/** Such transactions under way: the next is there when one is committed, and more would keep polls waiting. */
const AHEAD = 2;

/** The lists that cursors are of. */
const LIST = "plans";
const JOBS = "plan-jobs";

const LIVE = STATES.filter((state) => !isFinal(state));
