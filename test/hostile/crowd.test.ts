/** Thousands of connections at once to both faces, under the counts that a server really allows: who comes next is answered. */
import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Device, enrolDevice, newDevice, SOON, startUptick, type Uptick } from "../support/index.ts";

/** Both ends of each are files of this process. */
const CROWD = Math.min(3000, Math.floor((openFiles() - 300) / 2));
const HOUR = 3_600_000;
let uptick: Uptick;
let good: Device;
const sockets: net.Socket[] = [];

/** How many files this process may have open. */
function openFiles(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? 1024 : Number(soft);
  } catch {
    // Where there is no /proc, few are allowed at times.
    return 1024;
  }
}

beforeAll(async () => {
  // A machine that needs longer to make the crowd than its connections may last must not thin it out: `slow.test.ts` has them end.
  uptick = await startUptick({ limits: { handshake: HOUR, headers: HOUR, request: HOUR, idle: HOUR } });
  good = await enrolDevice(uptick);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await uptick.close();
});

const REQUEST = "GET /scep?operation=GetCACaps HTTP/1.1\r\nHost: localhost\r\n";
/** In turn: says nothing, begins a handshake, half a request on either face, a whole one over TLS. */
const KINDS: readonly (() => net.Socket)[] = [
  () => net.connect(uptick.devicePort, "127.0.0.1"),
  () => said(net.connect(uptick.devicePort, "127.0.0.1"), "connect", "\u0016\u0003\u0001"),
  () => said(net.connect(uptick.server.web.port, "127.0.0.1"), "connect", "GET /healthz HTTP/1.1\r\nX-Half: "),
  () => said(secure(), "secureConnect", REQUEST),
  () => said(secure(), "secureConnect", `${REQUEST}\r\n`),
];
const secure = (): net.Socket =>
  tls.connect({ host: "localhost", port: uptick.devicePort, ca: [...good.profile.roots] });

function said(socket: net.Socket, ready: string, text: string): net.Socket {
  return socket.once(ready, () => socket.write(text));
}

describe("many connections to both listeners at the same time", () => {
  it("keeps no device and no admin from being answered, while it comes and while it stays", {
    timeout: 120_000,
  }, async () => {
    let open = 0;
    const meanwhile: number[] = [];
    for (let nth = 0; nth < CROWD; nth += 1) {
      const socket = KINDS[nth % KINDS.length]?.() ?? new net.Socket();
      sockets.push(socket.on("error", () => undefined).resume());
      socket.once("connect", () => (open += 1));
      if (nth % 500 === 250) meanwhile.push((await good.poll()).status);
    }
    await expect.poll(() => open, SOON).toBe(CROWD);
    expect(new Set(meanwhile)).toEqual(new Set([200]));
    good.close();
    expect((await good.poll()).status).toBe(200);
    expect((await uptick.web.request("GET", "/healthz")).status).toBe(200);
    // A device that nobody has seen finds its way too: SCEP, check-in, all of it.
    const late = await newDevice(uptick);
    expect((await late.authenticate()).status).toBe(200);
    expect((await late.tokenUpdate()).status).toBe(200);
    expect(await uptick.device(late.udid)).toMatchObject({ enrollment: "enrolled" });
    expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(CROWD / 2);
  });

  it("leaves nothing behind", async () => {
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => sockets.filter(({ closed }) => !closed).length, SOON).toBe(0);
    expect((await good.poll()).status).toBe(200);
    expect(uptick.takeErrors()).toEqual([]);
  });
});
