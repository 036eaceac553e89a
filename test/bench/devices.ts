/** The bench's devices: enrolled over SCEP and mutual TLS like any, driven by prepared requests afterwards. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  beginTransaction,
  createTransport,
  type DeviceIdentity,
  type PlistDict,
  readProfile,
  requestIdentity,
  scaledClock,
  writePlist,
} from "../../simulator/index.ts";
import type { PatientClient } from "../fleet/patient-client.ts";
import { openConnection, putRequest } from "./connection.ts";
import { FACTS } from "./facts.ts";

export interface BenchDevice {
  readonly udid: string;
  readonly identity: DeviceIdentity;
}

export interface BenchFleet {
  readonly devices: readonly BenchDevice[];
  /** Root of the server's certificate, PEM. */
  readonly ca: string;
  /** Puts `each` raw commands into every queue; gives what each device says to answer them all: Idle first. */
  queue(
    client: PatientClient,
    devices: readonly BenchDevice[],
    each: number,
    request: (device: BenchDevice, body: Buffer) => Buffer,
  ): Promise<Buffer[][]>;
}

const CHECKIN = { "content-type": "application/x-apple-aspen-mdm-checkin" };
const AT_ONCE = 16;

/** `facts`: what the devices answer to DeviceInformation; nothing where they are left out. */
export async function benchFleet(profileBytes: Buffer, count: number, facts?: PlistDict): Promise<BenchFleet> {
  const profile = readProfile(profileBytes);
  const ca = profile.roots[0] ?? "";
  const port = Number(new URL(profile.mdm.serverUrl).port);
  const realTime = scaledClock({ start: 0, factor: 1 });
  const transport = createTransport(realTime, new AbortController().signal);
  transport.trust(profile.roots);

  async function enrol(): Promise<BenchDevice> {
    const transaction = await beginTransaction(profile.scep, realTime);
    const identity = await requestIdentity({ payload: profile.scep, transaction, transport, old: false });
    const device = { udid: randomUUID().toUpperCase(), identity };
    const result = { Topic: profile.mdm.topic, UDID: device.udid };
    const { OSVersion, BuildVersion, ProductName } = FACTS;
    const product = { OSVersion, BuildVersion, ProductName, SerialNumber: facts?.["SerialNumber"] };
    const messages = [
      { MessageType: "Authenticate", ...result, ...product },
      { MessageType: "TokenUpdate", ...result, Token: Buffer.alloc(32, 1), PushMagic: device.udid },
    ];
    const connection = await openConnection({ port, ca, identity: { cert: identity.certificate, key: identity.key } });
    for (const message of messages) {
      const { status } = await connection.send(putRequest(Buffer.from(writePlist(message)), CHECKIN));
      if (status !== 200) throw new Error(`${message.MessageType} was answered ${status}`);
    }
    // The server's own questions: answered with as little as counts, or as asked.
    let reply = await connection.send(report(device, { Status: "Idle" }));
    while (reply.body.length > 0) {
      const asked = reply.body.toString();
      const CommandUUID = /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(asked)?.[1] ?? "";
      const answer =
        asked.includes("<string>DeviceInformation<") && facts !== undefined ? { QueryResponses: facts } : {};
      reply = await connection.send(report(device, { Status: "Acknowledged", CommandUUID, ...answer }));
    }
    connection.close();
    return device;
  }

  const devices: BenchDevice[] = [];
  while (devices.length < count) {
    const wave = Math.min(AT_ONCE, count - devices.length);
    devices.push(...(await Promise.all(Array.from({ length: wave }, enrol))));
  }
  transport.disconnect();
  return { devices, ca, queue };
}

const report = ({ udid }: BenchDevice, result: PlistDict): Buffer =>
  putRequest(Buffer.from(writePlist({ UDID: udid, ...result })), {
    "content-type": "application/x-apple-aspen-mdm",
  });

async function queue(
  client: PatientClient,
  devices: readonly BenchDevice[],
  each: number,
  request: (device: BenchDevice, body: Buffer) => Buffer,
): Promise<Buffer[][]> {
  const queues: Buffer[][] = [];
  for (const device of devices) {
    const uuids = Array.from({ length: each }, () => randomUUID());
    await Promise.all(
      uuids.map((uuid) => {
        const Command = { RequestType: "DeviceInformation", Queries: ["OSVersion", "BuildVersion"] };
        const body = writePlist({ CommandUUID: uuid, Command }).toString();
        return client.once("PUT", `/mdm?device=${device.udid}&wait=0`, body, "application/x-apple-aspen-mdm");
      }),
    );
    const answers = uuids.map((CommandUUID) =>
      writePlist({
        UDID: device.udid,
        Status: "Acknowledged",
        CommandUUID,
        QueryResponses: { OSVersion: "26.5", BuildVersion: "23F77" },
      }),
    );
    const bodies = [writePlist({ UDID: device.udid, Status: "Idle" }), ...answers];
    queues.push(bodies.map((body) => request(device, Buffer.from(body))));
  }
  return queues;
}

/** Brings the table of enrollments to `total` rows by copies of one that never speak. The server must not run. */
export function seedEnrollments(directory: string, total: number): void {
  const db = new DatabaseSync(join(directory, "uptick.sqlite"));
  const columns = db
    .prepare("SELECT name FROM pragma_table_info('enrollment')")
    .all()
    .map(({ name }) => String(name));
  const own: Readonly<Record<string, string>> = {
    id: "'seeded-' || n",
    apple_id: "'SEEDED-' || n",
    certificate: "NULL",
    serial: "'S' || n",
    due_at: "NULL",
  };
  const { rows } = db.prepare("SELECT count(*) AS rows FROM enrollment").get() as { rows: number };
  db.prepare(
    `WITH RECURSIVE counter (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM counter WHERE n < ?)
     INSERT INTO enrollment (${columns.join(", ")})
     SELECT ${columns.map((column) => own[column] ?? column).join(", ")}
     FROM counter, (SELECT * FROM enrollment LIMIT 1)`,
  ).run(rows + 1, total);
  db.close();
}
