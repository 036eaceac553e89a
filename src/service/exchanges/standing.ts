/**
 * The policy of a device within an exchange: told by declaration where it takes one, by a restrictions profile where it
 * doesn't, moved from one to the other as it changes. A profile goes only once the declaration is in force.
 */
import { type StandingWay, standingFor } from "../../plans/index.ts";
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
import { hash, SETTINGS } from "../declare.ts";
import { declarativeDeviceOf, PUSH_AGAIN } from "../device-facts.ts";
import { declare } from "./declarations.ts";
import type { Scene } from "./scene.ts";

/** How often the same profile command is sent, about once a day, before it is given up. */
const MOST_TRIES = 5;
const REMOVE = "remove";
const PURPOSES: ReadonlySet<string | null> = new Set(["restrict", "unrestrict"]);
/** Said by a device; more than that no one reads. */
const LONGEST = 300;

/** The device has no profile of this server. */
const NO_PROFILE = { held: 0, profile: null, sent: null, tries: 0 } as const;

/** The policies for everyone, to look up where a device may have to be given one. */
export const everyoneLookup = { from: "policy", where: { everyone: 1 } } as const;

/** Gives the device a policy in place of the one it has. */
export function assign(scene: Scene, policy: PolicyRow): void {
  const before = scene.assignment;
  const replaces = before === undefined || before.state === "removing" ? null : before.policyId;
  const row: AssignmentRow = {
    ...(before ?? NO_PROFILE),
    enrollmentId: scene.enrollment.id,
    policyId: policy.id,
    at: scene.now,
    way: "unknown",
    state: "pending",
    confirmed: null,
    objection: null,
  };
  scene.assignment = row;
  scene.policy = policy;
  scene.writes.push({ put: "assignment", row });
  scene.note("policy-assigned", { policyId: policy.id, name: policy.name, replaces });
}

/** A device that has no policy gets the one for everyone. */
export function takePolicy(scene: Scene, everyone: readonly PolicyRow[]): void {
  const policy = everyone.at(-1);
  const has = scene.assignment !== undefined && scene.policy?.state === "active";
  if (policy !== undefined && !has) assign(scene, policy);
}

/** The enrollment has ended or begins again: its declarations and profiles are gone from the device. */
export function forgetStanding(scene: Scene): void {
  if (scene.assignment === undefined) return;
  if (scene.policy?.state !== "active") return dropAssignment(scene);
  scene.patchAssignment({ way: "unknown", state: "pending", confirmed: null, objection: null, ...NO_PROFILE });
}

/** The device was removed: no policy is for it any more. */
export function dropStanding(scene: Scene): void {
  if (scene.assignment !== undefined) dropAssignment(scene);
}

function dropAssignment(scene: Scene): void {
  scene.writes.push({ drop: "assignment", where: { enrollmentId: scene.enrollment.id } });
  scene.assignment = undefined;
  scene.policy = undefined;
}

/**
 * Brings what the device is told in line with its policy and with what is known of it. Doing it once more changes nothing;
 * `again`: a profile command that failed or got lost may be repeated now.
 */
export function settle(scene: Scene, again = false): void {
  const device = declarativeDeviceOf(scene.enrollment);
  if (scene.assignment === undefined) return;
  const policy = scene.policy?.state === "active" ? scene.policy : undefined;
  if (scene.enrollment.state !== "enrolled") {
    if (policy === undefined) dropAssignment(scene);
    return;
  }
  const settings = policy?.settings as SoftwareUpdateSettings | undefined;
  const found: StandingWay | undefined =
    settings === undefined
      ? undefined
      : device === undefined
        ? { way: "unknown", leftOut: [] }
        : standingFor(settings, device, scene.enrollment.enforces !== 0);
  if (found?.way === "unknown") return scene.patchAssignment({ way: "unknown", state: "pending" });

  if (found !== undefined && found.way !== scene.assignment.way) scene.patchAssignment({ objection: null });
  declareSettings(scene, found?.way === "declaration" ? policy : undefined);
  const inForce = isInForce(scene);
  if (found?.way === "profile") restrict(scene, found, again);
  else if (found?.way !== "declaration" || inForce) unrestrict(scene, again);
  else withdraw(scene);
  const state = stateOf(scene, found, inForce);
  if (state === "removing" && scene.assignment.held === 0) return dropAssignment(scene);
  const { way: wayBefore, state: before } = scene.assignment;
  const way = found?.way ?? wayBefore;
  if (way === wayBefore && state === before) return;
  scene.patchAssignment({ way, state });
  scene.note("policy-state", { policyId: scene.assignment.policyId, name: scene.policy?.name ?? "", way, state });
}

function stateOf(scene: Scene, found: StandingWay | undefined, inForce: boolean): AssignmentRow["state"] {
  const { objection, profile, tries } = scene.assignment as AssignmentRow;
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
function declareSettings(scene: Scene, policy: PolicyRow | undefined): void {
  const row = scene.declarative;
  if (row === undefined) {
    if (policy !== undefined) scene.lookAfter(scene.now);
    return;
  }
  const { settings: was, ...rest } = row.standing;
  if (JSON.stringify(was) === JSON.stringify(policy?.settings)) return;
  scene.patchDeclarative({ standing: policy === undefined ? rest : { ...rest, settings: policy.settings } });
  declare(scene);
}

const settingsToken = (scene: Scene): string | undefined =>
  scene.declarative?.items.find(({ identifier }) => identifier === SETTINGS)?.serverToken;

function isInForce(scene: Scene): boolean {
  const token = settingsToken(scene);
  return token !== undefined && scene.assignment?.confirmed === token;
}

const fingerprintOf = ({ restrictions }: Extract<StandingWay, { way: "profile" }>): string =>
  hash(new TextEncoder().encode(JSON.stringify([...restrictions.payloads].map(([type, keys]) => [type, [...keys]]))));

function restrict(scene: Scene, found: Extract<StandingWay, { way: "profile" }>, again: boolean): void {
  const wish = fingerprintOf(found);
  if (scene.assignment?.profile === wish) {
    withdraw(scene);
    // A removal that has left may have taken it away.
    if (scene.assignment.profile === wish) return;
  }
  const payload = restrictionsProfile(found.restrictions, () => scene.id());
  send(scene, { requestType: "InstallProfile", payload }, "restrict", wish, again);
}

function unrestrict(scene: Scene, again: boolean): void {
  if (scene.assignment?.held !== 1) return withdraw(scene);
  send(scene, { requestType: "RemoveProfile", identifier: RESTRICTIONS_PROFILE }, "unrestrict", REMOVE, again);
}

const openCommand = (scene: Scene): CommandRow | undefined =>
  [...scene.outstanding.values()].find(({ origin, purpose }) => origin === "care" && PURPOSES.has(purpose));

/** A profile command that is not wanted any more; of one that has left, the answer is given up. */
function withdraw(scene: Scene): void {
  const open = openCommand(scene);
  if (open === undefined) return;
  scene.close(open, open.offers > 0 ? "answer-lost" : "withdrawn", null);
  // What that command may have put there is not what was acknowledged before.
  scene.patchAssignment({ sent: null, tries: 0, ...(open.offers > 0 ? { profile: null } : {}) });
}

/** At most one profile command is outstanding for a device. Both kinds may be delivered twice. */
function send(scene: Scene, command: Command, purpose: string, wish: string, again: boolean): void {
  const same = scene.assignment?.sent === wish;
  const tries = same ? (scene.assignment?.tries ?? 0) : 0;
  if (same && (openCommand(scene) !== undefined || !again || tries >= MOST_TRIES)) return;
  withdraw(scene);
  const { requestType } = command;
  const rule = checkCommand(requestType, commandBody(command), scene.target())[0];
  if (rule !== undefined)
    return scene.patchAssignment({ sent: wish, tries: MOST_TRIES, objection: rule.text.slice(0, LONGEST) });
  const uuid = scene.id();
  const bytes = encodeCommand(command, uuid);
  scene.enqueue({ uuid, requestType, bytes, origin: "care", purpose, once: 0 });
  scene.patchAssignment({ sent: wish, tries: tries + 1, ...(same ? {} : { objection: null }) });
  scene.lookAfter(scene.now + PUSH_AGAIN);
  scene.push();
}

/** The command goes out: from now on the device may have the profile. */
export function restrictionsOffered(scene: Scene, row: CommandRow): void {
  if (row.origin === "care" && row.purpose === "restrict") scene.patchAssignment({ held: 1 });
}

/** The device has answered a profile command, which is closed. */
export function restrictionsAnswered(
  scene: Scene,
  { origin, purpose }: Pick<CommandRow, "origin" | "purpose">,
  status: string,
  errorChain: readonly ErrorChainItem[],
): void {
  const row = scene.assignment;
  if (row === undefined || origin !== "care" || !PURPOSES.has(purpose)) return;
  const removing = purpose === "unrestrict";
  if (status === "Acknowledged") {
    if (removing) scene.patchAssignment({ ...NO_PROFILE, objection: null });
    else scene.patchAssignment({ profile: row.sent, tries: 0, objection: null });
  } else {
    const said = errorChain.map((item) => item.usEnglishDescription ?? item.localizedDescription ?? item.code);
    const words = said.filter((one) => one !== undefined).join("; ");
    const objection = `${removing ? "RemoveProfile" : "InstallProfile"}: ${words === "" ? status : words}`;
    // A first profile that it did not take is not there.
    const none = !removing && row.profile === null && row.tries === 1;
    scene.patchAssignment({ objection: objection.slice(0, LONGEST), ...(none ? { held: 0 } : {}) });
  }
  settle(scene);
}

/** What a status report says of the settings declaration. */
export function standingReported(scene: Scene, status: DeclarativeStatus): void {
  const token = settingsToken(scene);
  const listed = status.declarations?.configuration.find(({ identifier }) => identifier === SETTINGS);
  if (scene.assignment !== undefined && token !== undefined && listed?.serverToken === token) {
    const inForce = listed.active && listed.valid === "valid";
    const errors = listed.reasons.filter(({ code }) => reasonClass(code) === "error");
    const words = errors.map(({ code, description }) =>
      description === undefined ? code : `${code} (${description})`,
    );
    const against = listed.valid === "invalid" || errors.length > 0;
    const objection = words.length === 0 ? "the declaration is not valid there" : words.join("; ");
    scene.patchAssignment({
      confirmed: inForce ? token : null,
      objection: inForce || !against ? null : objection.slice(0, LONGEST),
    });
  }
  settle(scene);
}
