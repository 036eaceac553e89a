/**
 * Work that time brings: jobs whose next action is due, enrollments to look after, plans to turn into jobs, pushes to
 * send. Each function claims a few, does them, and says how many there were; the loop that calls them is in main.
 */
import type { DueRows } from "../../store/index.ts";
import { createBlockWork } from "../catalog/block-work.ts";
import { createComplianceWork } from "../compliance/compliance-work.ts";
import { maintain } from "./maintenance.ts";
import { exclusionDue } from "../plans/exclusion.ts";
import { jobDue } from "../plans/plan.ts";
import { createGateWork } from "../rollouts/gate-work.ts";
import { createSweepWork } from "./sweep-work.ts";
import { forgetDryRuns } from "../plans/dry-run-record.ts";
import { createBlackoutWork } from "../plans/blackout-work.ts";
import { createPlanWork } from "../plans/plan-work.ts";
import { createBulk } from "./bulk.ts";
import { createGate } from "./gate.ts";
import { createPushWave } from "../push/push-wave.ts";
import { createPolicyWork } from "../policies/policy-work.ts";
import { forgetRefusals, REFUSALS_LAST } from "../server/note-refusals.ts";
import { KEYS_LAST } from "../server/keyed-requests.ts";
import type { Ports, PushClient } from "../ports.ts";

/** How long a claim holds: longer than any of this work takes, short enough that a dead process is not missed for long. */
const LEASE = 60_000;
const BATCH = 200;
/**
 * Asks of this work that are on their way to the store at a time. It does some of them with each batch (`Transaction.patient`), so
 * that a device that polls does not wait for a whole plan or policy; those that wait are there when a batch has ended.
 */
const AT_ONCE = 64;
/** Each is a signature by our CA: a few ms. */
const RENEWALS = 20;
/** History rows forgotten in one go: a few ms of the writer's time. */
const PRUNE_ROWS = 500;
const MINUTE = 60_000;
/** How long events are kept (console E1), and deliveries to webhooks that wait no longer (ms). */
const EVENTS_LAST = 24 * 60 * MINUTE;
const DELIVERIES_LAST = 7 * EVENTS_LAST;
/** Corrections of the clock that are smaller (ms) are none: two processes may differ by as much. */
const STEP = MINUTE;

/** How long is kept what has happened to devices, and the audit with what devices ran. */
export interface HistoryAges {
  readonly historyMs: number;
  readonly auditMs: number;
}

export interface DueWork {
  jobs(): Promise<number>;
  enrollments(): Promise<number>;
  plans(): Promise<number>;
  /** Gives new policies to their devices, and takes removed ones away. */
  policies(): Promise<number>;
  /** Withdraws the jobs to releases that are blocked. */
  blocks(): Promise<number>;
  /** Brings live jobs in line with the blackouts that cover their devices. */
  blackouts(): Promise<number>;
  /** Works out classes of compliance that are due. */
  compliance(): Promise<number>;
  /** Announces and carries out the end of exclusions. */
  exclusions(): Promise<number>;
  /** Looks through all devices after a change of what Apple offers or plans mean, and at the rings of all rollouts. */
  sweeps(): Promise<number>;
  /** Identities that end: by real time. */
  renewals(): Promise<number>;
  /** The clock says less than it has said: by how much (ms) it has, if that matters. What waits for a moment waits no longer for it. */
  clock(): Promise<number>;
  /** Forgets a bit of what is older than these ages (ms); 0 when none is left. */
  prune(ages: HistoryAges): Promise<number>;
  /** Sends at most `n` pushes. */
  pushes(n: number, client: PushClient | undefined): Promise<number>;
  /** Begins nothing more of plans and policies: what is in flight ends, and they are given back. */
  stop(): void;
}

export interface DueWorkOptions {
  /** ms between two looks of the gate while a ring is open. */
  readonly gateEvery: number;
}

export function createDueWork(
  ports: Ports,
  renewIdentity: (row: DueRows["renewal"]) => Promise<void>,
  { gateEvery }: DueWorkOptions = { gateEvery: MINUTE },
): DueWork {
  const { devices, log } = ports;
  const gate = createGate(AT_ONCE);
  const bulk = createBulk({ gate, atOnce: AT_ONCE, leaseMs: LEASE, log });
  const [planWork, policyWork, blockWork] = [createPlanWork(ports), createPolicyWork(ports), createBlockWork(ports)];
  const blackoutWork = createBlackoutWork(ports);
  const complianceWork = createComplianceWork(ports);
  const sweepWork = createSweepWork(ports, complianceWork.sweep, createGateWork(ports, gateEvery));
  const pushWave = createPushWave(ports, LEASE);
  const claim = <K extends keyof DueRows>(kind: K, n: number) => devices.claimDue(kind, ports.now(), n, LEASE);

  /** One that fails is logged and comes again when its lease has passed; the others continue. */
  async function each<T>(rows: readonly T[], what: string, work: (row: T) => Promise<unknown>): Promise<number> {
    const failed = (error: unknown): void => log.error("due-work-failed", { what, error: String(error) });
    await Promise.all(rows.map((row) => work(row).catch(failed)));
    return rows.length;
  }

  /** As `each`, some at a time. */
  async function gated<T>(rows: readonly T[], what: string, work: (row: T) => Promise<unknown>): Promise<number> {
    await bulk.all(what, rows, work);
    return rows.length;
  }

  /** The furthest that the clock has been, as far as is known here. */
  let furthest: number | undefined;

  return {
    async clock() {
      furthest ??= (await devices.lastNoted()) ?? 0;
      const now = ports.now();
      const back = furthest - now;
      if (back > STEP) {
        await devices.shiftDue(now, back);
        log.warn("clock-stepped-back", { ms: back });
        furthest = now;
        return back;
      }
      furthest = Math.max(furthest, now);
      return 0;
    },
    jobs: async () =>
      gated(await claim("job", BATCH), "job", (row) =>
        devices.run(jobDue, {
          enrollmentId: row.enrollmentId,
          jobId: row.id,
          firstId: ports.newId(),
          now: ports.now(),
        }),
      ),
    enrollments: async () =>
      gated(await claim("enrollment", BATCH), "enrollment", (row) =>
        devices.run(maintain, { enrollmentId: row.id, firstId: ports.newId(), now: ports.now() }),
      ),
    plans: () => bulk.turn(planWork),
    policies: () => bulk.turn(policyWork),
    blocks: () => bulk.turn(blockWork),
    blackouts: () => bulk.turn(blackoutWork),
    compliance: async () =>
      complianceWork.classify(await claim("compliance", BATCH), (rows, work) => gated(rows, "compliance", work)),
    exclusions: async () =>
      gated(await claim("exclusion", BATCH), "exclusion", ({ id: enrollmentId }) =>
        devices.run(exclusionDue, { enrollmentId, firstId: ports.newId(), now: ports.now() }),
      ),
    sweeps: () => bulk.turn(sweepWork),
    stop: () => bulk.stop(),
    renewals: async () =>
      each(await devices.claimDue("renewal", ports.realNow(), RENEWALS, LEASE), "renewal", renewIdentity),
    async prune({ historyMs, auditMs }) {
      await devices.run(forgetRefusals, { before: ports.realNow() - REFUSALS_LAST });
      await devices.run(forgetDryRuns, { now: ports.now() });
      const [now, real] = [ports.now(), ports.realNow()];
      return devices.prune(
        {
          ...{ history: now - historyMs, audit: now - auditMs, keyed: real - KEYS_LAST },
          ...{ events: now - EVENTS_LAST, deliveries: real - DELIVERIES_LAST },
        },
        PRUNE_ROWS,
      );
    },
    pushes: async (n, client) => {
      // Without a push certificate pushes wait: they leave as soon as there is one.
      if (client === undefined) return 0;
      return pushWave(n, client);
    },
  };
}
