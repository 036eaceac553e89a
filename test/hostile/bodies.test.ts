/** Many large bodies at once: their sum stays within the budget, strangers can't starve a known device, and all is given back. */
import net from "node:net";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createBodyBudget } from "../../src/http/body/index.ts";
import {
  ASPEN,
  CHECKIN,
  CONNECT,
  detachedSignature,
  type Device,
  enrolDevice,
  newDevice,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** As the real ones, and small enough to be filled on any machine. */
const device = createBodyBudget({ total: 4 * MIB, claimed: 1 * MIB, stranger: 512 * KIB });
const web = createBodyBudget({ total: 512 * KIB, claimed: 0, stranger: 0 });

let uptick: Uptick;
let good: Device;
let sockets: net.Socket[] = [];

beforeAll(async () => {
  uptick = await startUptick({ bodies: { device, web } });
  good = await enrolDevice(uptick);
});
/** What every test leaves behind: nothing is held, nothing was too much, nothing was logged as an error. */
async function allGivenBack(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await expect.poll(() => [device.held, web.held], SOON).toEqual([0, 0]);
  expect(device.peak).toBeLessThanOrEqual(4 * MIB);
  expect(web.peak).toBeLessThanOrEqual(512 * KIB);
  expect(uptick.takeErrors()).toEqual([]);
}

afterEach(allGivenBack);
afterAll(() => uptick.close());

interface Held {
  readonly socket: net.Socket;
  /** All that came back; empty while it waits for the rest of the body. */
  result: string;
}

interface Sends {
  readonly to?: "device" | "web";
  readonly path?: string;
  readonly headers?: string;
  /** Whose certificate it shows. Default: none. */
  readonly as?: Device;
  readonly bytes: number;
  /** Bytes of the body that never come. Default: 1, so that the request is never whole. */
  readonly lacks?: number;
  /** Does not say how long it is. */
  readonly chunked?: boolean;
}

/** A connection that sends all of a body but its end. */
function hold({ to = "device", path = "PUT /mdm", headers = `Content-Type: ${CONNECT}\r\n`, ...one }: Sends): Held {
  const ca = [...good.profile.roots];
  const identity =
    one.as?.identity === undefined ? {} : { cert: one.as.identity.certificate, key: one.as.identity.key };
  const socket =
    to === "web"
      ? net.connect(uptick.server.web.port, "127.0.0.1")
      : tls.connect({ host: "localhost", port: uptick.devicePort, ca, ...identity });
  const held: Held = { socket, result: "" };
  const length = one.chunked === true ? "Transfer-Encoding: chunked" : `Content-Length: ${one.bytes}`;
  const body = Buffer.alloc(one.bytes - (one.lacks ?? 1), " ");
  socket.once(to === "web" ? "connect" : "secureConnect", () => {
    socket.write(`${path} HTTP/1.1\r\nHost: localhost\r\n${headers}${length}\r\n\r\n`);
    if (one.chunked === true) socket.write(`${one.bytes.toString(16)}\r\n`);
    socket.write(body);
  });
  socket.on("data", (part: Buffer) => (held.result += part.toString("latin1")));
  socket.on("error", () => undefined);
  sockets.push(socket);
  return held;
}

const many = (count: number, sends: Sends): Held[] => Array.from({ length: count }, () => hold(sends));
const refused = (all: readonly Held[]): number => all.filter(({ result }) => result.startsWith("HTTP/1.1 503 ")).length;

/** A known device sends an answer of 1.5 MiB, polls, and another one enrolls. */
async function isServed(): Promise<void> {
  const apps = "<string>xxxxxxxxxxxxxxxx</string>".repeat(48 * KIB);
  const report = `<plist version="1.0"><dict><key>UDID</key><string>${good.udid}</string><key>Status</key><string>Idle</string><key>Apps</key><array>${apps}</array></dict></plist>`;
  expect((await good.put(report, CONNECT)).status).toBe(200);
  expect((await good.poll()).status).toBe(200);
  const late = await newDevice(uptick);
  expect((await late.authenticate()).status).toBe(200);
  expect((await late.tokenUpdate()).status).toBe(200);
}

describe("bodies in flight on the MDM endpoint", () => {
  it.each<[string, Sends, number, number]>([
    ["strangers with a length", { bytes: 60 * KIB }, 100, 89],
    ["strangers without a length", { bytes: 60 * KIB, chunked: true }, 40, 29],
    ["strangers at SCEP", { bytes: 60 * KIB, path: "POST /scep?operation=PKIOperation", headers: "" }, 40, 29],
    ["strangers where nothing is", { bytes: 60 * KIB, path: "POST /nowhere", headers: "" }, 40, 29],
  ])("hold no more than their share, and a known device is served: %s", async (_who, sends, count, least) => {
    const all = many(count, sends);
    await expect.poll(() => refused(all), SOON).toBeGreaterThanOrEqual(least);
    expect(all.find(({ result }) => result !== "")?.result).toMatch(/\r\nretry-after: \d+\r\n/i);
    expect(device.held).toBeGreaterThan(0);
    expect(uptick.log.filter(({ event }) => event === "bodies-over-budget").length).toBe(1);
    expect(device.held).toBeLessThanOrEqual(512 * KIB);
    await isServed();
  });

  it("hold no more than a share of those who claim to be known", async () => {
    const { certificate = "", key = "" } = good.identity ?? {};
    const headers = `Content-Type: ${CONNECT}\r\nMdm-Signature: ${detachedSignature(Buffer.from("other"), certificate, key)}\r\n`;
    const all = many(10, { headers, bytes: 700 * KIB });
    await expect.poll(() => refused(all), SOON).toBeGreaterThanOrEqual(9);
    expect(device.held).toBeLessThanOrEqual(1 * MIB);
    await isServed();
  });

  it("of a known device are refused beyond the whole, and small messages are not", async () => {
    const all = many(10, { as: good, bytes: 1 * MIB });
    await expect.poll(() => refused(all), SOON).toBeGreaterThanOrEqual(6);
    expect(all.find(({ result }) => result !== "")?.result).toMatch(/\r\nretry-after: \d+\r\n/i);
    expect((await good.poll()).status).toBe(200);
    const late = await newDevice(uptick);
    expect((await late.authenticate()).status).toBe(200);
  });

  it("may be 64 KiB of a stranger, and 1 MiB of a check-in", async () => {
    const stranger = await newDevice(uptick, { identity: "none", profile: good.profile });
    expect((await stranger.put(Buffer.alloc(64 * KIB, " "), CONNECT)).status).toBe(403);
    expect((await stranger.put(Buffer.alloc(64 * KIB + 1, " "), CONNECT)).status).toBe(413);
    expect((await good.put(Buffer.alloc(1 * MIB, " "), CHECKIN)).status).toBe(400);
    expect((await good.put(Buffer.alloc(1 * MIB + 1, " "), CHECKIN)).status).toBe(413);
  });

  it("are a claim where our CA signed the certificate and the table does not have it", async () => {
    const lost = await newDevice(uptick);
    await uptick.restart({
      between: (database) => database.prepare("DELETE FROM certificate WHERE fingerprint = ?").run(lost.fingerprint),
    });
    const all = many(10, { as: lost, bytes: 700 * KIB });
    await expect.poll(() => refused(all), SOON).toBeGreaterThanOrEqual(9);
    expect(device.held).toBeLessThanOrEqual(1 * MIB);
    expect((await lost.put(Buffer.alloc(1 * MIB + 1, " "), CONNECT)).status).toBe(413);
    await isServed();
  });
});

describe("what a body held is given back", () => {
  it.each<[string, Omit<Sends, "as"> & { proved?: true }]>([
    ["when the connection breaks within it", { proved: true, bytes: 500 * KIB }],
    ["when it is longer than is read", { bytes: 70 * KIB, chunked: true }],
    ["when it is announced too long", { bytes: 70 * KIB }],
    ["when the request is whole and can't be read", { proved: true, bytes: 500 * KIB, lacks: 0 }],
    ["when nobody is proved", { bytes: 60 * KIB, lacks: 0 }],
    ["when nothing is there", { bytes: 60 * KIB, lacks: 0, path: "PUT /mdm/more" }],
    ["when it is no SCEP message", { bytes: 60 * KIB, lacks: 0, path: "POST /scep?operation=PKIOperation" }],
  ])("%s", async (_when, { proved, ...sends }) => {
    const before = device.peak;
    const all = many(3, proved === true ? { ...sends, as: good } : sends);
    await expect.poll(() => device.held > 0 || all.every(({ result }) => result !== ""), SOON).toBe(true);
    expect(device.peak).toBeGreaterThanOrEqual(before);
  });

  it("when it is larger than is kept, but for its beginning at once", async () => {
    const [held] = many(1, { as: good, bytes: 9 * MIB });
    // The budget here is smaller than the largest report: it is refused before it is too large.
    await expect.poll(() => held?.result ?? "", SOON).toMatch(/^HTTP\/1\.1 503 /);
  });
});

describe("bodies in flight on the admin API", () => {
  const path = "POST /api/v1/plans";
  const headers = (): string => `Content-Type: application/json\r\nAuthorization: Bearer ${uptick.token}\r\n`;

  it("are refused beyond the budget with a problem, and small ones are not", async () => {
    const all = many(6, { to: "web", path, headers: headers(), bytes: 200 * KIB });
    await expect.poll(() => refused(all), SOON).toBeGreaterThanOrEqual(4);
    const result = all.find((one) => one.result !== "")?.result ?? "";
    expect(result).toMatch(/\r\nretry-after: \d+\r\n/i);
    expect(result).toContain('"code":"server-busy"');
    const reply = await uptick.web.request("POST", "/api/v1/plans?dryRun=true", {
      body: JSON.stringify({ to: "26.6.1", action: "install", devices: [good.udid] }),
      headers: { "content-type": "application/json" },
    });
    expect(reply.status).toBe(200);
  });

  it.each<[string, string, RegExp]>([
    ["without a token", `Content-Type: application/json\r\n`, /^HTTP\/1\.1 401 /],
    ["of another type", `Content-Type: ${ASPEN}\r\nAuthorization: Bearer TOKEN\r\n`, /^HTTP\/1\.1 415 /],
  ])("are not read %s", async (_what, head, status) => {
    const all = many(3, { to: "web", path, headers: head.replace("TOKEN", uptick.token), bytes: 400 * KIB });
    await expect.poll(() => all.every(({ result }) => status.test(result)), SOON).toBe(true);
    expect(web.held).toBe(0);
  });

  it("are not read where nothing is", async () => {
    const all = many(3, { to: "web", path: "POST /nowhere", headers: headers(), bytes: 400 * KIB });
    await expect.poll(() => all.every(({ result }) => result.startsWith("HTTP/1.1 404 ")), SOON).toBe(true);
    expect(web.held).toBe(0);
  });
});
