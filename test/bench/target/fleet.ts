/** Devices behind a proxy header: what they say, and the commands that are put into their queues. */
import { randomUUID, type X509Certificate } from "node:crypto";
import { writePlist } from "../../../simulator/index.ts";
import { type Connection, openAgain, requestBytes } from "../connection.ts";
import type { Reply } from "../reply.ts";
import { udidOf } from "./identities.ts";
import { type Form, Refused, type TargetOptions } from "./options.ts";

const CHECKIN = "application/x-apple-aspen-mdm-checkin";
const CONNECT = "application/x-apple-aspen-mdm; charset=UTF-8";
/** What a server asks of a device that has just enrolled, at the most. */
const MOST_OWN = 100;
const AT_ONCE = 16;

export interface TargetDevice {
  readonly udid: string;
  readonly connection: Connection;
  readonly idle: Buffer;
  /** Acknowledged, with results. */
  answer(uuid: string): Buffer;
}

export type Fleet = Awaited<ReturnType<typeof openFleet>>;

export async function openFleet(options: TargetOptions, certificates: readonly X509Certificate[]) {
  const { target, header, form } = options;

  async function open(certificate: X509Certificate): Promise<TargetDevice> {
    const udid = udidOf(certificate);
    const shown = headerOf(form, certificate);
    const connection = await openAgain(target.peer);
    const say = (path: string, type: string, message: Record<string, unknown>): Buffer =>
      requestBytes("PUT", path, Buffer.from(writePlist({ UDID: udid, ...message } as never)), {
        host: target.host,
        "content-type": type,
        [header]: shown,
      });
    const { mdmPath, checkinPath, topic } = options;
    const product = { OSVersion: "26.5", BuildVersion: "23F77", ProductName: "iPhone14,2" };
    const messages = [
      { MessageType: "Authenticate", Topic: topic, SerialNumber: `B${udid.slice(-11)}`, ...product },
      { MessageType: "TokenUpdate", Topic: topic, Token: Buffer.alloc(32, 1), PushMagic: udid },
    ];
    for (const message of messages) {
      const { status, body } = await connection.send(say(checkinPath, CHECKIN, message));
      if (status !== 200)
        throw new Refused(`${message.MessageType} was answered ${status} ${body.toString().slice(0, 200).trim()}.`);
    }
    const results = { QueryResponses: { OSVersion: "26.5", BuildVersion: "23F77" } };
    const device: TargetDevice = {
      udid,
      connection,
      idle: say(mdmPath, CONNECT, { Status: "Idle" }),
      answer: (CommandUUID) => say(mdmPath, CONNECT, { Status: "Acknowledged", CommandUUID, ...results }),
    };
    await empty(device);
    return device;
  }

  const devices: TargetDevice[] = [];
  while (devices.length < certificates.length) {
    const wave = certificates.slice(devices.length, devices.length + AT_ONCE);
    devices.push(...(await Promise.all(wave.map(open))));
  }
  const places = options.enqueue === undefined ? [] : Array.from({ length: AT_ONCE }, () => options.enqueue);
  const enqueuers = await Promise.all(places.map((place) => openAgain((place ?? target).peer)));

  /** Puts `each` commands into every queue; gives their CommandUUIDs. */
  async function enqueue(some: readonly TargetDevice[], each: number): Promise<Set<string>> {
    const uuids = new Set<string>();
    const left = some.flatMap(({ udid }) => Array.from({ length: each }, () => udid));
    await Promise.all(
      enqueuers.map(async (connection) => {
        for (let udid = left.pop(); udid !== undefined; udid = left.pop()) {
          const uuid = randomUUID();
          uuids.add(uuid);
          const { status, body } = await connection.send(enqueueRequest(options, udid, uuid));
          if (status < 200 || status > 299)
            throw new Refused(`--enqueue was answered ${status} ${body.toString().slice(0, 200).trim()}.`);
        }
      }),
    );
    return uuids;
  }

  return {
    devices,
    enqueue,
    close() {
      for (const { connection } of devices) connection.close();
      for (const connection of enqueuers) connection.close();
    },
  };
}

/** A certificate as nginx (`$ssl_client_escaped_cert`) or RFC 9440 passes it on. */
export function headerOf(form: Form, certificate: X509Certificate): string {
  return form === "rfc9440" ? `:${certificate.raw.toString("base64")}:` : encodeURIComponent(certificate.toString());
}

/** CommandUUID of the command in a reply; undefined where there is none. */
export function commandIn({ status, body }: Reply): string | undefined {
  if (status !== 200 || body.length === 0) return undefined;
  return /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(body.toString())?.[1];
}

/** What the server asks by itself, and what an earlier run has left: answered. */
async function empty({ connection, idle, ...device }: TargetDevice): Promise<void> {
  let reply = await connection.send(idle);
  for (let n = 0; n < MOST_OWN; n += 1) {
    if (reply.status !== 200) throw new Refused(`Idle was answered ${reply.status}.`);
    const uuid = commandIn(reply);
    if (uuid === undefined) return;
    reply = await connection.send(device.answer(uuid));
  }
  throw new Refused(`A queue did not end after ${MOST_OWN} commands: does the server take Acknowledged for an answer?`);
}

function enqueueRequest({ enqueue, authorization }: TargetOptions, udid: string, uuid: string): Buffer {
  const Command = { RequestType: "DeviceInformation", Queries: ["OSVersion", "BuildVersion"] };
  const body = Buffer.from(writePlist({ CommandUUID: uuid, Command }));
  return requestBytes(enqueue?.method ?? "PUT", (enqueue?.path ?? "/").replaceAll("{id}", udid), body, {
    host: enqueue?.host ?? "localhost",
    "content-type": "application/x-apple-aspen-mdm",
    ...(authorization === undefined ? {} : { authorization }),
  });
}
