/** Plans as an admin makes, tries and stops them. */
import type {
  DecisionView,
  DryRun,
  NewPlan,
  Page,
  PlanJobView,
  PlanRefusal,
  PlanRequest,
  PlanView,
} from "../../contract/index.ts";
import { type Catalog, describeTarget, parseTarget, wantedText } from "../../catalog/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  broughtBy,
  deadlineIn,
  decide,
  type Decision,
  heldBy,
  isFinal,
  isOnBeta,
  parseWindow,
  type PlannedDevice,
  type PlanSpec,
  type PlanTarget,
  readLiveJob,
  STATES,
  zoneNamed,
} from "../../plans/index.ts";
import { jobDecisionWords, otherDecisionWords, remedyOf, sentenceOf } from "../../words/index.ts";
import { PLATFORMS, type Platform, platformNamed } from "../../protocol/index.ts";
import type { EnrollmentRow, JobRow, Json, PlanCount, PlanRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { catalogOf, readingOf, softwareId } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { authorisationOf, oddVersionOf, platformFrom, zoneOf } from "../enrollment/device-facts.ts";
import { addDecisions, dropDecisions } from "./plan-devices.ts";
import { createPlan, stopPlan } from "./plan.ts";
import { deviceIdOf, planJobView } from "./plan-job-view.ts";
import type { Ports } from "../ports.ts";
import type { Selector } from "./selector.ts";
import { byPartOfId } from "./short-ids.ts";
import { shortDevice } from "../views.ts";

export interface PlanService {
  /** Throws `target-invalid`, `window-invalid`, `plan-invalid`, `plan-empty`, `device-unknown`, `device-ambiguous`. */
  dryRun(request: PlanRequest): Promise<DryRun>;
  /** Throws as `dryRun`. */
  create(actor: Actor, request: PlanRequest): Promise<NewPlan>;
  /** Newest first. */
  list(): Promise<readonly PlanView[]>;
  /** Throws `plan-unknown`, `plan-ambiguous`, as all below. */
  show(id: string): Promise<PlanView>;
  /** `state`: of the jobs that are asked for. */
  jobs(id: string, after: string | undefined, limit: number, state?: string): Promise<Page<PlanJobView>>;
  stop(actor: Actor, id: string): Promise<PlanView>;
}

export function createPlanService(ports: Ports, select: Selector, defaultZone: string | undefined): PlanService {
  const { admin } = ports;

  /** Devices and what the plan decides for each, page by page. Throws `plan-empty` where there is none. */
  async function* decided(
    request: PlanRequest,
    spec: PlanSpec,
  ): AsyncGenerator<readonly { readonly row: EnrollmentRow; readonly decision: Decision }[]> {
    const decision = decider(spec, await catalogOf(ports), ports.now());
    let none = true;
    for await (const rows of select.pages(request.devices)) {
      none = false;
      const live = await admin.liveJobs(rows.map((row) => row.id));
      const busy = new Map(live.map((job) => [job.enrollmentId, job]));
      const brought = new Map(
        (await admin.updatedJobs(rows.map((row) => row.id))).map((job) => [job.enrollmentId, job]),
      );
      yield rows.map((row) => ({
        row,
        decision: decision(planned(row, busy.get(row.id), brought.get(row.id), spec.replace)),
      }));
    }
    if (none) throw new UptickError("plan-empty", "The plan names no device.");
  }

  /** The decisions first, some at a time, and the plan itself last: until it is there, nothing comes of them. */
  async function keep(actor: Actor, id: string, request: PlanRequest, spec: PlanSpec): Promise<NewPlan["decided"]> {
    const tally = createTally();
    let count = 0;
    try {
      for await (const page of decided(request, spec)) {
        const decisions = page.map(({ decision }) => decision);
        for (const { row, decision } of page) tally.add(decision, row);
        count += decisions.length;
        for (let i = 0; i < decisions.length; i += ROWS)
          await actor.run(addDecisions, { planId: id, decisions: decisions.slice(i, i + ROWS), now: ports.now() });
      }
      const to = describeTargets(spec.targets);
      const kept = { ...spec, to } as unknown as Json;
      await actor.run(createPlan, {
        id,
        name: request.name ?? to,
        spec: kept,
        devices: count,
        by: actor.name,
        now: ports.now(),
      });
      return tally.decided();
    } catch (error) {
      if (count > 0) await actor.run(dropDecisions, { planId: id });
      throw error;
    }
  }

  /** How these plans are shown: their jobs are counted in one query. */
  async function viewer(rows: readonly PlanRow[]): Promise<(row: PlanRow) => PlanView> {
    const counts = await admin.planCounts(rows.map(({ id }) => id));
    return (row) => viewOf(row, counts.get(row.id) ?? []);
  }

  const shown = async (row: PlanRow): Promise<PlanView> => (await viewer([row]))(row);

  function viewOf(row: PlanRow, counts: readonly PlanCount[]): PlanView {
    const spec = row.spec as unknown as PlanSpec & { to: string };
    const states: Record<string, number> = {};
    for (const { state, jobs } of counts) states[state] = (states[state] ?? 0) + jobs;
    const made = counts.reduce((sum, { jobs }) => sum + jobs, 0);
    const live = LIVE.reduce((sum, state) => sum + (states[state] ?? 0), 0);
    const pending = row.state === "stopped" ? 0 : row.devices - made;
    return {
      id: row.id,
      name: row.name,
      state: row.state,
      createdAt: row.createdAt,
      createdBy: row.createdBy,
      stoppedAt: row.stoppedAt,
      to: spec.to,
      action: spec.action,
      window: spec.window === undefined ? null : `${spec.window.from}-${spec.window.to}`,
      deadline: spec.deadline ?? null,
      devices: row.devices,
      states,
      pending,
      finished: pending === 0 && live === 0,
      working: row.dueAt !== null,
    };
  }

  async function planRow(id: string): Promise<PlanRow> {
    const row = await byPartOfId(admin, "plan", id, (one) => admin.plan(one));
    if (row === undefined) throw new UptickError("plan-unknown", `There is no plan ${id}.`);
    return row;
  }

  return {
    async dryRun(request) {
      const spec = specOf(request, defaultZone);
      const views: DecisionView[] = [];
      for await (const page of decided(request, spec)) {
        for (const { row, decision } of page) views.push(decisionView(decision, row));
      }
      const count = (kind: Decision["kind"]): number => views.filter((decision) => decision.kind === kind).length;
      return {
        to: describeTargets(spec.targets),
        devices: views.length,
        jobs: count("job"),
        compliant: count("compliant"),
        refused: count("refused"),
        downloadsLost: views.filter(({ losesDownload }) => losesDownload !== undefined).length,
        decisions: views,
      };
    },
    async create(actor, request) {
      const spec = specOf(request, defaultZone);
      const id = ports.newId();
      const decided = await keep(actor, id, request, spec);
      return { ...(await shown(await planRow(id))), decided };
    },
    async list() {
      const rows = await admin.plans(SHOWN);
      return rows.map(await viewer(rows));
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
    async stop(actor, ref) {
      const { id } = await planRow(ref);
      await actor.run(stopPlan, { planId: id, now: ports.now() });
      return shown(await planRow(id));
    },
  };
}

/** Plans of the list. */
const SHOWN = 200;
/** Decisions that are written in one transaction: a few ms for which polls wait. */
const ROWS = 125;

/** Devices that are named of those refused for one reason. */
const MOST_NAMED = 5;

/** Counts what a plan decides, and gathers whom it refuses by the reason. */
function createTally() {
  const counts = { job: 0, compliant: 0, refused: 0 };
  let downloadsLost = 0;
  const refusals = new Map<string, PlanRefusal>();
  return {
    add(decision: Decision, row: EnrollmentRow): void {
      counts[decision.kind] += 1;
      if (decision.kind === "job" && decision.losesDownload !== undefined) downloadsLost += 1;
      if (decision.kind !== "refused") return;
      const before = refusals.get(decision.reason);
      if (before === undefined) {
        const remedy = remedyOf(decision.reason);
        refusals.set(decision.reason, {
          reason: decision.reason,
          count: 1,
          sentence: sentenceOf("refused", decision.reason, decision.params),
          ...(remedy === undefined ? {} : { remedy }),
          devices: [shortDevice(row)],
        });
        return;
      }
      const devices = before.devices.length < MOST_NAMED ? [...before.devices, shortDevice(row)] : before.devices;
      refusals.set(decision.reason, { ...before, count: before.count + 1, devices });
    },
    decided: (): NewPlan["decided"] => ({
      jobs: counts.job,
      compliant: counts.compliant,
      refused: counts.refused,
      downloadsLost,
      refusals: [...refusals.values()].toSorted((a, b) => b.count - a.count),
    }),
  };
}
/** The list that a cursor of a plan's jobs is of. */
const JOBS = "plan-jobs";

/** Different devices whose decisions are remembered. */
const MOST_DECIDED = 2000;

/** Decides; most devices of a fleet differ in nothing that a plan looks at, so what was decided for one is so for the next. */
function decider(spec: PlanSpec, catalog: Catalog, now: number): (device: PlannedDevice) => Decision {
  const decided = new Map<string, Decision>();
  return (device) => {
    const { enrollmentId } = device;
    const facts = JSON.stringify({ ...device, enrollmentId: "" });
    let decision = decided.get(facts);
    if (decision === undefined) {
      decision = decide(device, spec, catalog, now);
      if (decided.size >= MOST_DECIDED) decided.clear();
      decided.set(facts, decision);
    }
    return decision.kind === "job"
      ? { ...decision, enrollmentId, job: { ...decision.job, enrollmentId } }
      : { ...decision, enrollmentId };
  };
}

const LIVE = STATES.filter((state) => !isFinal(state));

/** The request as a spec. Throws `target-invalid`, `window-invalid`, `deadline-invalid`, `plan-invalid`. */
export function specOf(request: PlanRequest, defaultZone: string | undefined): PlanSpec {
  const named = request.zone ?? defaultZone;
  const zone = zoneNamed(named ?? "UTC");
  if (zone === undefined)
    throw new UptickError(
      "plan-invalid",
      `zone: "${(named ?? "").slice(0, 100)}" is not a time zone; write an IANA name such as Europe/Paris.`,
    );
  if (request.action === "force-restart" && request.allowDataLoss !== true) {
    throw new UptickError(
      "plan-invalid",
      "action: force-restart restarts Macs whether or not work is saved; say --allow-data-loss if that is meant.",
    );
  }
  if (request.action === "install-later" && request.window !== undefined) {
    throw new UptickError(
      "plan-invalid",
      "window: with install-later the Mac and its user choose the moment, so no window can be kept; leave one of the two out.",
    );
  }
  if (request.maxUserDeferrals !== undefined && request.action !== "install-later") {
    throw new UptickError("plan-invalid", "maxUserDeferrals: only install-later lets users put an install off.");
  }
  if (request.deadline !== undefined) deadlineIn(request.deadline, zone);
  if (request.detailsUrl !== undefined && !/^https:\/\/[^\s]+$/.test(request.detailsUrl)) {
    throw new UptickError("plan-invalid", `detailsUrl: "${request.detailsUrl.slice(0, 100)}" is no https address.`);
  }
  return {
    targets: parseTargets(request.to),
    action: request.action,
    zone,
    zoneNamed: named !== undefined,
    allowMajor: request.allowMajor ?? false,
    allowUnlisted: request.allowUnlisted ?? false,
    allowPastDeadline: request.allowPastDeadline ?? false,
    allowDataLoss: request.allowDataLoss ?? false,
    replace: request.replace ?? false,
    ...(request.window === undefined ? {} : { window: parseWindow(request.window) }),
    ...(request.deadline === undefined ? {} : { deadline: request.deadline }),
    ...(request.detailsUrl === undefined ? {} : { detailsUrl: request.detailsUrl }),
    ...(request.maxUserDeferrals === undefined ? {} : { maxUserDeferrals: request.maxUserDeferrals }),
  };
}

/** "26.6.2" or "other-updates" for every platform, or "iOS=26.6.1,macOS=26.6.2". */
function parseTargets(text: string): PlanSpec["targets"] {
  if (!text.includes("=")) {
    const target = parsePlanTarget(text);
    return Object.fromEntries(PLATFORMS.map((platform) => [platform, target]));
  }
  const targets: Partial<Record<Platform, PlanTarget>> = {};
  for (const part of text.split(",")) {
    const [name, value, more] = part.split("=").map((piece) => piece.trim());
    const platform = platformNamed(name ?? "");
    if (platform === undefined || value === undefined || more !== undefined) {
      const ipads = name?.toLowerCase() === "ipados" ? " iPads are of the platform iOS; --devices chooses them." : "";
      throw new UptickError(
        "target-invalid",
        `"${part.trim()}" is not PLATFORM=VERSION; platforms are ${PLATFORMS.join(", ")}.${ipads}`,
      );
    }
    if (targets[platform] !== undefined) throw new UptickError("target-invalid", `${platform} is named twice.`);
    targets[platform] = parsePlanTarget(value);
  }
  return targets;
}

const parsePlanTarget = (text: string): PlanTarget =>
  text.trim() === "other-updates" ? { kind: "other-updates" } : parseTarget(text.trim());

const describePlanTarget = (target: PlanTarget): string =>
  target.kind === "other-updates" ? target.kind : describeTarget(target);

function describeTargets(targets: PlanSpec["targets"]): string {
  const entries = Object.entries(targets).map(([platform, target]) => [platform, describePlanTarget(target)] as const);
  const texts = new Set(entries.map(([, text]) => text));
  if (texts.size === 1 && entries.length === PLATFORMS.length) return [...texts][0] ?? "";
  return entries.map(([platform, text]) => `${platform}=${text}`).join(", ");
}

function planned(
  row: EnrollmentRow,
  live: Pick<JobRow, "planId" | "doc"> | undefined,
  updated: Pick<JobRow, "doc"> | undefined,
  replace: boolean,
): PlannedDevice {
  const held = live === undefined || !replace ? undefined : heldBy(readLiveJob(live.doc));
  return {
    enrollmentId: row.id,
    enrolled: row.state === "enrolled",
    enrollment: row.kind,
    platform: platformFrom(row.platform) ?? null,
    productName: row.productName,
    softwareUpdateDeviceId: softwareId(row),
    osVersion: row.osVersion,
    oddVersion: oddVersionOf(row) ?? null,
    buildVersion: row.buildVersion,
    supplementalBuild: row.supplementalBuild,
    supplementalExtra: row.supplementalExtra,
    supervised: row.supervised === null ? null : row.supervised === 1,
    timeZone: zoneOf(row)?.zone ?? null,
    enforces: row.enforces === null ? null : row.enforces === 1,
    accessRights: row.accessRights,
    bootstrapToken: authorisationOf(row),
    busyWith: live?.planId ?? null,
    ...(updated === undefined ? {} : { brought: broughtBy(readLiveJob(updated.doc)) }),
    ...(held === undefined ? {} : { held }),
  };
}

function decisionView(decision: Decision, row: EnrollmentRow): DecisionView {
  const device = shortDevice(row);
  if (decision.kind !== "job")
    return { device, kind: decision.kind, target: null, reason: decision.reason, ...otherDecisionWords(decision) };
  const { job, losesDownload } = decision;
  const target = wantedText(job.target);
  const onBeta = isOnBeta(job.target, job.from);
  return {
    device,
    kind: "job",
    target,
    reason: onBeta ? "runs-beta" : null,
    ...jobDecisionWords({ ...decision, release: job.target.others === true ? null : target, onBeta }),
    ...(losesDownload === undefined ? {} : { losesDownload }),
  };
}
