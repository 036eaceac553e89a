/**
 * Declarative management within a transaction: it is switched on, what the device must have is computed again when a cause
 * of it changes, and the device is told to sync.
 */
import {
  capabilityOf,
  enforcementFor,
  isFinal,
  type Job,
  type Mechanism,
  mechanismFor,
  satisfies,
  type SeenVersion,
} from "../../plans/index.ts";
import { type Command, encodeCommand } from "../../protocol/index.ts";
import type { DeclarativeRow, Json, Standing } from "../../store/index.ts";
import { compose, hash, wantsUpdate } from "./declare.ts";
import { declarativeDeviceOf, platformFrom, PUSH_AGAIN } from "./device-facts.ts";
import type { RANK, UnitOfWork } from "./unit-of-work.ts";

/** Where the sync stands in the queue. */
type Place = keyof typeof RANK;

/** Begins, where the OS has the engine and the device has not said that it can't; and takes a new organization over. */
export function startDeclarations(unit: UnitOfWork, organization: Standing["organization"]): void {
  if (!hasEngine(unit)) return;
  if (unit.declarative === undefined) {
    if (!mayBegin(unit)) return;
    unit.declarative = blank(unit.enrollment.id, unit.now);
    unit.writes.push({ put: "declarative", row: unit.declarative });
  }
  const { organization: was, ...rest } = unit.declarative?.standing ?? {};
  if (JSON.stringify(was) !== JSON.stringify(organization)) {
    unit.patchDeclarative({ standing: { ...rest, ...(organization === undefined ? {} : { organization }) } });
  }
  // What is asked of it first tells what it may have.
  declare(unit, "question");
}

function hasEngine({ enrollment: { platform: name, osVersion, state } }: UnitOfWork): boolean {
  const platform = platformFrom(name);
  if (state !== "enrolled" || platform === undefined || osVersion === null) return false;
  return capabilityOf(platform, osVersion).declaration !== "none";
}

/** Declarative management could be switched on and is not. */
export function mayBegin(unit: UnitOfWork): boolean {
  return unit.declarative === undefined && unit.enrollment.enforces !== 0 && hasEngine(unit);
}

function blank(enrollmentId: string, now: number): DeclarativeRow {
  return {
    enrollmentId,
    token: "",
    items: [],
    leftOut: [],
    changedAt: now,
    knows: [],
    standing: {},
    askedAt: null,
    tries: 0,
    syncedAt: null,
    syncedToken: null,
    held: 0,
    reportedAt: null,
  };
}

/** Computes again what the device must have; where that has changed, it is told to sync. */
export function declare(unit: UnitOfWork, place: Place = "usual"): void {
  const row = unit.declarative;
  const device = declarativeDeviceOf(unit.enrollment);
  if (row === undefined || device === undefined) return;
  const { knows, standing, items: had } = row;
  const { declarations, token: ofSet, leftOut } = compose({ device, knows, standing, job: unit.job });
  const names = declarations.map(({ identifier }) => identifier);
  const change = { declarations: names, leftOut: leftOut as unknown as Json };
  const faults = JSON.stringify(leftOut) !== JSON.stringify(row.leftOut);
  const items = declarations.map(({ kind, identifier, serverToken }) => ({ kind, identifier, serverToken }));
  const same = row.token !== "" && JSON.stringify(items) === JSON.stringify(had);
  if (!same || faults) unit.note("declarations-changed", change);
  if (same) {
    if (faults) unit.patchDeclarative({ leftOut });
    undeclarable(unit);
    return;
  }
  const enrollmentId = unit.enrollment.id;
  for (const { kind, identifier, serverToken, body } of declarations) {
    if (had.some((item) => item.identifier === identifier && item.serverToken === serverToken)) continue;
    const declaration = { enrollmentId, kind, identifier, serverToken, body, withdrawnAt: null };
    unit.writes.push({ put: "declaration", row: declaration });
  }
  for (const { kind, identifier } of had) {
    if (declarations.some((other) => other.identifier === identifier)) continue;
    const where = { enrollmentId, kind, identifier };
    unit.writes.push({ patch: "declaration", where, set: { withdrawnAt: unit.now } });
  }
  // A token never comes back: a device whose sync broke off has the declarations of one list and the token of another, and
  // would take a list that it once had for the one it has.
  const token = hash(new TextEncoder().encode(`${ofSet}\n${row.token}`));
  unit.patchDeclarative({ token, items, leftOut, changedAt: unit.now, tries: 0 });
  sync(unit, place);
  unit.push();
  undeclarable(unit);
}

/** The job is told where it is its own declaration that can't be made. */
function undeclarable(unit: UnitOfWork): void {
  const fault = unit.declarative?.leftOut.find(({ rule }) => rule === "update");
  if (fault === undefined || unit.job === undefined || !wantsUpdate(unit.job)) return;
  const { code, detail } = fault;
  unit.step({ kind: "undeclarable", code, detail });
}

/** "Sync now", unless that waits in the queue already. One that has left may have been followed before this change. */
export function sync(unit: UnitOfWork, place: Place = "usual"): void {
  if (unit.declarative === undefined) return;
  for (const row of unit.outstanding.values()) {
    if (row.requestType === "DeclarativeManagement" && row.state === "queued") return;
  }
  const uuid = unit.id();
  const command: Command = { requestType: "DeclarativeManagement" };
  const { requestType } = command;
  unit.enqueue({ uuid, requestType, bytes: encodeCommand(command, uuid), origin: "care", once: 0 }, place);
  unit.patchDeclarative({ askedAt: unit.now });
  unit.lookAfter(unit.now + PUSH_AGAIN);
}

/** All of it is forgotten: the device has left, begins again, or takes no declarations. */
export function forgetDeclarations(unit: UnitOfWork): void {
  const where = { enrollmentId: unit.enrollment.id };
  unit.declarative = undefined;
  unit.writes.push({ drop: "declarative", where }, { drop: "declaration", where }, { drop: "deviceStatus", where });
}

/**
 * How the job is to be told by what is known now: one whose way has closed, or that may go a better one, moves. `seen`: the
 * version that was the cause; a device that is there needs to be told nothing.
 */
export function reconsider(unit: UnitOfWork, seen?: SeenVersion): void {
  const { job } = unit;
  if (job === undefined || isFinal(job.state) || (seen !== undefined && satisfies(job.target, seen))) return;
  // A declaration that the device can take is never taken back for a command.
  if (job.mechanism === "declaration" && job.declared.unreported !== true) return;
  const mechanism = mechanismOf(unit, job);
  if (mechanism === undefined || (mechanism.kind === "command" && job.mechanism === "command")) return;
  unit.step({ kind: "mechanism", mechanism, enforcement: enforcementFor(job, unit.now) });
}

function mechanismOf({ enrollment }: UnitOfWork, job: Job): Mechanism | undefined {
  const { osVersion, supervised, accessRights, kind, enforces } = enrollment;
  if (osVersion === null) return undefined;
  const facts = {
    platform: job.platform,
    osVersion,
    enrollment: kind,
    supervised: supervised === null ? undefined : supervised === 1,
    accessRights: accessRights ?? undefined,
    enforces: enforces === null ? undefined : enforces === 1,
  };
  const now = job.window === undefined && job.deadline === undefined;
  const action = job.goal === "installed" && job.action === "InstallASAP" ? "install" : "download";
  const improvement = job.target.supplemental !== undefined;
  return mechanismFor(facts, { action, others: job.target.others === true, improvement, now });
}
