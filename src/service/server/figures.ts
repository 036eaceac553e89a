/** The figures by which a server is watched: what the store counts, and what the server knows of its certificates and Apple's list. */
import type { Warning } from "../../contract/index.ts";
import { type ComplianceClass, type ComplianceFlag, isFinal, STATES } from "../../plans/index.ts";
import { catalogOf, fetchStateOf } from "../catalog/catalog.ts";
import { complianceCounts } from "../devices/compliance-view.ts";
import type { Ports } from "../ports.ts";
import { pushInForce } from "../push/push-certificates.ts";
import { currentWarnings, type WatchedEnds } from "./current-warnings.ts";

/** All moments are ms UTC; null: there is none. */
export interface Figures {
  /** Enrolled devices by class, and by flag. */
  readonly classes: Readonly<Record<ComplianceClass, number>>;
  readonly flags: Readonly<Record<ComplianceFlag, number>>;
  /** Live jobs, for each state that a live job can have. */
  readonly jobs: Readonly<Record<string, number>>;
  /** Commands that are not answered. */
  readonly commands: { readonly queued: number; readonly delivered: number };
  /** Pushes that must still leave; `lateMs`: for how long the first of them has been due. */
  readonly outbox: { readonly pushes: number; readonly lateMs: number };
  readonly isHalted: boolean;
  /** `ageMs`: since the day of Apple's list. `fetchedAt`: the last good fetch. */
  readonly catalog: { readonly ageMs: number | null; readonly fetchedAt: number | null; readonly isFailing: boolean };
  /** When the first certificate of each kind ends. */
  readonly ends: Readonly<Record<"push" | "tls" | "authority" | "device_identity", number | null>>;
  readonly warnings: ReadonlySet<Warning["reason"]>;
  readonly databaseBytes: number;
}

const LIVE = STATES.filter((state) => !isFinal(state));

/** Costs some queries over indexes: whoever asks often shares the answer. */
export async function figuresOf(ports: Ports, watched: WatchedEnds): Promise<Figures> {
  const { admin } = ports;
  const stored = await admin.figures();
  const { classes, flags } = await complianceCounts(admin);
  const { list } = await catalogOf(ports);
  const { goodAt, failure } = await fetchStateOf(ports);
  const now = ports.now();
  const { rows: pushes, firstDueAt } = stored.outbox;
  return {
    classes,
    flags,
    jobs: Object.fromEntries(LIVE.map((state) => [state, stored.jobs.get(state) ?? 0])),
    commands: { queued: stored.commands.get("queued") ?? 0, delivered: stored.commands.get("offered") ?? 0 },
    outbox: { pushes, lateMs: Math.max(0, now - (firstDueAt ?? now)) },
    isHalted: (await admin.halt())?.active === 1,
    catalog: {
      ageMs: list === null ? null : Math.max(0, now - Date.parse(list.date)),
      fetchedAt: goodAt,
      isFailing: watched.fetchesCatalog && failure !== null,
    },
    ends: {
      push: (await pushInForce(ports))?.notAfter ?? null,
      tls: watched.tls.length === 0 ? null : Math.min(...watched.tls.map(({ notAfter }) => notAfter)),
      authority: watched.authority.notAfter,
      device_identity: stored.identityEndsAt,
    },
    warnings: new Set((await currentWarnings(ports, watched)).map(({ reason }) => reason)),
    databaseBytes: stored.databaseBytes,
  };
}
