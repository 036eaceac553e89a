/** What a device may ask: check-in and polls. Replies follow the commit. */
import { appleId, type Checkin, isUserChannel, type Report, writeXmlPlist } from "../protocol/index.ts";
import type { Answers } from "./answers.ts";
import {
  authenticate,
  type CheckinSaid,
  checkOut,
  getBootstrapToken,
  otherCheckin,
  setBootstrapToken,
  tokenUpdate,
} from "./exchanges/check-in.ts";
import { poll } from "./exchanges/poll.ts";
import type { Ports } from "./ports.ts";
import type { LastSeen } from "./last-seen.ts";
import { openedCommand } from "./stored-command.ts";

/** 200 with a body (or none), or an empty 403. There is no way to say anything that would unenrol a device. */
export type DeviceAnswer =
  | { readonly status: 200; readonly body: Uint8Array | undefined }
  | { readonly status: 403 }
  | { readonly status: 410 };

export interface DeviceService {
  checkin(fingerprint: string, message: Checkin): Promise<DeviceAnswer>;
  connect(fingerprint: string, report: Report): Promise<DeviceAnswer>;
}

/** As many ids as the longest exchange uses: a step's commands, each with a uuid, and a new enrollment. */
const IDS = 12;
const EMPTY: DeviceAnswer = { status: 200, body: undefined };

export function createDeviceService(ports: Ports, answers: Answers, lastSeen: LastSeen): DeviceService {
  const ids = (): string[] => Array.from({ length: IDS }, () => ports.newId());

  const decided = (said: CheckinSaid, what: string): DeviceAnswer => {
    if (said.kind === "accepted") lastSeen.note(said.enrollmentId, ports.now());
    else ports.log.warn("device-not-admitted", { what, as: said.kind });
    return said.kind === "forbidden" ? { status: 403 } : EMPTY;
  };

  return {
    async checkin(fingerprint, message) {
      const id = appleId(message.who);
      const ask = { fingerprint, appleId: id, now: ports.now(), ids: ids(), kept: message.redacted };
      if (isUserChannel(message.who)) {
        // User channels have no part in OS updates; Apple's answer for "this user is not managed" is 410.
        if (message.messageType === "other" && message.name === "UserAuthenticate") return { status: 410 };
        const name = message.messageType === "other" ? message.name : message.messageType;
        return decided(await ports.devices.run(otherCheckin, { ...ask, messageType: `${name} (user channel)` }), name);
      }
      const seal = (name: string, plain: Uint8Array) => ({ name, sealed: ports.sealer.seal(plain, `${id}/${name}`) });
      switch (message.messageType) {
        case "Authenticate": {
          const says = {
            serial: message.serialNumber ?? null,
            deviceName: message.deviceName ?? null,
            productName: message.productName ?? null,
            modelName: message.modelName ?? null,
            model: message.model ?? null,
            osVersion: message.osVersion ?? null,
            buildVersion: message.buildVersion ?? null,
            topic: message.topic,
          };
          const enrollmentKind = message.who.udid === undefined ? "user" : "device";
          return decided(await ports.devices.run(authenticate, { ...ask, says, enrollmentKind }), "Authenticate");
        }
        case "TokenUpdate": {
          const secrets = [
            seal("PushToken", message.token),
            seal("PushMagic", Buffer.from(message.pushMagic, "utf8")),
            ...(message.unlockToken === undefined ? [] : [seal("UnlockToken", message.unlockToken)]),
          ];
          const awaitingConfiguration = message.awaitingConfiguration ?? null;
          return decided(
            await ports.devices.run(tokenUpdate, { ...ask, topic: message.topic, awaitingConfiguration, secrets }),
            "TokenUpdate",
          );
        }
        case "CheckOut":
          return decided(await ports.devices.run(checkOut, ask), "CheckOut");
        case "SetBootstrapToken": {
          const token = message.bootstrapToken;
          const sealed = token === undefined || token.length === 0 ? null : seal("BootstrapToken", token).sealed;
          return decided(await ports.devices.run(setBootstrapToken, { ...ask, sealed }), "SetBootstrapToken");
        }
        case "GetBootstrapToken": {
          const said = await ports.devices.run(getBootstrapToken, ask);
          if (said.kind !== "accepted") return decided(said, "GetBootstrapToken");
          lastSeen.note(said.enrollmentId, ports.now());
          // None stored is not an error: the key is simply absent.
          const reply = new Map(
            said.sealed === null
              ? []
              : [["BootstrapToken", ports.sealer.open(said.sealed, `${id}/BootstrapToken`)] as const],
          );
          return { status: 200, body: writeXmlPlist(reply) };
        }
        case "other":
          return decided(await ports.devices.run(otherCheckin, { ...ask, messageType: message.name }), message.name);
      }
    },

    async connect(fingerprint, report) {
      if (isUserChannel(report.who)) return EMPTY;
      const said = await ports.devices.run(poll, {
        fingerprint,
        appleId: appleId(report.who),
        now: ports.now(),
        ids: ids(),
        report: {
          status: typeof report.status === "string" ? report.status : report.status.unknown,
          commandUuid: report.commandUuid ?? null,
          body: report.body,
          errorChain: report.errorChain,
          kept: report.redacted,
        },
      });
      if (said.kind === "forbidden" || said.kind === "quarantined") return decided(said, "poll");
      lastSeen.note(said.enrollmentId, ports.now());
      if (said.closed !== null) answers.tell(said.enrollmentId, said.closed);
      if (said.kind !== "command") return EMPTY;
      return { status: 200, body: openedCommand(said.bytes, appleId(report.who), ports.sealer) };
    },
  };
}
