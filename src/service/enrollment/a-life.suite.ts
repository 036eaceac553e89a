/** What may happen to one device, in any order: steps for properties over its transactions. */
import fc from "fast-check";
import type { PlistValue } from "../../protocol/index.ts";
import type { Json, Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { planDeviceRow, planRow, policyRow, rolloutRow } from "../../store/suite-rows.ts";
import { setBootstrapToken } from "../check-in/bootstrap-token.ts";
import { checkOut } from "../check-in/check-out.ts";
import { tokenUpdate } from "../check-in/token-update.ts";
import { poll } from "../commands/poll.ts";
import { enqueueRaw } from "../commands/raw.ts";
import { reportStatus } from "../declarations/status.ts";
import { fetchDeclaration, syncItems, syncTokens } from "../declarations/sync.ts";
import { makeJob } from "../plans/make-job.ts";
import { endExclusion, excludeDevice, exclusionDue } from "../plans/exclusion.ts";
import { setHalt } from "../plans/halt.ts";
import { jobDue, pausePlan, resumePlan, stopPlan } from "../plans/plan.ts";
import { assignPolicy, removePolicy, takePolicyAway } from "../policies/policy.ts";
import { maintain } from "../work/maintenance.ts";
import { able, DECLARED } from "./declared-device.suite.ts";
import { acknowledged, caller, DAY, HOUR, idle, MINUTE, NOW, says, SEED, shown } from "./one-device.suite.ts";

/** What happens, told without ids: it is done to whatever is outstanding or listed by then. */
export type Happening =
  | { readonly kind: "idle" | "tokens" | "items" | "fetch" | "look" | "due" | "stop" | "escrow" | "leave" | "unlist" }
  | { readonly kind: "policy" | "raw" }
  | { readonly kind: "pause" | "resume" | "halt" | "unhalt" | "include" | "exclusion-due" }
  | { readonly kind: "rollout"; readonly to: "running" | "held" | "paused" | "aborted" | "superseded" }
  /** For so long (ms). */
  | { readonly kind: "exclude"; readonly lasts: number }
  | { readonly kind: "session"; readonly status: "Acknowledged" | "Error" | "NotNow"; readonly version: Version }
  | {
      readonly kind: "report";
      readonly version: Version;
      readonly capable: boolean | null;
      readonly knows: readonly string[];
      readonly active: boolean;
    }
  | {
      readonly kind: "plan";
      readonly by: "command" | "declaration" | "unreported";
      readonly replace: boolean;
      readonly version: string;
    }
  | { readonly kind: "enroll"; readonly awaits: boolean };
/** "same": what it is known to run. */
type Version = "same" | "17.2" | "26.6.1" | "27.0";

const version = fc.oneof(
  { arbitrary: fc.constant<Version>("same"), weight: 6 },
  { arbitrary: fc.constantFrom<Version>("17.2", "26.6.1", "27.0"), weight: 1 },
);
const simply = (...kinds: readonly ("idle" | "tokens" | "items" | "fetch" | "look" | "due")[]) =>
  fc.constantFrom<Happening>(...kinds.map((kind) => ({ kind })));
const STATUS_ITEMS = [
  "softwareupdate.install-state",
  "softwareupdate.failure-reason",
  "device.operating-system.version",
];

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("session" as const),
      status: fc.constantFrom("Acknowledged", "Acknowledged", "Acknowledged", "Error", "NotNow"),
      version,
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      version,
      capable: fc.constantFrom(null, null, true, false),
      knows: fc.subarray(STATUS_ITEMS),
      active: fc.boolean(),
    }),
    weight: 4,
  },
  { arbitrary: simply("idle", "tokens", "items", "fetch", "look", "due"), weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant("plan" as const),
      by: fc.constantFrom("command" as const, "declaration" as const, "unreported" as const),
      replace: fc.boolean(),
      version: fc.constantFrom("26.6.1", "26.7"),
    }),
    weight: 4,
  },
  { arbitrary: fc.constantFrom<Happening>({ kind: "policy" }, { kind: "unlist" }, { kind: "stop" }), weight: 2 },
  {
    arbitrary: fc.constantFrom<Happening>({ kind: "pause" }, { kind: "resume" }, { kind: "halt" }, { kind: "unhalt" }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("rollout" as const),
      to: fc.constantFrom("running", "running", "held", "paused", "paused", "paused", "aborted", "superseded"),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom<Happening>(
      ...[{ kind: "exclude", lasts: 20 * MINUTE } as const, { kind: "exclude", lasts: 30 * DAY } as const],
      ...[{ kind: "include" } as const, { kind: "exclusion-due" } as const],
    ),
    weight: 2,
  },
  {
    arbitrary: fc.oneof(
      fc.constantFrom<Happening>({ kind: "raw" }, { kind: "leave" }, { kind: "escrow" }),
      fc.record({ kind: fc.constant("enroll" as const), awaits: fc.boolean() }),
    ),
    weight: 1,
  },
);

const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";
const dict = (entries: Readonly<Record<string, PlistValue>>): PlistValue => new Map(Object.entries(entries));

/** A device that takes declarations and has fetched its list, and a policy that it may be given. */
export const born = (platform: "iOS" | "macOS"): MemoryRows => ({
  ...able,
  enrollment: (able.enrollment ?? []).map((row) => ({ ...row, platform })),
  plan: [],
  policy: [policyRow("first", { settings: { RecommendedCadence: "Newest" } as unknown as Rows["policy"]["settings"] })],
});

/** When the `n`th happening comes (ms UTC). */
export const timeOf = (n: number, { kind }: Happening): number => NOW + n * 7 * MINUTE + (kind === "look" ? HOUR : 0);

/** The rows after it; `n` counts the happenings, each of which comes some minutes after the one before. */
export function happen(rows: MemoryRows, what: Happening, n: number): MemoryRows {
  const now = timeOf(n, what);
  const firstId = `0198d000-0000-7000-8000-${String(n * 100).padStart(12, "0")}`;
  const asked = { ...caller, shown, now, firstId };
  const own = { enrollmentId: "e1", firstId, now };
  const live = rows.job?.find((row) => row.live === 1);
  const known = rows.enrollment?.[0]?.osVersion ?? "26.5";
  const [item] = rows.declarative?.[0]?.items.filter(({ identifier }) => identifier.includes("update")) ?? [];
  switch (what.kind) {
    case "idle":
      return transact(poll, { ...asked, message: idle }, rows).rows;
    case "session":
      return session(rows, asked, what.status, what.version === "same" ? known : what.version);
    case "report": {
      const items = rows.declarative?.[0]?.items ?? [];
      const listed = items
        .filter(({ kind }) => kind === "configuration")
        .map(({ identifier, serverToken }) => ({
          identifier,
          "server-token": serverToken,
          active: what.active,
          valid: "valid",
        }));
      const management = {
        ...(what.capable === null
          ? {}
          : {
              "client-capabilities": {
                "supported-versions": ["1.0.0"],
                "supported-payloads": {
                  declarations: {
                    activations: [],
                    assets: [],
                    configurations: what.capable ? [ENFORCEMENT] : [],
                    management: [],
                  },
                  "status-items": what.knows,
                },
              },
            }),
        declarations: { activations: [], assets: [], configurations: listed, management: [] },
      };
      const os = what.version === "same" ? {} : { device: { "operating-system": { version: what.version } } };
      const StatusItems = { management, ...os } as unknown as Json;
      const data = new TextEncoder().encode(JSON.stringify({ StatusItems, Errors: [] }));
      return transact(reportStatus, { ...asked, data }, rows).rows;
    }
    case "tokens":
      return transact(syncTokens, asked, rows).rows;
    case "items":
      return transact(syncItems, asked, rows).rows;
    case "fetch":
      if (item === undefined) return rows;
      return transact(fetchDeclaration, { ...asked, kind: item.kind, identifier: item.identifier }, rows).rows;
    case "look":
      return transact(maintain, own, rows).rows;
    case "due":
      return live === undefined ? rows : transact(jobDue, { ...own, jobId: live.id }, rows).rows;
    case "stop":
      return live === undefined ? rows : transact(stopPlan, { planId: live.planId, now }, rows).rows;
    case "pause":
      if (live === undefined) return rows;
      return transact(pausePlan, { planId: live.planId, reason: "why", by: "token:t", now }, rows).rows;
    case "resume":
      return live === undefined ? rows : transact(resumePlan, { planId: live.planId, by: "token:t", now }, rows).rows;
    case "halt":
    case "unhalt":
      return transact(setHalt, { active: what.kind === "halt", reason: "why", by: "token:t", now }, rows).rows;
    case "rollout":
      return {
        ...rows,
        rollout: (rows.rollout ?? []).map((row) => {
          const isOver = row.state === "aborted" || row.state === "superseded";
          return row.id === live?.rolloutId && !isOver ? { ...row, state: what.to, stateBy: "token:t" } : row;
        }),
      };
    case "exclude": {
      const wish = { until: "2026-09-01", reason: "why", by: "token:t" };
      return transact(excludeDevice, { ...own, ...wish, endsAt: now + what.lasts }, rows).rows;
    }
    case "include":
      return transact(endExclusion, { ...own, by: "token:t" }, rows).rows;
    case "exclusion-due":
      return transact(exclusionDue, own, rows).rows;
    case "escrow":
      return transact(setBootstrapToken, { ...asked, kept: new Uint8Array(1), sealed: new Uint8Array(1) }, rows).rows;
    case "leave":
      return transact(checkOut, { ...asked, kept: new Uint8Array(1) }, rows).rows;
    case "enroll":
      return transact(
        tokenUpdate,
        { ...asked, kept: new Uint8Array(1), topic: "t", awaitingConfiguration: what.awaits, secrets: [] },
        rows,
      ).rows;
    case "plan": {
      const planId = `p${n}`;
      const plan = planRow(planId, { spec: { replace: what.replace } as unknown as Json });
      const job = {
        ...SEED,
        platform: (rows.enrollment?.[0]?.platform ?? "iOS") as "iOS",
        ...(what.by === "command" ? {} : DECLARED),
        ...(what.by === "unreported" ? { unreported: true } : {}),
      };
      const decided = planDeviceRow(planId, "e1", { seed: job as unknown as Json });
      const planned = {
        ...rows,
        plan: [...(rows.plan ?? []), plan],
        planDevice: [...(rows.planDevice ?? []), decided],
      };
      const made = transact(makeJob, { ...own, planId, jobId: `j${n}`, blocks: [], blockedBy: [] }, planned).rows;
      const rolloutId = `r${n}`;
      return {
        ...made,
        job: (made.job ?? []).map((row) => (row.planId === planId ? { ...row, rolloutId } : row)),
        rollout: [...(rows.rollout ?? []), rolloutRow(rolloutId, { planId })],
      };
    }
    case "policy":
      return transact(assignPolicy, { ...own, policyId: "first" }, rows).rows;
    case "unlist": {
      const gone = transact(removePolicy, { policyId: "first", now }, rows).rows;
      return transact(takePolicyAway, { ...own, policyId: "first" }, gone).rows;
    }
    case "raw":
      return transact(
        enqueueRaw,
        {
          ...own,
          uuid: `raw${n}`,
          requestType: "DeviceLock",
          bytes: new Uint8Array(1),
          shown: null,
          once: true,
          by: "token:first",
        },
        rows,
      ).rows;
  }
}

/** A poll, and an answer to each command that comes, of which the device does not say anything before it has done all. */
function session(
  before: MemoryRows,
  asked: typeof caller,
  status: "Acknowledged" | "Error" | "NotNow",
  runs: string,
): MemoryRows {
  let { rows, reply } = transact(poll, { ...asked, message: idle }, before);
  for (let turn = 1; turn < 8 && reply.kind === "command"; turn += 1) {
    const out = rows.command?.filter(({ state }) => state === "offered").at(-1);
    if (out === undefined) break;
    const facts = { OSVersion: runs, BuildVersion: "23A1", ProductName: "iPhone15,2" };
    const answer =
      status === "Acknowledged"
        ? acknowledged(out.uuid, out.requestType === "DeviceInformation" ? { QueryResponses: dict(facts) } : {})
        : says({ Status: status, CommandUUID: out.uuid });
    const firstId = `${asked.firstId.slice(0, -2)}${String(turn * 10)}`;
    ({ rows, reply } = transact(poll, { ...asked, firstId, message: answer }, rows));
  }
  return rows;
}
