/**
 * The policy of a device within a transaction: told by declaration where it takes one, by a restrictions profile where it
 * doesn't, moved from one to the other as it changes. A profile goes only once the declaration is in force.
 */
import { type PolicyDelivery, policyDeliveryFor } from "../../plans/index.ts";
import {
  checkCommand,
  type Command,
  commandBody,
  type DeclarativeStatus,
  encodeCommand,
  type ErrorChainItem,
  reasonClass,
  RESTRICTIONS_PROFILE,
  restrictionsProfile,
  type SoftwareUpdateSettings,
} from "../../protocol/index.ts";
import type { AssignmentRow, CommandRow, PolicyRow } from "../../store/index.ts";
import { hash, SETTINGS } from "./declare.ts";
import type { Consequence } from "./consequence.ts";
import { declarativeDeviceOf, PUSH_AGAIN, targetOf } from "./device-facts.ts";
import { close, enqueue } from "./queue.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** How often the same profile command is sent, about once a day, before it is given up. */
const MOST_TRIES = 5;
const REMOVE = "remove";
const PURPOSES: ReadonlySet<string | null> = new Set(["restrict", "unrestrict"]);
/** Said by a device; more than that no one reads. */
const LONGEST = 300;

/** The device has no profile of this server. */
const NO_PROFILE = { held: 0, profile: null, sent: null, tries: 0 } as const;

/** Gives the device a policy in place of the one it has. */
export function assign(unit: UnitOfWork, its: PolicyRow): void {
  const before = unit.assignment;
  const replaces = before === undefined || before.state === "removing" ? null : before.policyId;
  const row: AssignmentRow = {
    ...(before ?? NO_PROFILE),
    enrollmentId: unit.enrollment.id,
    policyId: its.id,
    at: unit.now,
    way: "unknown",
    state: "pending",
    confirmed: null,
    objection: null,
  };
  unit.assignment = row;
  unit.policy = its;
  unit.note("policy-assigned", { policyId: its.id, name: its.name, replaces });
}

/** A device that has no policy gets the newest for everyone, where it may be given one now. */
function takeEveryones(unit: UnitOfWork): void {
  const newest = unit.provisions?.everyone.at(-1);
  const has = unit.assignment !== undefined && unit.policy?.state === "active";
  if (newest !== undefined && !has) assign(unit, newest);
}

/** The enrollment has ended or begins again: its declarations and profiles are gone from the device. */
export function forgetPolicy(unit: UnitOfWork): void {
  if (unit.assignment === undefined) return;
  if (unit.policy?.state !== "active") return dropPolicy(unit);
  unit.patchAssignment({ way: "unknown", state: "pending", confirmed: null, objection: null, ...NO_PROFILE });
}

/** No policy is for it any more. */
export function dropPolicy(unit: UnitOfWork): void {
  unit.assignment = undefined;
  unit.policy = undefined;
}

/** What the policy declares is a cause of the declarations, and goes before them. */
export const policySettings: Consequence = {
  of: causesOf,
  derive(unit) {
    takeEveryones(unit);
    if (unit.assignment === undefined || unit.enrollment.state !== "enrolled") return;
    const found = deliveryOf(unit);
    if (found?.way === "unknown") return;
    if (found !== undefined && found.way !== unit.assignment.way) unit.patchAssignment({ objection: null });
    declareSettings(unit, found?.way === "declaration" ? activePolicy(unit) : undefined);
  },
};

/** The restrictions profile that stands in where the policy can't be declared, and where the policy stands. */
export const policy: Consequence = {
  of: (unit) => [...causesOf(unit), unit.declarative?.items],
  derive(unit) {
    if (unit.assignment === undefined) return;
    if (unit.enrollment.state !== "enrolled") {
      if (activePolicy(unit) === undefined) dropPolicy(unit);
      return;
    }
    const found = deliveryOf(unit);
    if (found?.way === "unknown") return unit.patchAssignment({ way: "unknown", state: "pending" });
    const inForce = isInForce(unit);
    if (found?.way === "profile") restrict(unit, found);
    else if (found?.way !== "declaration" || inForce) unrestrict(unit);
    else withdraw(unit);
    const state = stateOf(unit, found, inForce);
    if (state === "removing" && unit.assignment.held === 0) return dropPolicy(unit);
    const { way: wayBefore, state: before } = unit.assignment;
    const way = found?.way ?? wayBefore;
    if (way === wayBefore && state === before) return;
    unit.patchAssignment({ way, state });
    unit.note("policy-state", { policyId: unit.assignment.policyId, name: unit.policy?.name ?? "", way, state });
  },
};

function causesOf(unit: UnitOfWork): readonly unknown[] {
  const { enrollment, assignment, policy: its, declarative, provisions, occasions } = unit;
  const { state, platform, osVersion, supervised, kind, enforces } = enrollment;
  return [
    ...[state, platform, osVersion, supervised, kind, enforces],
    ...[assignment, its, declarative === undefined, declarative?.standing, provisions],
    ...[occasions.has("look"), occasions.has("policy")],
  ];
}

const activePolicy = ({ policy: its }: UnitOfWork): PolicyRow | undefined =>
  its?.state === "active" ? its : undefined;

/** How the device is told its policy; undefined: it has none. */
function deliveryOf(unit: UnitOfWork): PolicyDelivery | undefined {
  const settings = activePolicy(unit)?.settings as SoftwareUpdateSettings | undefined;
  if (settings === undefined) return undefined;
  const device = declarativeDeviceOf(unit.enrollment);
  return device === undefined
    ? { way: "unknown", leftOut: [] }
    : policyDeliveryFor(settings, device, unit.enrollment.enforces !== 0);
}

function stateOf(unit: UnitOfWork, found: PolicyDelivery | undefined, inForce: boolean): AssignmentRow["state"] {
  const { objection, profile, tries } = unit.assignment as AssignmentRow;
  switch (found?.way) {
    case undefined:
      return "removing";
    case "declaration":
      return inForce ? "applied" : objection === null ? "pending" : "failed";
    case "profile":
      if (profile === fingerprintOf(found)) return "applied";
      return objection !== null && tries >= MOST_TRIES ? "failed" : "pending";
    case "nothing":
      return found.leftOut.length === 0 ? "applied" : "nothing";
    case "unknown":
      return "pending";
  }
}

/** What the device must have by declaration; a device that has not begun yet begins at the server's next look. */
function declareSettings(unit: UnitOfWork, its: PolicyRow | undefined): void {
  const row = unit.declarative;
  if (row === undefined) {
    if (its !== undefined) unit.lookAfter(unit.now);
    return;
  }
  const { settings: was, ...rest } = row.standing;
  if (JSON.stringify(was) === JSON.stringify(its?.settings)) return;
  unit.patchDeclarative({ standing: its === undefined ? rest : { ...rest, settings: its.settings } });
}

const settingsToken = (unit: UnitOfWork): string | undefined =>
  unit.declarative?.items.find(({ identifier }) => identifier === SETTINGS)?.serverToken;

function isInForce(unit: UnitOfWork): boolean {
  const token = settingsToken(unit);
  return token !== undefined && unit.assignment?.confirmed === token;
}

const fingerprintOf = ({ restrictions }: Extract<PolicyDelivery, { way: "profile" }>): string =>
  hash(new TextEncoder().encode(JSON.stringify([...restrictions.payloads].map(([type, keys]) => [type, [...keys]]))));

function restrict(unit: UnitOfWork, found: Extract<PolicyDelivery, { way: "profile" }>): void {
  const wish = fingerprintOf(found);
  if (unit.assignment?.profile === wish) {
    withdraw(unit);
    // A removal that has left may have taken it away.
    if (unit.assignment.profile === wish) return;
  }
  const payload = restrictionsProfile(found.restrictions, () => unit.id());
  send(unit, { requestType: "InstallProfile", payload }, "restrict", wish);
}

function unrestrict(unit: UnitOfWork): void {
  if (unit.assignment?.held !== 1) return withdraw(unit);
  send(unit, { requestType: "RemoveProfile", identifier: RESTRICTIONS_PROFILE }, "unrestrict", REMOVE);
}

const openCommand = (unit: UnitOfWork): CommandRow | undefined =>
  [...unit.outstanding.values()].find(({ origin, purpose }) => origin === "care" && PURPOSES.has(purpose));

/** A profile command that is not wanted any more; of one that has left, the answer is given up. */
function withdraw(unit: UnitOfWork): void {
  const open = openCommand(unit);
  if (open === undefined) return;
  close(unit, open, open.offers > 0 ? "answer-lost" : "withdrawn", null);
  // What that command may have put there is not what was acknowledged before.
  unit.patchAssignment({ sent: null, tries: 0, ...(open.offers > 0 ? { profile: null } : {}) });
}

/** At most one profile command is outstanding for a device. Both kinds may be delivered twice. */
function send(unit: UnitOfWork, command: Command, purpose: string, wish: string): void {
  const same = unit.assignment?.sent === wish;
  const tries = same ? (unit.assignment?.tries ?? 0) : 0;
  if (same && (openCommand(unit) !== undefined || !unit.occasions.has("look") || tries >= MOST_TRIES)) return;
  withdraw(unit);
  const { requestType } = command;
  const rule = checkCommand(requestType, commandBody(command), targetOf(unit.enrollment))[0];
  if (rule !== undefined)
    return unit.patchAssignment({ sent: wish, tries: MOST_TRIES, objection: rule.text.slice(0, LONGEST) });
  const uuid = unit.id();
  const bytes = encodeCommand(command, uuid);
  enqueue(unit, { uuid, requestType, bytes, origin: "care", purpose, once: 0 });
  unit.patchAssignment({ sent: wish, tries: tries + 1, ...(same ? {} : { objection: null }) });
  unit.lookAfter(unit.now + PUSH_AGAIN);
  unit.push();
}

/** The command goes out: from now on the device may have the profile. */
export function profileDelivered(unit: UnitOfWork, row: CommandRow): void {
  if (row.origin === "care" && row.purpose === "restrict") unit.patchAssignment({ held: 1 });
}

/** The device has answered a profile command, which is closed. */
export function profileAnswered(
  unit: UnitOfWork,
  { origin, purpose }: Pick<CommandRow, "origin" | "purpose">,
  status: string,
  errorChain: readonly ErrorChainItem[],
): void {
  const row = unit.assignment;
  if (row === undefined || origin !== "care" || !PURPOSES.has(purpose)) return;
  const removing = purpose === "unrestrict";
  if (status === "Acknowledged") {
    if (removing) unit.patchAssignment({ ...NO_PROFILE, objection: null });
    else unit.patchAssignment({ profile: row.sent, tries: 0, objection: null });
  } else {
    const result = errorChain.map((item) => item.usEnglishDescription ?? item.localizedDescription ?? item.code);
    const words = result.filter((one) => one !== undefined).join("; ");
    const objection = `${removing ? "RemoveProfile" : "InstallProfile"}: ${words === "" ? status : words}`;
    // A first profile that it did not take is not there.
    const none = !removing && row.profile === null && row.tries === 1;
    unit.patchAssignment({ objection: objection.slice(0, LONGEST), ...(none ? { held: 0 } : {}) });
  }
}

/** What a status report says of the settings declaration. */
export function settingsReported(unit: UnitOfWork, status: DeclarativeStatus): void {
  const token = settingsToken(unit);
  const listed = status.declarations?.configuration.find(({ identifier }) => identifier === SETTINGS);
  if (token === undefined || listed?.serverToken !== token) return;
  const inForce = listed.active && listed.valid === "valid";
  const errors = listed.reasons.filter(({ code }) => reasonClass(code) === "error");
  const words = errors.map(({ code, description }) => (description === undefined ? code : `${code} (${description})`));
  const against = listed.valid === "invalid" || errors.length > 0;
  const objection = words.length === 0 ? "the declaration is not valid there" : words.join("; ");
  unit.patchAssignment({
    confirmed: inForce ? token : null,
    objection: inForce || !against ? null : objection.slice(0, LONGEST),
  });
}
