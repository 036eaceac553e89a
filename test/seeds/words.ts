/** What passes between a device and the server, read from the bytes. */
import type { DeviceReply } from "../../src/http/device/index.ts";

const value = (text: string, key: string): string | undefined =>
  new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(text)?.[1];

/** What a device says to the command `uuid`. */
export interface DeviceAnswer {
  readonly udid: string;
  readonly uuid: string;
  readonly status: string;
}

/** The answer to a command in a request; undefined where it is none. */
export function answerIn(body: Uint8Array): DeviceAnswer | undefined {
  const text = Buffer.from(body).toString("utf8");
  const [uuid, status] = [value(text, "CommandUUID"), value(text, "Status")];
  const udid = value(text, "UDID") ?? value(text, "EnrollmentID");
  return uuid === undefined || status === undefined || udid === undefined ? undefined : { udid, uuid, status };
}

/** A request and its reply in a line. */
export function requestWords(body: Uint8Array, reply: DeviceReply): string {
  const text = Buffer.from(body).toString("utf8");
  const who = value(text, "UDID") ?? value(text, "EnrollmentID") ?? "?";
  const endpoint = value(text, "Endpoint");
  const asks = value(text, "MessageType") ?? value(text, "Status") ?? "?";
  const uuid = value(text, "CommandUUID");
  const said = Buffer.from(reply.body ?? []).toString("utf8");
  const command = value(said, "RequestType");
  const order = value(said, "InstallAction");
  const what = [asks, endpoint, uuid].filter((word) => word !== undefined).join(" ");
  const back = [String(reply.status), command, order, command && value(said, "CommandUUID")].filter(
    (word) => word !== undefined,
  );
  return `${who.slice(0, 8)}: ${what} → ${back.join(" ")}`;
}
