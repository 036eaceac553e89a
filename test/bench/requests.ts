/**
 * Idle polls and requests inside full rounds, in all three ways of proving an identity, beside a bare node:https server; and
 * Idle polls among ever more enrolled devices.
 */
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pushCertificate, writePlist } from "../../simulator/index.ts";
import { childServer } from "../fleet/child-server.ts";
import { patientClient } from "../fleet/patient-client.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import { type BareServer, bareServer } from "./bare-server.ts";
import { type Connection, openConnection, putRequest } from "./connection.ts";
import { benchFleet, type BenchDevice, seedEnrollments } from "./devices.ts";
import { take, together } from "./load.ts";
import type { BenchOptions, Proof } from "./options.ts";
import { memoryMib } from "./process.ts";
import { say, sayMeasured } from "./table.ts";
import { detachedSignature } from "../support/device.ts";

/** Idle polls of each connection in one measurement. */
const IDLES = 60;
/** Said before anything is measured: a server that has just started is still being compiled. */
const WARM_IDLES = 40;
const WARM_PASSES = 3;
/** Commands in a device's queue when a round begins, and how many rounds. */
const COMMANDS = 2;
const PASSES = 8;
/** Connections that poll among ever more enrolled devices. */
const OF_ENROLLED = 64;
const CONNECT = { "content-type": "application/x-apple-aspen-mdm; charset=UTF-8" };

/** The parts "requests" and "enrolled", on one server; it is started anew for each way of proving an identity. */
export async function benchRequests({ connections: counts, proofs, parts }: BenchOptions): Promise<void> {
  const most = Math.max(...counts, OF_ENROLLED);
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const data = join(folder, "data");

  const [port, proxyPort, webPort] = [
    await reserveLoopbackPort(),
    await reserveLoopbackPort(),
    await reserveLoopbackPort(),
  ];
  /** The two ways to listen differ in one setting: behind a proxy the handshake counts for nothing. */
  const serverFor = (trusted: boolean) =>
    childServer({
      webPort,
      flags: {
        "data-dir": data,
        "device-listen": `127.0.0.1:${trusted ? proxyPort : port}`,
        "public-url": `https://localhost:${port}`,
        "apns-host": "127.0.0.1:9",
        "log-level": "error",
        ...(trusted ? { "trusted-proxies": "127.0.0.1" } : {}),
      },
    });

  function headersOf(proof: Proof, { identity }: BenchDevice, body: Buffer): Record<string, string> {
    if (proof === "mutual TLS") return CONNECT;
    if (proof === "Mdm-Signature")
      return { ...CONNECT, "mdm-signature": detachedSignature(body, identity.certificate, identity.key) };
    const der = new X509Certificate(identity.certificate).raw.toString("base64");
    return { ...CONNECT, "client-cert": `:${der}:` };
  }

  let bare: BareServer | undefined;
  let server = serverFor(false);
  try {
    await server.start();
    const token = server.token;
    const client = () => patientClient(server.webUrl, () => token);
    await client().once(
      "PUT",
      "/api/v1/push-certificate",
      pushCertificate("com.apple.mgmt.External.bench").pem,
      "application/x-pem-file",
    );
    const made = await client().once<{ profile: string }>(
      "POST",
      "/api/v1/enrollments",
      JSON.stringify({ uses: most }),
    );
    const fleet = await benchFleet(Buffer.from(made?.profile ?? "", "base64"), most);

    bare = await bareServer();

    for (const count of parts.includes("requests") ? counts : []) {
      const devices = fleet.devices.slice(0, count);
      const idles = (proof: Proof): Buffer[] =>
        devices.map((device) => {
          const body = writePlist({ UDID: device.udid, Status: "Idle" });
          return putRequest(body, headersOf(proof, device, body));
        });
      const open = (proof: Proof, to: number, root: string): Promise<Connection[]> =>
        Promise.all(
          devices.map(({ identity: { certificate, key } }) =>
            openConnection({
              port: to,
              ca: root,
              ...(proof === "mutual TLS" && { identity: { cert: certificate, key } }),
            }),
          ),
        );
      const times = (requests: readonly Buffer[], each: number) => {
        const left = requests.map(() => each);
        return (n: number) => ((left[n] ?? 0) > 0 ? ((left[n] = (left[n] ?? 0) - 1), requests[n]) : undefined);
      };
      for (const proof of proofs) {
        const bareRequests = idles(proof);
        const bareConnections = await open(proof, bare.port, bare.ca);
        const a = together([await take(bareConnections, bare.pid, times(bareRequests, IDLES))]);
        for (const connection of bareConnections) connection.close();
        sayMeasured(`(a) node:https, ${proof}, ${count}`, a, "");

        await server.stop();
        server = serverFor(proof === "proxy header");
        await server.start();
        const devicePort = proof === "proxy header" ? proxyPort : port;
        const connections = await open(proof, devicePort, fleet.ca);
        const pass = async () => {
          const queues = await fleet.queue(client(), devices, COMMANDS, (device, body) =>
            putRequest(body, headersOf(proof, device, body)),
          );
          return take(connections, server.pid, (n) => queues[n]?.shift());
        };
        await take(connections, server.pid, times(idles(proof), WARM_IDLES));
        for (let n = 0; n < WARM_PASSES; n += 1) await pass();

        const idle = together([await take(connections, server.pid, times(idles(proof), IDLES))]);
        sayMeasured(`Idle, ${proof}, ${count}`, idle, `CPU ${(idle.cpu / a.cpu).toFixed(2)} × (a)`);

        const passes = [];
        for (let n = 0; n < PASSES; n += 1) passes.push(await pass());
        const rounds = together(passes);
        sayMeasured(`rounds, ${proof}, ${count}`, rounds, `CPU ${(rounds.cpu / a.cpu).toFixed(2)} × (a)`);
        for (const connection of connections) connection.close();
      }
    }
    say(`peak memory of the server so far: ${memoryMib(server.pid).peak} MiB`);

    say();
    const idleCpu: number[] = [];
    for (const enrolled of parts.includes("enrolled") ? [1000, 10_000, 100_000] : []) {
      await server.stop();
      seedEnrollments(data, enrolled);
      server = serverFor(false);
      await server.start();
      const resting = memoryMib(server.pid).now;
      const devices = fleet.devices.slice(0, OF_ENROLLED);
      const connections = await Promise.all(
        devices.map(({ identity: { certificate, key } }) =>
          openConnection({ port, ca: fleet.ca, identity: { cert: certificate, key } }),
        ),
      );
      const requests = devices.map(({ udid }) => putRequest(writePlist({ UDID: udid, Status: "Idle" }), CONNECT));
      const say200 = () => {
        const left = requests.map(() => 200);
        return take(connections, server.pid, (n) => ((left[n] = (left[n] ?? 0) - 1) >= 0 ? requests[n] : undefined));
      };
      await say200();
      const idle = together([await say200()]);
      for (const connection of connections) connection.close();
      idleCpu.push(idle.cpu);
      sayMeasured(
        `Idle, mutual TLS, 64, ${enrolled} enrolled`,
        idle,
        `CPU ${(idle.cpu / (idleCpu[0] ?? 1)).toFixed(2)} × 1,000; ${resting} MiB at rest`,
      );
    }
  } finally {
    bare?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
