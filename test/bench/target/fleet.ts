/** Devices behind a proxy header: what they say, and the commands that are put into their queues. */
import { randomUUID, type X509Certificate } from "node:crypto";
import { writePlist } from "../../../simulator/index.ts";
import { type Connection, openAgain, requestBytes } from "../connection.ts";
import { factsOf } from "../facts.ts";
import type { Reply } from "../reply.ts";
import { udidOf } from "./identities.ts";
import { type Form, Refused, type Side } from "./options.ts";

const CHECKIN = "application/x-apple-aspen-mdm-checkin";
const CONNECT = "application/x-apple-aspen-mdm; charset=UTF-8";
/** What a server asks of a device that has just enrolled, at the most. */
const MOST_OWN = 100;
const AT_ONCE = 16;

export interface FleetDevice {
  readonly udid: string;
  readonly idle: Buffer;
  /** Acknowledged, with results. */
  readonly answer: (uuid: string) => Buffer;
}

/** A connection, and the devices all of whose requests go over it, as over one that a proxy keeps. */
export interface Line {
  readonly connection: Connection;
  readonly devices: readonly FleetDevice[];
}

/** CommandUUIDs in each device's queue, by UDID. */
export type Queued = ReadonlyMap<string, Set<string>>;

export type Fleet = Awaited<ReturnType<typeof openFleet>>;

/** Enrolls a device for each certificate. `facts`: how many a command asks for and an answer holds. */
export async function openFleet(side: Side, certificates: readonly X509Certificate[], facts: number) {
  const connections: Connection[] = [];
  const open = async (place: Side["target"], count: number): Promise<readonly Connection[]> => {
    const opened = await Promise.all(Array.from({ length: count }, () => openAgain(place.peer)));
    connections.push(...opened);
    return opened;
  };
  const close = (): void => {
    for (const connection of connections.splice(0)) connection.close();
  };

  const devices = certificates.map((certificate) => deviceOf(side, certificate, facts));
  try {
    await among(await open(side.target, AT_ONCE), devices, enrol);
  } finally {
    close();
  }

  return {
    devices,
    /** New connections, among which all devices are dealt out. */
    async lines(count: number): Promise<readonly Line[]> {
      const opened = await open(side.target, count);
      return opened.map((connection, n) => ({ connection, devices: devices.filter((_, i) => i % count === n) }));
    },
    /** Puts `each` commands into every queue. */
    async enqueue(each: number): Promise<Queued> {
      const queued = new Map<string, Set<string>>(devices.map(({ udid }) => [udid, new Set()]));
      const opened = await open(side.enqueue ?? side.target, AT_ONCE);
      await among(opened, devices, async (connection, { udid }) => {
        for (let n = 0; n < each; n += 1) {
          const uuid = randomUUID();
          const { status, body } = await connection.send(enqueueRequest(side, udid, uuid, facts));
          if (status < 200 || status > 299) throw new Refused(`--enqueue was answered ${status} ${told(body)}.`);
          queued.get(udid)?.add(uuid);
        }
      });
      for (const connection of opened) connection.close();
      return queued;
    },
    close,
  };
}

type Enrolling = FleetDevice & { readonly checkins: readonly Buffer[] };

function deviceOf(side: Side, certificate: X509Certificate, facts: number): Enrolling {
  const { target, header, form, mdmPath, checkinPath, topic } = side;
  const udid = udidOf(certificate);
  const serial = `B${udid.slice(-11)}`;
  const shown = headerOf(form, certificate);
  const say = (path: string, type: string, message: Record<string, unknown>): Buffer =>
    requestBytes("PUT", path, Buffer.from(writePlist({ UDID: udid, ...message } as never)), {
      host: target.host,
      "content-type": type,
      [header]: shown,
    });
  const answer = (CommandUUID: string): Buffer =>
    say(mdmPath, CONNECT, {
      Status: "Acknowledged",
      CommandUUID,
      QueryResponses: factsOf(udid, serial, facts),
    });
  const form36 = answer(SAMPLE);
  const at = form36.indexOf(SAMPLE);
  const product = { OSVersion: "26.5", BuildVersion: "23F77", ProductName: "iPhone14,2" };
  return {
    udid,
    checkins: [
      { MessageType: "Authenticate", Topic: topic, SerialNumber: serial, ...product },
      { MessageType: "TokenUpdate", Topic: topic, Token: Buffer.alloc(32, 1), PushMagic: udid },
    ].map((message) => say(checkinPath, CHECKIN, message)),
    idle: say(mdmPath, CONNECT, { Status: "Idle" }),
    answer(uuid) {
      // The client must cost little: the answer is written once, and then only told which command it is to.
      if (uuid.length !== SAMPLE.length) return answer(uuid);
      const bytes = Buffer.from(form36);
      bytes.write(uuid, at, "latin1");
      return bytes;
    },
  };
}

const SAMPLE = "00000000-0000-4000-8000-000000000000";

/** Each of `all` once, as many at once as there are connections. */
async function among<T>(
  connections: readonly Connection[],
  all: readonly T[],
  work: (connection: Connection, one: T) => Promise<void>,
): Promise<void> {
  const left = [...all].toReversed();
  await Promise.all(
    connections.map(async (connection) => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) await work(connection, one);
    }),
  );
}

/** And answers what the server asks by itself, and what an earlier run has left. */
async function enrol(connection: Connection, { checkins, idle, answer }: Enrolling): Promise<void> {
  for (const checkin of checkins) {
    const { status, body } = await connection.send(checkin);
    if (status !== 200) throw new Refused(`A check-in was answered ${status} ${told(body)}.`);
  }
  let reply = await connection.send(idle);
  for (let n = 0; n < MOST_OWN; n += 1) {
    if (reply.status !== 200) throw new Refused(`Idle was answered ${reply.status}.`);
    const uuid = commandIn(reply);
    if (uuid === undefined) return;
    reply = await connection.send(answer(uuid));
  }
  throw new Refused(`A queue did not end after ${MOST_OWN} commands: does the server take Acknowledged for an answer?`);
}

const told = (body: Buffer): string => body.toString().slice(0, 200).trim();

/** A certificate as nginx (`$ssl_client_escaped_cert`) or RFC 9440 passes it on. */
export function headerOf(form: Form, certificate: X509Certificate): string {
  return form === "rfc9440" ? `:${certificate.raw.toString("base64")}:` : encodeURIComponent(certificate.toString());
}

/** CommandUUID of the command in a reply; undefined where there is none. */
export function commandIn({ status, body }: Reply): string | undefined {
  if (status !== 200 || body.length === 0) return undefined;
  return /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(body.toString("latin1"))?.[1];
}

function enqueueRequest({ enqueue, authorization }: Side, udid: string, uuid: string, facts: number): Buffer {
  const Command = { RequestType: "DeviceInformation", Queries: Object.keys(factsOf("", "", facts)) };
  const body = Buffer.from(writePlist({ CommandUUID: uuid, Command }));
  return requestBytes(enqueue?.method ?? "PUT", (enqueue?.path ?? "/").replaceAll("{id}", udid), body, {
    host: enqueue?.host ?? "localhost",
    "content-type": "application/x-apple-aspen-mdm",
    ...(authorization === undefined ? {} : { authorization }),
  });
}
