/** What a device may ask: check-in and polls. Replies follow the commit. */
import type { UptickError } from "../../errors/index.ts";
import { appleId, type Checkin, isUserChannel, redactReport, writeXmlPlist } from "../../protocol/index.ts";
import type { Answers } from "../commands/answers.ts";
import { createDeclarativeService } from "../declarations/declarative-service.ts";
import { type DeviceAnswer, refusal } from "./device-answer.ts";
import { authenticate } from "./authenticate.ts";
import { getBootstrapToken, setBootstrapToken } from "./bootstrap-token.ts";
import { checkOut } from "./check-out.ts";
import type { CheckinResult } from "./message.ts";
import { otherCheckin } from "./other.ts";
import { tokenUpdate } from "./token-update.ts";
import type { Presented } from "../enrollment/caller.ts";
import { poll } from "../commands/poll.ts";
import { answerUnreadable } from "../commands/unreadable.ts";
import type { Ports } from "../ports.ts";
import { ownBytes } from "../own-bytes.ts";
import type { LastSeen } from "./last-seen.ts";
import { openedCommand } from "../enrollment/stored-command.ts";

export interface DeviceService {
  checkin(shown: Presented, message: Checkin): Promise<DeviceAnswer>;
  /** An answer that can't be read: true when it is kept now and has ended its command, so that the device may forget it. */
  unreadable(fingerprint: string, answer: UnreadableAnswer): Promise<boolean>;
  /**
   * An answer that is larger than is ever read, of which only the sender is known: true when it has come so often that the
   * command is taken for answered and the device may forget it.
   */
  endless(fingerprint: string, error: UptickError): Promise<boolean>;
  /** `message` is a report as it came. Throws what `decodeReport` throws. */
  connect(shown: Presented, message: Uint8Array): Promise<DeviceAnswer>;
}

export interface UnreadableAnswer {
  /** As far as it can be seen. */
  readonly commandUuid: string | undefined;
  readonly error: UptickError;
  /** The answer or its beginning, as it came. */
  readonly bytes: Uint8Array;
}

/** How often what may be a broken transfer has to come before it is taken for the device's answer. */
const TIMES = 3;
const MOST_COUNTED = 10_000;

/** What a device calls itself stands in every list: it is no longer than a name is. */
const MOST_TEXT = 1000;
const clipped = (text: string | undefined): string | null => text?.slice(0, MOST_TEXT) ?? null;

/** Who has sent a message: what it showed, and what it calls itself. */
interface Sender {
  readonly shown: Pick<Presented, "fingerprint">;
  readonly appleId: string;
}

const EMPTY: DeviceAnswer = { status: 200, body: undefined };

export function createDeviceService(ports: Ports, answers: Answers, lastSeen: LastSeen): DeviceService {
  /** How often each broken answer has come, by certificate and command. */
  const times = new Map<string, number>();

  const decided = (result: CheckinResult, { shown, appleId: udid }: Sender, what: string): DeviceAnswer => {
    if (result.kind === "forbidden") return refusal(result, udid);
    if (result.kind === "accepted") lastSeen.note(result.enrollmentId, ports.now());
    else ports.log.warn("device-not-admitted", { what, as: result.kind, udid, fingerprint: shown.fingerprint });
    return EMPTY;
  };

  const declarative = createDeclarativeService(ports, lastSeen);

  /** Counts; true at the third time. */
  function often(key: string): boolean {
    const before = times.get(key) ?? 0;
    if (times.size >= MOST_COUNTED) times.clear();
    times.set(key, before + 1);
    return before + 1 >= TIMES;
  }

  async function end(fingerprint: string, answer: UnreadableAnswer): Promise<boolean> {
    const { code, message } = answer.error;
    const input = {
      fingerprint,
      commandUuid: answer.commandUuid ?? null,
      code,
      message,
      kept: redactReport(answer.bytes),
      firstId: ports.newId(),
      now: ports.now(),
    };
    const result = await ports.devices.run(answerUnreadable, input);
    if (result.kind === "closed") {
      answers.tell(result.enrollmentId, result.uuid);
      lastSeen.note(result.enrollmentId, ports.now());
    }
    return result.kind !== "unknown";
  }

  return {
    async checkin(shown, message) {
      const id = appleId(message.who);
      const input = { shown, appleId: id, now: ports.now(), firstId: ports.newId(), kept: message.redacted };
      if (isUserChannel(message.who)) {
        // User channels have no part in OS updates; Apple's answer for "this user is not managed" is 410.
        if (message.messageType === "other" && message.name === "UserAuthenticate") return { status: 410 };
        const name = message.messageType === "other" ? message.name : message.messageType;
        return decided(
          await ports.devices.run(otherCheckin, { ...input, messageType: `${name} (user channel)` }),
          input,
          name,
        );
      }
      const seal = (name: string, plain: Uint8Array) => ({ name, sealed: ports.sealer.seal(plain, `${id}/${name}`) });
      switch (message.messageType) {
        case "Authenticate": {
          const says = {
            serial: clipped(message.serialNumber),
            deviceName: clipped(message.deviceName),
            productName: clipped(message.productName),
            modelName: clipped(message.modelName),
            model: clipped(message.model),
            osVersion: clipped(message.osVersion),
            buildVersion: clipped(message.buildVersion),
            topic: message.topic,
          };
          const enrollmentKind = message.who.udid === undefined ? "user" : "device";
          return decided(
            await ports.devices.run(authenticate, { ...input, says, enrollmentKind }),
            input,
            "Authenticate",
          );
        }
        case "TokenUpdate": {
          const secrets = [
            seal("PushToken", message.token),
            seal("PushMagic", Buffer.from(message.pushMagic, "utf8")),
            ...(message.unlockToken === undefined ? [] : [seal("UnlockToken", message.unlockToken)]),
          ];
          const awaitingConfiguration = message.awaitingConfiguration ?? null;
          return decided(
            await ports.devices.run(tokenUpdate, { ...input, topic: message.topic, awaitingConfiguration, secrets }),
            input,
            "TokenUpdate",
          );
        }
        case "CheckOut":
          return decided(await ports.devices.run(checkOut, input), input, "CheckOut");
        case "SetBootstrapToken": {
          const token = message.bootstrapToken;
          const sealed = token === undefined || token.length === 0 ? null : seal("BootstrapToken", token).sealed;
          return decided(await ports.devices.run(setBootstrapToken, { ...input, sealed }), input, "SetBootstrapToken");
        }
        case "GetBootstrapToken": {
          const result = await ports.devices.run(getBootstrapToken, input);
          if (result.kind !== "accepted") return decided(result, input, "GetBootstrapToken");
          lastSeen.note(result.enrollmentId, ports.now());
          // None stored is not an error: the key is simply absent.
          const reply = new Map(
            result.sealed === null
              ? []
              : [["BootstrapToken", ports.sealer.open(result.sealed, `${id}/BootstrapToken`)] as const],
          );
          return { status: 200, body: writeXmlPlist(reply) };
        }
        case "DeclarativeManagement":
          return declarative.answer({ shown, appleId: id, now: input.now, firstId: input.firstId }, message);
        case "other":
          return decided(
            await ports.devices.run(otherCheckin, { ...input, messageType: message.name }),
            input,
            message.name,
          );
      }
    },

    async connect(shown, message) {
      const input = { message: ownBytes(message), now: ports.now(), firstId: ports.newId() };
      const { der, ...known } = shown;
      let result = await ports.devices.run(poll, { ...input, shown: known });
      if (result.kind === "not-admitted" && result.wanting)
        result = await ports.devices.run(poll, { ...input, shown: { ...known, der } });
      // It has got past what it could not say.
      if (times.size > 0) times.delete(shown.fingerprint);
      if (result.kind === "user-channel") return EMPTY;
      if (result.kind === "not-admitted") return decided(result.result, { shown, appleId: result.appleId }, "poll");
      lastSeen.note(result.enrollmentId, input.now);
      if (result.closed !== null) answers.tell(result.enrollmentId, result.closed);
      if (result.kind !== "command") return EMPTY;
      return { status: 200, body: openedCommand(result.bytes, result.appleId, ports.sealer) };
    },

    async unreadable(fingerprint, answer) {
      const { commandUuid, error } = answer;
      if (commandUuid === undefined) return false;
      // What is not well formed may have been cut off on its way: the device gets the chance to say it whole.
      if (error.code === "plist-invalid" && !often(`${fingerprint}\n${commandUuid}`)) return false;
      return end(fingerprint, answer);
    },

    async endless(fingerprint, error) {
      if (!often(fingerprint)) return false;
      return end(fingerprint, { commandUuid: undefined, error, bytes: new Uint8Array() });
    },
  };
}
