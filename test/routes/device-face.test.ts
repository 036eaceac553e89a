/** Whole routes through the real server, with one simulated device over real HTTPS. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeApns, pushCertificate, runFleet, scaledClock, startFakeApns } from "../../simulator/index.ts";
import { loadConfig } from "../../src/main/config/index.ts";
import { reserveLoopbackPort } from "../../src/main/demo/port.ts";
import { createLogger } from "../../src/main/log.ts";
import { type RunningServer, startServer } from "../../src/main/start-server.ts";

const folder = mkdtempSync(join(tmpdir(), "uptick-routes-"));
const ending = new AbortController();
let apns: FakeApns;
let server: RunningServer;
let port: number;
let fleetDone: Promise<void>;
let udid: string;

beforeAll(async () => {
  apns = await startFakeApns();
  writeFileSync(join(folder, "apns.pem"), apns.caPem);
  port = await reserveLoopbackPort();
  const argv = [
    `--data-dir=${join(folder, "data")}`,
    `--device-listen=127.0.0.1:${port}`,
    "--web-listen=127.0.0.1:0",
    `--public-url=https://localhost:${port}`,
    `--apns-host=${apns.host}:${apns.port}`,
    `--apns-ca=${join(folder, "apns.pem")}`,
  ];
  const config = loadConfig({ argv, env: {}, readFile: () => "" });
  const log = createLogger({ level: "error", format: "json", destination: { write: () => undefined } });
  server = await startServer({ config, env: {}, log, onFatal: () => undefined });
});

afterAll(async () => {
  ending.abort();
  await fleetDone?.catch(() => undefined);
  await server?.stop();
  await apns?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A PUT to the device face without a client certificate; gives status and length of the body. */
function put(body: string, type: string): Promise<{ status: number; length: number }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "localhost",
      port,
      path: "/mdm",
      method: "PUT",
      ca: server.caPem,
      headers: { "content-type": type },
    };
    const sent = request(options, (response) => {
      let length = 0;
      response.on("data", (chunk: Buffer) => (length += chunk.length));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, length }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const web = (
  path: string,
  init: { method: string; headers: Record<string, string>; body: string },
): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.web.port}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${server.firstToken ?? ""}`, ...init.headers },
  });

const command = (uuid: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CommandUUID</key><string>${uuid}</string><key>Command</key><dict>${inner}</dict></dict></plist>`;
const question =
  "<key>RequestType</key><string>DeviceInformation</string><key>Queries</key><array><string>OSVersion</string></array>";
const aspen = { "content-type": "application/x-apple-aspen-mdm" };

describe("server and device", () => {
  it("issues no profile before the push topic is known, and says how to get it", async () => {
    await expect(server.admin.enroll({})).rejects.toMatchObject({ code: "not-ready" });
  });

  it("enrols a device over SCEP and mutual TLS and learns what it runs", async () => {
    await server.admin.importPush(pushCertificate("com.apple.mgmt.External.test").pem);
    const { profile } = await server.admin.enroll({ uses: 1 });
    const clock = scaledClock({ start: Date.now(), factor: 60 });
    const fleet = runFleet({
      profile,
      count: 1,
      seed: 1,
      clock,
      apns,
      signal: ending.signal,
      kinds: ["iphone-no-passcode"],
    });
    fleetDone = fleet.done;
    udid = fleet.devices[0]?.udid ?? "";
    await expect
      .poll(async () => (await server.admin.devices({ limit: 10 })).rows, { timeout: 25_000, interval: 200 })
      .toMatchObject([{ udid, platform: "iOS", supervised: true, enrollment: "enrolled", osVersion: "26.5" }]);
  }, 30_000);

  it("sends a raw command as it is and gives the device's own answer, the same one for the same bytes", async () => {
    const body = command("raw-1", question);
    const first = await web(`/mdm?device=${udid}&wait=20`, { method: "PUT", headers: aspen, body });
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toContain("application/xml");
    const answer = await first.text();
    expect(answer).toContain("<string>raw-1</string>");
    expect(answer).toContain("26.5");
    const again = await web(`/mdm?device=${udid}&wait=0`, { method: "PUT", headers: aspen, body });
    expect([again.status, await again.text()]).toEqual([200, answer]);
    const other = await web(`/mdm?device=${udid}`, {
      method: "PUT",
      headers: aspen,
      body: command("raw-1", `${question} `),
    });
    expect([other.status, await other.json()]).toEqual([409, expect.objectContaining({ code: "command-conflict" })]);
  }, 30_000);

  it("refuses what Apple forbids on the device before it is sent, naming the key", async () => {
    const inner =
      "<key>RequestType</key><string>ScheduleOSUpdate</string><key>Updates</key><array><dict><key>InstallAction</key><string>InstallForceRestart</string><key>ProductVersion</key><string>26.6.1</string></dict></array>";
    const reply = await web(`/mdm?device=${udid}`, { method: "PUT", headers: aspen, body: command("raw-2", inner) });
    expect([reply.status, await reply.json()]).toEqual([422, expect.objectContaining({ code: "command-not-allowed" })]);
  });

  // Promise 6: the device face has no way to say 401, and a stranger gets an empty 403.
  it.each([
    ["garbage", "application/x-apple-aspen-mdm"],
    ["<plist>", "application/x-apple-aspen-mdm-checkin"],
    ["x", "text/html"],
  ])("answers %j without a certificate with an empty 403", async (body, type) => {
    expect(await put(body, type)).toEqual({ status: 403, length: 0 });
  });

  it("commits with synchronous=FULL", async () => {
    expect(await server.pragmas()).toMatchObject({ synchronous: 2, journalMode: "wal" });
  });
});
