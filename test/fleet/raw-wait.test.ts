/** A long wait at the raw command API outlives the server: `uptick command` sends the same bytes to the one that was started again. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Clock, deafness, type Fleet, pushCertificate, runFleet, scaledClock } from "../../simulator/index.ts";
import type { DeviceDetail, DeviceView } from "../../src/contract/index.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import { type ChildServer, childServer } from "./child-server.ts";
import { type PatientClient, patientClient } from "./patient-client.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));
/** Nothing here takes long; a busy machine makes it so (real ms). */
const LIMIT = 200_000;
const folder = mkdtempSync(join(tmpdir(), "uptick-raw-wait-"));
let server: ChildServer;
let api: PatientClient;
let fleet: Fleet;
const stop = new AbortController();

/** A clock on which nobody wakes up while it is stopped: so long the device does not come. */
let running = Promise.withResolvers<void>();
running.resolve();
const real = scaledClock({ start: Date.now(), factor: 1 });
const clock: Clock = {
  now: real.now,
  async sleep(ms, signal) {
    await real.sleep(ms, signal);
    const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    if (signal?.aborted !== true) await Promise.race([running.promise, aborted]);
  },
};

beforeAll(async () => {
  const [port, webPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
  server = childServer({
    webPort,
    flags: {
      "data-dir": join(folder, "data"),
      "device-listen": `127.0.0.1:${port}`,
      "public-url": `https://localhost:${port}`,
      "apns-host": "127.0.0.1:9",
      "log-level": "error",
    },
  });
  await server.start();
  api = patientClient(server.webUrl, () => server.token);
  const push = pushCertificate("com.apple.mgmt.External.wait").pem;
  await api.once("PUT", "/api/v1/push-certificate", push, "application/x-pem-file");
  const made = await api.once<{ profile: string }>("POST", "/api/v1/enrollments", JSON.stringify({ uses: 1 }));
  fleet = runFleet({
    profile: Buffer.from(made?.profile ?? "", "base64"),
    count: 1,
    seed: "wait",
    kinds: ["iphone-no-passcode"],
    clock,
    apns: deafness,
    signal: stop.signal,
    pace: { pollEvery: 1000, enrolAtOnce: 1 },
  });
  const known = async (): Promise<void> => {
    const { rows } = await api.get<{ rows: DeviceView[] }>("/api/v1/devices");
    if (!rows.some(({ supervised }) => supervised !== null)) throw new Error("the device is not known yet");
  };
  await vi.waitFor(known, { timeout: LIMIT, interval: 100 });
}, LIMIT);

afterAll(async () => {
  running.resolve();
  stop.abort();
  await fleet?.done;
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function command(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [BIN, "command", ...args, "--url", server.webUrl], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, UPTICK_TOKEN: server.token },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

describe("uptick command, whose server goes away and comes back while it waits", () => {
  it.each(["kill", "stop"] as const)(
    "prints the answer of the same command after a %s",
    async (end) => {
      const uuid = `wait-${end}`;
      const udid = fleet.devices[0]?.udid ?? "";
      running = Promise.withResolvers();
      const asked = command([udid, "DeviceInformation", "--queries", "OSVersion", "--uuid", uuid, "--wait", "300"]);
      const outstanding = async () => (await api.get<DeviceDetail>(`/api/v1/devices/${udid}`)).outstanding;
      await expect.poll(outstanding, { timeout: LIMIT }).toContainEqual(expect.objectContaining({ commandUuid: uuid }));
      await server[end]();
      await server.start();
      running.resolve();
      const { code, stdout, stderr } = await asked;
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("OSVersion  26.5");
      const executed = fleet.records()[0]?.commandsExecuted.filter((one) => one.uuid === uuid);
      expect(executed).toHaveLength(1);
    },
    2 * LIMIT,
  );
});
