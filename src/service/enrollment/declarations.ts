/**
 * Declarative management of an enrollment: it is switched on, what the device must have is computed again when a cause of
 * it changes, and the device is told to sync.
 */
import { capabilityOf, declaredOf } from "../../plans/index.ts";
import type { DeclarativeRow, Json } from "../../store/index.ts";
import type { Consequence } from "./consequence.ts";
import { composed, hash, wantsUpdate } from "./declare.ts";
import { declarativeDeviceOf, platformFrom } from "./device-facts.ts";
import { step } from "./job.ts";
import { enqueueSync } from "./queue.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Switched on, where the device may be given it now, its OS has the engine, and it has not said that it can't. */
export const declarativeManagement: Consequence = {
  of: ({ enrollment: { platform, osVersion, enforces, state }, declarative, provisions }) => [
    ...[platform, osVersion, enforces, state],
    ...[declarative === undefined, provisions],
  ],
  derive(unit) {
    if (unit.provisions === undefined || !hasEngine(unit)) return;
    if (mayBegin(unit)) unit.declarative = blank(unit.enrollment.id, unit.now);
    const { organization } = unit.provisions;
    const { organization: was, ...rest } = unit.declarative?.standing ?? {};
    if (JSON.stringify(was) === JSON.stringify(organization)) return;
    unit.patchDeclarative({ standing: { ...rest, ...(organization === undefined ? {} : { organization }) } });
  },
};

/** What the device must have; where that has changed, it is told to sync. */
export const declarations: Consequence = {
  of(unit) {
    const { enrollment, declarative, job, jobId } = unit;
    const { platform, osVersion, supervised, kind } = enrollment;
    const told = job === undefined ? undefined : declaredOf(job);
    return [
      ...[platform, osVersion, supervised, kind],
      ...[declarative === undefined, declarative?.knows, declarative?.standing],
      ...[jobId, job !== undefined && wantsUpdate(job), told?.enforcement, told?.former],
      unit.occasions.has("look"),
    ];
  },
  derive(unit) {
    declare(unit);
    takenAlready(unit);
  },
};

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

function declare(unit: UnitOfWork): void {
  const row = unit.declarative;
  const device = declarativeDeviceOf(unit.enrollment);
  if (row === undefined || device === undefined) return;
  const { knows, standing, items: had } = row;
  const { declarations, token: ofSet, leftOut } = composed({ device, knows, standing, job: unit.job });
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
    unit.also({ put: "declaration", row: declaration });
  }
  for (const { kind, identifier } of had) {
    if (declarations.some((other) => other.identifier === identifier)) continue;
    const where = { enrollmentId, kind, identifier };
    unit.also({ patch: "declaration", where, set: { withdrawnAt: unit.now } });
  }
  // A token never comes back: a device whose sync broke off has the declarations of one list and the token of another, and
  // would take a list that it once had for the one it has.
  const token = hash(new TextEncoder().encode(`${ofSet}\n${row.token}`));
  unit.patchDeclarative({ token, items, leftOut, changedAt: unit.now, tries: 0 });
  // What is asked of a device first tells what it may have.
  enqueueSync(unit, row.token === "" ? "question" : "usual");
  unit.push();
  undeclarable(unit);
}

/** The job is told where it is its own declaration that can't be made. */
function undeclarable(unit: UnitOfWork): void {
  const fault = unit.declarative?.leftOut.find(({ rule }) => rule === "update");
  if (fault === undefined || unit.job === undefined || !wantsUpdate(unit.job)) return;
  const { code, detail } = fault;
  step(unit, { kind: "undeclarable", code, detail });
}

/** A job that has just begun, by the same declaration again: the device has it, and its list has not changed. */
function takenAlready(unit: UnitOfWork): void {
  if (unit.hasBegunJob && unit.declarative?.held === 1 && !unit.unsynced) step(unit, { kind: "taken" });
}

/** All of it is forgotten: the device has left, begins again, or takes no declarations. */
export function forgetDeclarations(unit: UnitOfWork): void {
  const where = { enrollmentId: unit.enrollment.id };
  unit.declarative = undefined;
  unit.also({ drop: "declaration", where }, { drop: "deviceStatus", where });
}
