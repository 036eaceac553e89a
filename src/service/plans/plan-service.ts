/** Plans as an admin makes, tries and stops them. */
import { type Catalog, describeTarget, parseTarget, wantedText } from "../../catalog/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  broughtBy,
  causeOf,
  deadlineIn,
  decide,
  type Decision,
  heldBy,
  isFinal,
  isOnBeta,
  type JobSeed,
  mechanismWords,
  parseWindow,
  type PlannedDevice,
  type PlanSpec,
  type PlanTarget,
  readLiveJob,
  remedyOf,
  sentenceOf,
  STATES,
  zoneNamed,
} from "../../plans/index.ts";
import { PLATFORMS, type Platform, platformNamed } from "../../protocol/index.ts";
import type { EnrollmentRow, JobRow, Json, PlanCount, PlanRow } from "../../store/index.ts";
import type {
  DecisionView,
  DryRun,
  NewPlan,
  Page,
  PlanJobView,
  PlanRefusal,
  PlanRequest,
  PlanView,
} from "../admin-types.ts";
import { catalogOf, readingOf, softwareId } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { authorisationOf, oddVersionOf, platformFrom, zoneOf } from "../enrollment/device-facts.ts";
import { addChunk, createPlan, dropChunks, stopPlan } from "./plan.ts";
import type { Ports } from "../ports.ts";
import type { Selector } from "./selector.ts";
import { byPartOfId } from "./short-ids.ts";
import { jobView, shortDevice } from "../views.ts";

export interface PlanService {
  dryRun(request: PlanRequest): Promise<DryRun>;
  createPlan(request: PlanRequest): Promise<NewPlan>;
  plans(): Promise<readonly PlanView[]>;
  plan(id: string): Promise<PlanView>;
  planJobs(id: string, after: string | undefined, limit: number, state?: string): Promise<Page<PlanJobView>>;
  stopPlan(id: string): Promise<PlanView>;
}

export function createPlanService(ports: Ports, select: Selector, defaultZone: string | undefined): PlanService {
  const { admin, devices } = ports;

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

  /** The decisions first, piece by piece, and the plan itself last: until it is there, nothing comes of them. */
  async function keep(id: string, request: PlanRequest, spec: PlanSpec): Promise<NewPlan["decided"]> {
    const tally = createTally();
    let chunks = 0;
    let count = 0;
    try {
      for await (const page of decided(request, spec)) {
        const decisions = page.map(({ decision }) => decision);
        for (const { row, decision } of page) tally.add(decision, row);
        await devices.run(addChunk, { planId: id, n: chunks, decisions, now: ports.now() });
        chunks += 1;
        count += decisions.length;
      }
      const to = describeTargets(spec.targets);
      const kept = { ...spec, to } as unknown as Json;
      await devices.run(createPlan, {
        id,
        name: request.name ?? to,
        spec: kept,
        devices: count,
        by: ports.actor,
        now: ports.now(),
      });
      return tally.decided();
    } catch (error) {
      if (chunks > 0) await devices.run(dropChunks, { planId: id });
      throw error;
    }
  }

  async function views(rows: readonly PlanRow[]): Promise<PlanView[]> {
    const counts = await admin.planCounts(rows.map(({ id }) => id));
    return rows.map((row) => viewOf(row, counts.get(row.id) ?? []));
  }

  async function view(row: PlanRow): Promise<PlanView> {
    const counts = await admin.planCounts([row.id]);
    return viewOf(row, counts.get(row.id) ?? []);
  }

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
    async createPlan(request) {
      const spec = specOf(request, defaultZone);
      const id = ports.newId();
      const decided = await keep(id, request, spec);
      return { ...(await view(await planRow(id))), decided };
    },
    async plans() {
      return views(await admin.plans(200));
    },
    plan: async (id) => view(await planRow(id)),
    async planJobs(ref, after, limit, state) {
      const { id } = await planRow(ref);
      const page = await admin.planJobs(id, keyIn(JOBS, after), limit, state);
      const reading = await readingOf(ports);
      const waiting = await admin.pendingCounts(page.rows.map(({ job }) => job.enrollmentId));
      return {
        rows: page.rows.map(({ job, enrollment }) => ({
          device:
            enrollment === null
              ? forgottenDevice(job.enrollmentId)
              : { ...shortDevice(enrollment), lastSeenAt: enrollment.lastSeenAt },
          job: jobView(job, reading, enrollment, waiting.has(job.enrollmentId)),
        })),
        next: cursorOf(JOBS, page.next),
      };
    },
    async stopPlan(ref) {
      const { id } = await planRow(ref);
      await devices.run(stopPlan, { planId: id, now: ports.now() });
      return view(await planRow(id));
    },
  };
}

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

/** A device that was removed and whose history has ended: its job still counts. */
const forgottenDevice = (id: string): PlanJobView["device"] => ({
  id,
  name: null,
  serial: null,
  platform: null,
  osVersion: null,
  lastSeenAt: null,
});

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
  if (decision.kind === "job") {
    const { target, from, bootstrapToken, mechanism, because } = decision.job;
    const { losesDownload } = decision;
    const goal = target.others === true ? "All updates other than its OS" : `To ${wantedText(target)}`;
    const warning = bootstrapToken === undefined ? undefined : (`bootstrap-token-${bootstrapToken}` as const);
    const { listed } = decision;
    const asked = warning ?? listed?.code;
    const remedy = asked === undefined ? undefined : remedyOf(asked);
    const beta = isOnBeta(target, from) ? causeOf("runs-beta", { version: from.version, build: from.build ?? "" }) : "";
    return {
      device,
      kind: "job",
      target: wantedText(target),
      reason: beta === "" ? null : "runs-beta",
      sentence:
        `${goal} by ${mechanism ?? "command"}: ${mechanism === undefined ? howOf(decision.job) : declaredHow(decision.job)}` +
        `${because === undefined ? "" : ` (${mechanismWords(because)})`}.` +
        (beta === "" ? "" : ` Now ${beta}.`) +
        (listed === undefined ? "" : ` Not sure: ${causeOf(listed.code, listed.params)}.`) +
        (warning === undefined ? "" : ` It may not install by itself: ${causeOf(warning, {})}.`) +
        (losesDownload === undefined ? "" : ` ${LOSSES[losesDownload]}`),
      ...(losesDownload === undefined ? {} : { losesDownload }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
  const state = decision.kind === "compliant" ? "done" : "refused";
  const remedy = remedyOf(decision.reason);
  return {
    device,
    kind: decision.kind,
    target: null,
    reason: decision.reason,
    sentence: sentenceOf(state, decision.reason, decision.params),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** What it costs to replace the declaration that the device has. */
const LOSSES = {
  will: "It throws away what it has downloaded for the plan that this one replaces.",
  may: "It may throw away what it has downloaded for the plan that this one replaces.",
} as const;

/** What a declaration makes the device do and when, in words. */
function declaredHow({ enforcement, window, zone, zoneKnown, zoneNamed: named }: JobSeed): string {
  if (enforcement === undefined) return "as its declaration says";
  const clock = enforcement.local.slice(0, 16).replace("T", " ");
  const where = zoneKnown
    ? zone
    : named === true
      ? `its own clock, zone unknown, ${zone} named for it`
      : "its own clock, zone unknown";
  switch (enforcement.from) {
    case "deadline":
      return `it downloads and installs by ${clock} (${where})`;
    case "window":
      return `it downloads and installs at ${clock} (${where}), when its window ${window?.from ?? ""}-${window?.to ?? ""} is open`;
    case "soon":
      return `it downloads and installs by ${clock} (${zoneKnown ? zone : `${zone} assumed, zone unknown`}), the nearest to now that a declaration can say`;
  }
}

/** What is done and when, in words. */
function howOf({ action, window, zone, zoneKnown, maxUserDeferrals }: JobSeed): string {
  const when =
    window === undefined
      ? "as soon as it is downloaded"
      : `between ${window.from} and ${window.to} ${zoneKnown ? zone : `${zone} (zone unknown, assumed)`}`;
  switch (action) {
    case "DownloadOnly":
      return "download only";
    case "NotifyOnly":
      return "download and notify the user";
    case "InstallLater":
      return maxUserDeferrals === undefined
        ? "download, then install at a moment that the Mac chooses"
        : `download, then install when its user lets it, who may put it off ${maxUserDeferrals} ${maxUserDeferrals === 1 ? "time" : "times"}`;
    case "InstallForceRestart":
      return `install ${when} and restart, whether or not work is saved`;
    default:
      return `install ${when}`;
  }
}
