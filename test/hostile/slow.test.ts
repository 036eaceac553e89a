/** Clients that are slow, many, or never done: each is closed in its time, and an honest device is answered meanwhile. */
import net from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONNECT, type Device, enrolDevice, SOON, startUptick, type Uptick } from "../support/index.ts";

/** As many at once: far more than the honest device, few enough for any machine. */
const CROWD = 150;
const MOST = 400;
let uptick: Uptick;
let honest: Device;
let sockets: net.Socket[] = [];

beforeAll(async () => {
  // The usual limits are minutes; what they do is the same.
  const limits = { handshake: 1500, headers: 1500, request: 3000, idle: 4000, look: 100, connections: MOST };
  uptick = await startUptick({ limits });
  honest = await enrolDevice(uptick);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await uptick.close();
});

/** A connection that says `text`, then one byte again and again if it `drips`. */
function plain(port: number, text: string, drips = false): net.Socket {
  return kept(net.connect(port, "127.0.0.1"), "connect", text, drips);
}

function secure(text: string, drips = false): net.Socket {
  const ca = [...honest.profile.roots];
  return kept(tls.connect({ host: "localhost", port: uptick.devicePort, ca }), "secureConnect", text, drips);
}

function kept(socket: net.Socket, ready: string, text: string, drips: boolean): net.Socket {
  sockets.push(socket);
  let drip: NodeJS.Timeout | undefined;
  socket.on("error", () => undefined);
  socket.on("close", () => clearInterval(drip));
  socket.once(ready, () => {
    if (text !== "") socket.write(text);
    if (drips) drip = setInterval(() => void (socket.writable && socket.write("x")), 100);
  });
  socket.resume();
  return socket;
}

const head = `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${CONNECT}\r\n`;
const web = (): number => uptick.server.web.port;

describe("a client that takes its time", () => {
  it.each<[string, () => net.Socket]>([
    ["begins no handshake", () => plain(uptick.devicePort, "")],
    ["begins a handshake and never ends it", () => plain(uptick.devicePort, "\u0016\u0003\u0001")],
    ["says nothing after the handshake", () => secure("")],
    ["never ends its headers", () => secure(`${head}X-Slow: `, true)],
    ["sends its body byte by byte", () => secure(`${head}Content-Length: 100000\r\n\r\n`, true)],
    ["sends a body without end in pieces", () => secure(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\n`)],
    ["keeps an idle connection", () => secure(`GET /scep?operation=GetCACaps HTTP/1.1\r\nHost: localhost\r\n\r\n`)],
    ["says nothing on the admin API", () => plain(web(), "")],
    ["never ends its headers on the admin API", () => plain(web(), "GET /healthz HTTP/1.1\r\nX-Slow: ", true)],
    [
      "sends its body byte by byte on the admin API",
      () =>
        plain(
          web(),
          `POST /api/v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${uptick.token}\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n`,
          true,
        ),
    ],
  ])("is closed, and others are answered meanwhile: one that %s", async (_what, open) => {
    const crowd = Array.from({ length: CROWD }, open);
    expect((await honest.poll()).status).toBe(200);
    expect((await uptick.web.request("GET", "/healthz")).status).toBe(200);
    await expect.poll(() => crowd.filter(({ closed }) => !closed).length, SOON).toBe(0);
    expect((await honest.poll()).status).toBe(200);
    sockets = [];
  });
});

describe("more connections than are allowed", () => {
  it("leave no way in while they are busy, cost nothing once they are over, and never a 401", async () => {
    const crowd = Array.from({ length: MOST + 200 }, () => plain(uptick.devicePort, ""));
    // Some were turned away at once, the others are out of time soon; whoever comes again is let in.
    await expect.poll(async () => (await honest.poll().catch(() => ({ status: 0 }))).status, SOON).toBe(200);
    await expect.poll(() => crowd.filter(({ closed }) => !closed).length, SOON).toBe(0);
  });

  it("give way where they only wait", async () => {
    honest.close();
    const wait = "GET /scep?operation=GetCACaps HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const answered: net.Socket[] = [];
    const open = (): void => {
      const socket = secure(wait);
      socket.once("data", () => answered.push(socket));
    };
    for (let nth = 0; nth < MOST; nth += 1) open();
    await expect.poll(() => answered.length, SOON).toBeGreaterThan(MOST / 2);
    await expect.poll(async () => (await honest.poll().catch(() => ({ status: 0 }))).status, SOON).toBe(200);
  });
});

/** All that comes back on one TLS connection until it is closed. */
function heard(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = secure(text);
    let said = "";
    socket.on("data", (part: Buffer) => (said += part.toString("latin1")));
    socket.on("close", () => resolve(said));
  });
}

describe("odd requests", () => {
  it("with huge headers are refused, and the connection ends", async () => {
    expect(await heard(`${head}X-Huge: ${"a".repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await heard(`${head}${"X-Many: a\r\n".repeat(5000)}\r\n`)).toMatch(/^HTTP\/1\.1 4(31|03|00) /);
  });

  it("that come all at once are all answered, in order", async () => {
    const one = "GET /scep?operation=GetCACaps HTTP/1.1\r\nHost: localhost\r\n";
    const said = await heard(`${`${one}\r\n`.repeat(50)}${one}Connection: close\r\n\r\n`);
    expect(said.match(/HTTP\/1\.1 200 /g)).toHaveLength(51);
  });

  it.each([
    "CONNECT localhost:1 HTTP/1.1\r\n\r\n",
    "GET http://[ HTTP/1.1\r\n\r\n",
    "PUT /mdm HTTP/9.9\r\n\r\n",
    "\0\0\0\r\n\r\n",
  ])("are never answered 401 or 5xx: %j", async (text) => {
    expect(await heard(text)).not.toMatch(/HTTP\/1\.1 (401|5\d\d) /);
    expect((await honest.poll()).status).toBe(200);
  });
});
