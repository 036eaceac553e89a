/** The raw command API: an admin's own commands, sent as they are, and what becomes of them. */
import { UptickError } from "../../errors/index.ts";
import { checkCommand, type CommandTarget, type DecodedCommand, decodeCommand } from "../../protocol/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import type { Answers } from "./answers.ts";
import { dangerOf } from "./dangerous.ts";
import { MOST_UUID } from "./poll.ts";
import { enqueueRaw, withdrawRaw } from "./raw.ts";
import { targetOf } from "../enrollment/device-facts.ts";
import { bytesOf } from "../devices/kept-bytes.ts";
import type { Ports } from "../ports.ts";
import type { CommandState, RawOutcome } from "./raw-outcome.ts";
import type { Selector } from "../plans/selector.ts";
import { openedCommand, storedCommand } from "../enrollment/stored-command.ts";

/** `ref`: our id, UDID/EnrollmentID, serial or unique name. All throw `device-unknown`, `device-ambiguous`. */
export interface CommandAdmin {
  /**
   * A complete command property list, sent as it is. Same bytes again give the same command's outcome; other bytes under a
   * used CommandUUID are `command-conflict`. `waitMs`: how long the device's answer is waited for; `allow`: its RequestType,
   * where it needs to be meant. Throws `command-invalid`, `command-not-allowed`, `command-dangerous`, `update-outstanding`.
   */
  send(
    actor: Actor,
    ref: string,
    bytes: Uint8Array,
    how: { readonly waitMs: number; readonly allow: string | undefined },
  ): Promise<RawOutcome>;
  /** Throws `command-unknown`, `raw-not-kept`. */
  show(ref: string, commandUuid: string): Promise<CommandState>;
  /**
   * Takes a command of the raw command API out of the queue, and gives its outcome, now or before. One that was delivered
   * ends as `answer-lost`: it may be carried out. Throws `command-unknown`, `command-not-raw`.
   */
  withdraw(actor: Actor, ref: string, commandUuid: string): Promise<CommandState>;
}

/** Commands that only ask, or whose repetition changes nothing: these may be delivered again after a lost answer. */
const HARMLESS: ReadonlySet<string> = new Set([
  "DeviceInformation",
  "SecurityInfo",
  "ProfileList",
  "CertificateList",
  "InstalledApplicationList",
  "ProvisioningProfileList",
  "Restrictions",
  "UserList",
  "AvailableOSUpdates",
  "OSUpdateStatus",
  "ScheduleOSUpdateScan",
  "DeviceConfigured",
  "DeclarativeManagement",
]);

/** `profileIdentifier`: of our enrollment profile, which a command must not take away by mistake. */
export function createCommandAdmin(
  ports: Ports,
  select: Selector,
  answers: Answers,
  profileIdentifier: string,
): CommandAdmin {
  const { admin } = ports;

  async function stateOf(enrollment: EnrollmentRow, uuid: string): Promise<CommandState> {
    const { open, closed } = await admin.command(enrollment.id, uuid);
    if (open !== undefined) {
      const { state, requestType, createdBy, once } = open;
      return { kind: "pending", commandUuid: uuid, state, resent: once === 0, requestType, createdBy };
    }
    if (closed === undefined) throw new UptickError("command-unknown", `The device has no command ${uuid}.`);
    const { requestType, answer, outcome, createdBy } = closed;
    if (answer === null) return { kind: "closed", commandUuid: uuid, outcome, requestType, createdBy };
    const bytes = await bytesOf(admin, enrollment.id, answer);
    return { kind: "answered", commandUuid: uuid, status: outcome, answer: bytes, requestType, createdBy };
  }

  /** `queued`: the outcome of a command that this request has queued; undefined: it was there before. */
  async function waitFor(
    enrollment: EnrollmentRow,
    uuid: string,
    waitMs: number,
    queued: RawOutcome | undefined,
  ): Promise<RawOutcome> {
    const deadline = ports.realNow() + waitMs;
    let state = queued ?? outcomeOf(await stateOf(enrollment, uuid));
    for (;;) {
      const left = deadline - ports.realNow();
      if (state.kind !== "pending" || left <= 0 || answers.ended) return state;
      // Another process of this server may take the answer: look for it every second as well.
      await answers.wait(enrollment.id, uuid, Math.min(left, 1000));
      state = outcomeOf(await stateOf(enrollment, uuid));
    }
  }

  /** Whether the command was accepted before: what the device has become since does not forbid it, it is only asked after. */
  async function isKnown(enrollment: EnrollmentRow, uuid: string): Promise<boolean> {
    const { open, closed } = await admin.command(enrollment.id, uuid);
    return open !== undefined || closed !== undefined;
  }

  /** Why it is not sent; undefined: nothing stands against it. */
  function refusalOf(
    { requestType, body }: DecodedCommand,
    target: CommandTarget,
    allow: string | undefined,
  ): UptickError | undefined {
    const rules = checkCommand(requestType, body, target);
    if (rules.length > 0) {
      const text = rules.map((rule) => `${rule.key}: ${rule.text} (${rule.source})`).join("; ");
      return new UptickError("command-not-allowed", text);
    }
    const danger = dangerOf(requestType, body, profileIdentifier);
    if (danger === undefined || allow === requestType) return undefined;
    return new UptickError("command-dangerous", `${requestType} ${danger}.`);
  }

  return {
    async send(actor, ref, bytes, { waitMs, allow }) {
      const decoded = decodeCommand(bytes);
      if (decoded.commandUuid.length > MOST_UUID)
        throw new UptickError("command-invalid", `The CommandUUID is longer than ${MOST_UUID} characters.`);
      const enrollment = await select.one(ref, actor);
      const { commandUuid: uuid, requestType } = decoded;
      const refusal = refusalOf(decoded, targetOf(enrollment), allow);
      if (refusal !== undefined && !(await isKnown(enrollment, uuid))) throw refusal;
      const once = requestType === "ScheduleOSUpdate" ? !onlyDownloads(decoded) : !HARMLESS.has(requestType);
      const result = await actor.run(enqueueRaw, {
        enrollmentId: enrollment.id,
        uuid,
        requestType,
        ...storedCommand(bytes, enrollment.appleId, ports.sealer, decoded.message),
        once,
        by: actor.name,
        firstId: ports.newId(),
        now: ports.now(),
      });
      if (result.kind === "no-device")
        throw new UptickError("device-unknown", "The device is not enrolled, so it can't be sent anything.");
      if (result.kind === "used" && !sameBytes(openedCommand(result.bytes, enrollment.appleId, ports.sealer), bytes))
        throw new UptickError("command-conflict", `The CommandUUID ${uuid} was used with other bytes.`);
      if (result.kind === "busy") {
        const whose = result.planId === "" ? "" : ` of plan ${result.planId}`;
        throw new UptickError("update-outstanding", `The update command ${result.uuid}${whose} is outstanding.`);
      }
      if (result.kind === "halted")
        throw new UptickError("halted", `All plans are halted (${result.reason}): no update command is sent.`);
      if (result.kind === "declared") {
        const whose = result.planId === "" ? "a plan that has ended" : `plan ${result.planId}`;
        throw new UptickError(
          "update-outstanding",
          `The declaration of ${whose} manages the device's updates: it would ignore the command.`,
        );
      }
      const queued = { kind: "pending", commandUuid: uuid, state: "queued", resent: !once } as const;
      return waitFor(enrollment, uuid, waitMs, result.kind === "queued" ? queued : undefined);
    },
    async show(ref, commandUuid) {
      return stateOf(await select.one(ref), commandUuid);
    },
    async withdraw(actor, ref, uuid) {
      const enrollment = await select.one(ref, actor);
      const input = { enrollmentId: enrollment.id, uuid, firstId: ports.newId(), now: ports.now() };
      if ((await actor.run(withdrawRaw, input)) === "not-raw")
        throw new UptickError("command-not-raw", `${uuid} is not a command that an admin has sent.`);
      return stateOf(enrollment, uuid);
    },
  };
}

function outcomeOf({ requestType: _type, createdBy: _by, ...outcome }: CommandState): RawOutcome {
  return outcome;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function onlyDownloads(decoded: DecodedCommand): boolean {
  const { command } = decoded;
  if (command?.requestType !== "ScheduleOSUpdate") return false;
  return command.updates.every(
    ({ installAction }) => installAction === "DownloadOnly" || installAction === "NotifyOnly",
  );
}
