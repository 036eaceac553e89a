/** A server of its own for what is measured of declarations: with a push service, a catalog and devices that sync. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PlistDict, pushCertificate, startFakeApns } from "../../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../../src/catalog/index.ts";
import type { PlanView } from "../../../src/contract/index.ts";
import { reserveLoopbackPort } from "../../support/loopback-port.ts";
import { childServer } from "../../fleet/child-server.ts";
import { patientClient } from "../../fleet/patient-client.ts";
import { START } from "../../support/uptick.ts";
import { type Connection, openConnection } from "../connection.ts";
import { type BenchDevice, benchFleet } from "../devices.ts";

export interface World {
  /** The server's data directory. */
  readonly data: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Enrolls devices; `facts`: what they say of themselves. */
  enrol(count: number, facts?: PlistDict): Promise<readonly BenchDevice[]>;
  connect(devices: readonly BenchDevice[]): Promise<readonly Connection[]>;
  /** Brings devices to 26.6.1 by another declaration than any before; comes back at once. */
  plan(devices: readonly string[]): Promise<PlanView>;
  /** What such a plan would do for all devices, streamed; resolves with the number of devices that it told of. */
  dryRun(): Promise<number>;
  /** Resolves when all jobs of a plan are made. */
  made(id: string): Promise<PlanView>;
  /** Stops the server and starts it again; `between` may change its data. */
  restart(between?: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Real ms between two looks at a plan. */
const LOOK = 200;
/** A plan that takes longer (real ms) is a fault. */
const PATIENCE = 600_000;
const PUSHES_KEPT = 100;

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const data = join(folder, "data");
  const apns = await startFakeApns({ requireKnownTokens: false, keep: PUSHES_KEPT });
  writeFileSync(join(folder, "apns.pem"), apns.caPem);
  const port = await reserveLoopbackPort();
  const server = childServer({
    webPort: await reserveLoopbackPort(),
    // When the releases of the sample catalog are alive.
    ahead: START - Date.now(),
    flags: {
      "data-dir": data,
      "device-listen": `127.0.0.1:${port}`,
      "public-url": `https://localhost:${port}`,
      "apns-host": `${apns.host}:${apns.port}`,
      "apns-ca": join(folder, "apns.pem"),
      "log-level": "error",
    },
  });
  const close = async (): Promise<void> => {
    await server.stop();
    await apns.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const client = patientClient(server.webUrl, () => server.token);
  const call = async <T>(method: "POST" | "PUT", path: string, body: string, type?: string): Promise<T> => {
    const said = await client.once<T>(method, path, body, type);
    if (said === undefined) throw new Error(`${method} ${path}: the server went away`);
    return said;
  };
  try {
    await server.start();
    await call(
      "PUT",
      "/api/v1/push-certificate",
      pushCertificate("com.apple.mgmt.External.bench").pem,
      "application/x-pem-file",
    );
    await call(
      "PUT",
      `/api/v1/catalog?modifiedAt=${new Date(SAMPLE_SERVED_AT).toISOString()}`,
      JSON.stringify(sampleLookupService()),
    );
  } catch (error) {
    await close();
    throw error;
  }

  let ca = "";
  let plans = 0;
  return {
    data,
    get pid() {
      return server.pid;
    },
    async enrol(count, facts) {
      const { profile } = await call<{ profile: string }>(
        "POST",
        "/api/v1/enrollments",
        JSON.stringify({ uses: count }),
      );
      const fleet = await benchFleet(Buffer.from(profile, "base64"), count, facts);
      ca = fleet.ca;
      return fleet.devices;
    },
    connect: (devices) =>
      Promise.all(
        devices.map(({ identity: { certificate, key } }) =>
          openConnection({ port, ca, identity: { cert: certificate, key } }),
        ),
      ),
    plan(devices) {
      plans += 1;
      // A minute later each time: another wish, so another declaration.
      const deadline = new Date(START + 30 * DAY + plans * MINUTE).toISOString().slice(0, 16);
      const request = { to: "26.6.1", action: "install", devices, deadline, replace: true };
      return call("POST", "/api/v1/plans", JSON.stringify(request));
    },
    async dryRun() {
      const reply = await fetch(`${server.webUrl}/api/v1/plans?dryRun=true`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${server.token}`,
          "content-type": "application/json",
          accept: "application/x-ndjson",
        },
        body: JSON.stringify({ to: "26.6.1", action: "install", devices: ["all"] }),
      });
      let lines = 0;
      let last = "";
      const decoder = new TextDecoder();
      for await (const chunk of reply.body ?? []) {
        const text = decoder.decode(chunk as Uint8Array, { stream: true });
        for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
        last = (last + text).slice(-TAIL);
      }
      // A stream that broke off has no summary.
      if (!last.includes('{"summary":')) throw new Error(`a dry run ended with ${last}`);
      return lines - 1;
    },
    async made(id) {
      const until = Date.now() + PATIENCE;
      for (;;) {
        const plan = await client.get<PlanView>(`/api/v1/plans/${id}`);
        if (plan.pending === 0) return plan;
        if (Date.now() > until) throw new Error(`${plan.pending} jobs of a plan were not made`);
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
    },
    async restart(between) {
      await server.stop();
      between?.();
      await server.start();
    },
    close,
  };
}

/** Characters of the end of a dry run: its summary is shorter. */
const TAIL = 4000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
