/**
 * Declarative management within an exchange: it is switched on, what the device must have is computed again when a cause
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
import { compose, hash, wantsUpdate } from "../declare.ts";
import { declarativeDeviceOf, platformFrom, PUSH_AGAIN } from "../device-facts.ts";
import type { RANK, Scene } from "./scene.ts";

/** Where the sync stands in the queue. */
type Place = keyof typeof RANK;

/** Begins, where the OS has the engine and the device has not said that it can't; and takes a new organization over. */
export function startDeclarations(scene: Scene, organization: Standing["organization"]): void {
  if (!hasEngine(scene)) return;
  if (scene.declarative === undefined) {
    if (!mayBegin(scene)) return;
    scene.declarative = blank(scene.enrollment.id, scene.now);
    scene.writes.push({ put: "declarative", row: scene.declarative });
  }
  const { organization: was, ...rest } = scene.declarative?.standing ?? {};
  if (JSON.stringify(was) !== JSON.stringify(organization)) {
    scene.patchDeclarative({ standing: { ...rest, ...(organization === undefined ? {} : { organization }) } });
  }
  // What is asked of it first tells what it may have.
  declare(scene, "question");
}

function hasEngine({ enrollment: { platform: name, osVersion, state } }: Scene): boolean {
  const platform = platformFrom(name);
  if (state !== "enrolled" || platform === undefined || osVersion === null) return false;
  return capabilityOf(platform, osVersion).declaration !== "none";
}

/** Declarative management could be switched on and is not. */
export function mayBegin(scene: Scene): boolean {
  return scene.declarative === undefined && scene.enrollment.enforces !== 0 && hasEngine(scene);
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
export function declare(scene: Scene, place: Place = "usual"): void {
  const row = scene.declarative;
  const device = declarativeDeviceOf(scene.enrollment);
  if (row === undefined || device === undefined) return;
  const { knows, standing, items: had } = row;
  const { declarations, token: ofSet, leftOut } = compose({ device, knows, standing, job: scene.job });
  const names = declarations.map(({ identifier }) => identifier);
  const change = { declarations: names, leftOut: leftOut as unknown as Json };
  const faults = JSON.stringify(leftOut) !== JSON.stringify(row.leftOut);
  const items = declarations.map(({ kind, identifier, serverToken }) => ({ kind, identifier, serverToken }));
  const same = row.token !== "" && JSON.stringify(items) === JSON.stringify(had);
  if (!same || faults) scene.note("declarations-changed", change);
  if (same) {
    if (faults) scene.patchDeclarative({ leftOut });
    undeclarable(scene);
    return;
  }
  const enrollmentId = scene.enrollment.id;
  for (const { kind, identifier, serverToken, body } of declarations) {
    if (had.some((item) => item.identifier === identifier && item.serverToken === serverToken)) continue;
    const declaration = { enrollmentId, kind, identifier, serverToken, body, withdrawnAt: null };
    scene.writes.push({ put: "declaration", row: declaration });
  }
  for (const { kind, identifier } of had) {
    if (declarations.some((other) => other.identifier === identifier)) continue;
    const where = { enrollmentId, kind, identifier };
    scene.writes.push({ patch: "declaration", where, set: { withdrawnAt: scene.now } });
  }
  // A token never comes back: a device whose sync broke off has the declarations of one list and the token of another, and
  // would take a list that it once had for the one it has.
  const token = hash(new TextEncoder().encode(`${ofSet}\n${row.token}`));
  scene.patchDeclarative({ token, items, leftOut, changedAt: scene.now, tries: 0 });
  sync(scene, place);
  scene.push();
  undeclarable(scene);
}

/** The job is told where it is its own declaration that can't be made. */
function undeclarable(scene: Scene): void {
  const fault = scene.declarative?.leftOut.find(({ rule }) => rule === "update");
  if (fault === undefined || scene.job === undefined || !wantsUpdate(scene.job)) return;
  const { code, detail } = fault;
  scene.step({ kind: "undeclarable", code, detail });
}

/** "Sync now", unless that waits in the queue already. One that has left may have been followed before this change. */
export function sync(scene: Scene, place: Place = "usual"): void {
  if (scene.declarative === undefined) return;
  for (const row of scene.outstanding.values()) {
    if (row.requestType === "DeclarativeManagement" && row.state === "queued") return;
  }
  const uuid = scene.id();
  const command: Command = { requestType: "DeclarativeManagement" };
  const { requestType } = command;
  scene.enqueue({ uuid, requestType, bytes: encodeCommand(command, uuid), origin: "care", once: 0 }, place);
  scene.patchDeclarative({ askedAt: scene.now });
  scene.lookAfter(scene.now + PUSH_AGAIN);
}

/** All of it is forgotten: the device has left, begins again, or takes no declarations. */
export function forgetDeclarations(scene: Scene): void {
  const where = { enrollmentId: scene.enrollment.id };
  scene.declarative = undefined;
  scene.writes.push({ drop: "declarative", where }, { drop: "declaration", where }, { drop: "deviceStatus", where });
}

/**
 * How the job is to be told by what is known now: one whose way has closed, or that may go a better one, moves. `seen`: the
 * version that was the cause; a device that is there needs to be told nothing.
 */
export function reconsider(scene: Scene, seen?: SeenVersion): void {
  const { job } = scene;
  if (job === undefined || isFinal(job.state) || (seen !== undefined && satisfies(job.target, seen))) return;
  // A declaration that the device can take is never taken back for a command.
  if (job.mechanism === "declaration" && job.unreported !== true) return;
  const mechanism = mechanismOf(scene, job);
  if (mechanism === undefined || (mechanism.kind === "command" && job.mechanism === undefined)) return;
  scene.step({ kind: "mechanism", mechanism, enforcement: enforcementFor(job, scene.now) });
}

function mechanismOf({ enrollment }: Scene, job: Job): Mechanism | undefined {
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
