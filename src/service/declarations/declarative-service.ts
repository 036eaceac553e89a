/** What a device asks and reports by declarative management. */
import { UptickError } from "../../errors/index.ts";
import { type DeclarativeManagement, parseEndpoint } from "../../protocol/index.ts";
import { type DeviceAnswer, refusal } from "../check-in/device-answer.ts";
import type { NotAdmitted } from "../enrollment/admit.ts";
import type { Caller } from "../enrollment/caller.ts";
import { fetchDeclaration, syncItems, type SyncResult, syncTokens } from "./sync.ts";
import { reportStatus } from "./status.ts";
import type { LastSeen } from "../check-in/last-seen.ts";
import { ownBytes } from "../own-bytes.ts";
import type { Ports } from "../ports.ts";

export interface DeclarativeService {
  /** @throws UptickError `message-invalid` for an endpoint that does not exist */
  answer(caller: Caller, message: DeclarativeManagement): Promise<DeviceAnswer>;
}

export function createDeclarativeService(ports: Ports, lastSeen: LastSeen): DeclarativeService {
  function waits(result: NotAdmitted, { appleId: udid, shown }: Caller, what: string): void {
    ports.log.warn("device-not-admitted", { what, as: result.kind, udid, fingerprint: shown.fingerprint });
  }

  function answerOf(result: SyncResult, caller: Caller, endpoint: string): DeviceAnswer {
    if (result.kind === "forbidden") return refusal(result, caller.appleId);
    if (result.kind === "quarantined" || result.kind === "pending") {
      waits(result, caller, endpoint);
      // An empty list would take every declaration from a device that waits for the admin, and no body is no answer to it.
      return { status: 503 };
    }
    lastSeen.note(result.enrollmentId, ports.now());
    if (result.kind === "json") return { status: 200, body: Buffer.from(result.text), json: true };
    if (result.kind === "withdrawn") return { status: 404 };
    ports.log.warn("declaration-unknown", { endpoint });
    return { status: 503 };
  }

  return {
    async answer(caller, message) {
      const asked = parseEndpoint(message.endpoint);
      if ("problem" in asked) throw new UptickError("message-invalid", asked.problem);
      const what = asked.endpoint;
      switch (what) {
        case "tokens":
          return answerOf(await ports.devices.run(syncTokens, caller), caller, what);
        case "declaration-items":
          return answerOf(await ports.devices.run(syncItems, caller), caller, what);
        case "declaration": {
          const { kind, identifier } = asked;
          return answerOf(
            await ports.devices.run(fetchDeclaration, { ...caller, kind, identifier }),
            caller,
            message.endpoint,
          );
        }
        case "status": {
          const data = ownBytes(message.data ?? new Uint8Array());
          const { der: _at, ...shown } = caller.shown;
          let result = await ports.devices.run(reportStatus, { ...caller, shown, data });
          if (result.kind === "wanting") result = await ports.devices.run(reportStatus, { ...caller, data });
          if (result.kind === "wanting") throw new Error("a certificate that was handed over is still wanted");
          if (result.kind === "forbidden") return refusal(result, caller.appleId);
          if (result.kind === "accepted") lastSeen.note(result.enrollmentId, ports.now());
          else waits(result, caller, what);
          return { status: 200, body: undefined };
        }
      }
    },
  };
}
