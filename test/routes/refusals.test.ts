/** Refused devices and failed TLS handshakes leave a trace that names them: in the list, the log, and on the owner's timeline. */
import { spawn, spawnSync } from "node:child_process";
import net from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePlist } from "../../simulator/index.ts";
import type { Refusal, ServerStatus } from "../../src/contract/index.ts";
import {
  CONNECT,
  type Device,
  enrolDevice,
  newDevice,
  newProfile,
  SOON,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let owner: Device;

beforeAll(async () => {
  uptick = await startUptick({ flags: { "trusted-proxies": "127.0.0.0/8" } });
  owner = await enrolDevice(uptick, { proof: "escaped-pem" });
});
afterAll(() => uptick.close());

const listed = async (query = ""): Promise<Refusal[]> =>
  (await uptick.web.get<{ rows: Refusal[] }>(`/api/v1/refusals${query}`)).rows;
const status = (): Promise<ServerStatus> => uptick.web.get("/api/v1/status");

/** One request on the device side with these headers. */
function send(headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = tls.connect({ host: "127.0.0.1", port: uptick.devicePort, rejectUnauthorized: false });
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
  socket.on("error", reject);
  socket.on("close", () => resolve(Number(text.split(" ")[1])));
  const all = { host: "localhost", connection: "close", "content-type": CONNECT, ...headers };
  const lines = Object.entries({ ...all, "content-length": Buffer.byteLength(body) }).map(([k, v]) => `${k}: ${v}\r\n`);
  socket.write(`PUT /mdm HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(body);
  return promise;
}
const idle = (UDID: string): Buffer => writePlist({ Status: "Idle", UDID });
const certificateOf = (device: Device): string => encodeURIComponent(device.identity?.certificate ?? "");

describe("a device that shows another's identity", () => {
  it("is named with UDID, address and owner in the list, in status and on the owner's timeline, and counted", async () => {
    const headers = { "client-cert": certificateOf(owner), "x-forwarded-for": "203.0.113.9, 192.0.2.44, 127.0.0.3" };
    for (let nth = 0; nth < 30; nth += 1) expect(await send(headers, idle("MIGRATED-MAC"))).toBe(403);
    const { id } = await uptick.device(owner.udid);
    const wanted = {
      source: "mdm",
      reason: "certificate-of-another-device",
      udid: "MIGRATED-MAC",
      fingerprint: owner.fingerprint,
      owner: { id, name: null, serial: owner.serial },
      address: "192.0.2.44",
      count: 30,
      remedy: expect.stringMatching(/Enroll/) as string,
      firstAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    };
    expect(await listed()).toContainEqual(expect.objectContaining(wanted));
    expect((await status()).refusals).toContainEqual(expect.objectContaining(wanted));
    const story = (await storyOf(uptick, owner.udid)).filter(({ kind }) => kind === "identity-refused");
    expect(story.map(({ sentence: text }) => text)).toEqual([
      expect.stringMatching(/192\.0\.2\.44.*MIGRATED-MAC showed the identity of another device/),
    ]);
  });

  it("is remembered over a restart", async () => {
    const before = (await listed()).find(({ udid }) => udid === "MIGRATED-MAC");
    await uptick.restart();
    expect((await listed()).find(({ udid }) => udid === "MIGRATED-MAC")).toEqual(before);
  });
});

describe("every way to be refused", () => {
  const wrong = writePlist({ Status: "Idle" });
  it.each<[string, () => Readonly<Record<string, string>>, Buffer, number, object]>([
    [
      "no certificate",
      () => ({}),
      idle("BARE"),
      403,
      { reason: "certificate-missing", udid: "BARE", fingerprint: null },
    ],
    [
      "a header that is no certificate",
      () => ({ "client-cert": "-----BEGIN%20CERTIFICATE-----%0Ajunk" }),
      idle("HEADER"),
      403,
      { reason: "certificate-header-invalid", udid: "HEADER", fingerprint: null },
    ],
    [
      "a signature that is none",
      () => ({ "mdm-signature": "MIIB" }),
      idle("SIGNED"),
      403,
      { reason: "signature-invalid", udid: "SIGNED" },
    ],
    [
      "what can't be read",
      () => ({ "client-cert": certificateOf(owner) }),
      wrong,
      400,
      {
        reason: "message-invalid",
        udid: null,
        owner: expect.objectContaining({ serial: expect.any(String) as string }) as object,
      },
    ],
    [
      "more than is read",
      () => ({ "client-cert": certificateOf(owner), "content-type": "application/x-apple-aspen-mdm-checkin" }),
      Buffer.alloc(1024 * 1024 + 1, " "),
      413,
      { reason: "plist-too-large" },
    ],
  ])("is listed with its reason: %s", async (_title, headers, body, code, wanted) => {
    expect(await send(headers(), body)).toBe(code);
    expect(await listed("?source=mdm")).toContainEqual(
      expect.objectContaining({ count: 1, address: "127.0.0.1", source: "mdm", ...wanted }),
    );
  });

  it("is listed with its reason: an identity that has not enrolled", async () => {
    const early = await newDevice(uptick, { profile: await newProfile(uptick), proof: "rfc-9440" });
    expect((await early.poll()).status).toBe(403);
    expect(await listed()).toContainEqual(
      expect.objectContaining({ reason: "certificate-not-bound", udid: early.udid, fingerprint: early.fingerprint }),
    );
  });
});

describe("the list of refusals", () => {
  it("comes in pages, the latest first, and refuses what it does not know", async () => {
    const all = await listed();
    const rows: Refusal[] = [];
    let after = "";
    do {
      const page: { rows: Refusal[]; next: string | null } = await uptick.web.get(`/api/v1/refusals?limit=2${after}`);
      rows.push(...page.rows);
      after = page.next === null ? "" : `&after=${page.next}`;
    } while (after !== "");
    expect(rows).toEqual(all);
    expect(all.map(({ lastAt }) => lastAt)).toEqual(
      all
        .map(({ lastAt }) => lastAt)
        .toSorted()
        .toReversed(),
    );
    for (const query of ["?after=junk", "?limit=0", "?source=none", "?sort=x"]) {
      const reply = await uptick.web.request("GET", `/api/v1/refusals${query}`);
      expect([query, reply.status, reply.problem().code]).toEqual([query, 400, "request-invalid"]);
    }
  });
});

/** The first bytes that a TLS 1.2 client sends. */
function clientHello(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => (resolve(chunk), done()),
  });
  const client = tls.connect({ socket: wire, maxVersion: "TLSv1.2", servername: "localhost" });
  client.on("error", () => undefined);
  return promise.finally(() => client.destroy());
}

/** Begins a handshake, waits for the server's answer, and ends with this alert. */
async function endWithAlert(alert: number): Promise<void> {
  const hello = await clientHello();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = net.connect(uptick.devicePort, "127.0.0.1");
  socket.on("error", reject).on("close", () => resolve());
  socket.once("data", () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
  socket.write(hello);
  await promise;
}

const failing = (options: tls.ConnectionOptions): Promise<unknown> =>
  new Promise((resolve) => {
    const socket = tls.connect({ host: "127.0.0.1", port: uptick.devicePort, ...options });
    socket.on("error", resolve);
    socket.on("secureConnect", () => resolve(socket.destroy()));
  });

function rawBytes(bytes: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = net.connect(uptick.devicePort, "127.0.0.1", () => socket.end(bytes));
  socket.on("error", reject).on("close", () => resolve());
  socket.resume();
  return promise;
}

describe("a TLS handshake that fails", () => {
  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ["alert 48", () => endWithAlert(48), "tls-untrusted", /does not trust.*alert 48, unknown CA/],
    ["alert 46", () => endWithAlert(46), "tls-untrusted", /does not trust.*alert 46/],
    ["alert 42", () => endWithAlert(42), "tls-untrusted", /does not trust.*alert 42/],
    [
      "no cipher in common",
      () => failing({ ciphers: "AES128-SHA", maxVersion: "TLSv1.2", minVersion: "TLSv1.2" }),
      "tls-incompatible",
      /in common/,
    ],
    ["a connection that ends", () => rawBytes(""), "tls-unfinished", /before the TLS handshake was finished/],
    ["plain HTTP", () => rawBytes("GET / HTTP/1.1\r\nhost: x\r\n\r\n"), "tls-plain-http", /plain HTTP/],
  ])("is counted by its reason and shown with address and remedy: %s", async (_title, fail, reason, words) => {
    const counted = async (): Promise<Refusal | undefined> =>
      (await status()).handshakes.find((one) => one.reason === reason);
    const before = (await counted())?.count ?? 0;
    await fail();
    await expect.poll(async () => (await counted())?.count, SOON).toBe(before + 1);
    expect(await counted()).toMatchObject({
      source: "tls",
      sentence: expect.stringMatching(words) as string,
      address: "127.0.0.1",
      remedy: expect.stringMatching(/\w/) as string,
    });
    expect(uptick.log).toContainEqual(
      expect.objectContaining({ level: "warn", event: "tls-handshake-failed", reason, address: "127.0.0.1" }),
    );
  });
});

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!HAS_OPENSSL)(`openssl${HAS_OPENSSL ? "" : " (SKIPPED: there is no openssl here)"}`, () => {
  it("that does not trust the server's certificate is counted", async () => {
    const counted = async (): Promise<number> =>
      (await status()).handshakes.find(({ reason }) => reason === "tls-untrusted")?.count ?? 0;
    const before = await counted();
    const at = ["-connect", `127.0.0.1:${uptick.devicePort}`, "-servername", "localhost", "-verify_return_error"];
    const client = spawn("openssl", ["s_client", ...at], { stdio: "ignore" });
    await new Promise((resolve) => client.on("close", resolve));
    await expect.poll(counted, SOON).toBe(before + 1);
  });
});
