/** Deliveries to real receivers on this machine, good ones and bad ones, and what nothing is sent to. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, BlockList, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { tlsAuthority } from "../../../test/support/tls-authority.ts";
import { createWebhookClient, type WebhookClientOptions } from "./client.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");

const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => undefined);
};
const client = (more: Partial<WebhookClientOptions> = {}) => createWebhookClient({ allow: loopback, sleep, ...more });
const never = new AbortController().signal;
const request = (url: string) => ({ url, headers: { "content-type": "application/json" }, body: '{"a":"ä"}' });
/** Times that a test can wait for. */
const SHORT = { connect: 200, total: 300 };

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});
async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const answering = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(listener))}/hook`;
const status = (code: number, headers: Record<string, string> = {}) =>
  answering((_request, response) => void response.writeHead(code, headers).end());

describe("a delivery", () => {
  it("is one POST with its headers and its body, byte by byte", async () => {
    const got: unknown[] = [];
    const url = await answering((asked, response) => {
      const { host, ...headers } = asked.headers;
      void text(asked).then((body) => {
        got.push(asked.method, asked.url, headers, body, host?.startsWith("127.0.0.1:"));
        response.writeHead(204).end();
      });
    });
    expect(await client().post(request(url), never)).toEqual({ kind: "answered", status: 204 });
    const headers = { "content-type": "application/json", "content-length": "10", connection: "close" };
    expect(got).toEqual(["POST", "/hook", headers, '{"a":"ä"}', true]);
  });

  it("is answered with whatever status comes, and follows no redirect", async () => {
    let followed = 0;
    const inside = await answering((_request, response) => {
      followed += 1;
      response.end();
    });
    for (const code of [200, 302, 307, 410, 500])
      expect(await client().post(request(await status(code, { location: inside })), never)).toEqual({
        kind: "answered",
        status: code,
      });
    expect(followed).toBe(0);
  });

  it("reads little of a huge answer, and nothing of one that never ends", async () => {
    let sent = 0;
    const huge = await answering((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 1;
        if (!response.destroyed) response.once("drain", more);
      };
      response.writeHead(200);
      more();
    });
    expect(await client().post(request(huge), never)).toEqual({ kind: "answered", status: 200 });
    // What the two kernels hold in between may have left.
    expect(sent).toBeLessThan(1000);
    const endless = await answering((_request, response) => void response.writeHead(200).write("a"));
    expect(await client({ limits: SHORT }).post(request(endless), never)).toEqual({ kind: "answered", status: 200 });
  });

  it("takes an answer that breaks off behind its status, and fails without one", async () => {
    const half = await answering((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });
    expect(await client().post(request(half), never)).toEqual({ kind: "answered", status: 200 });
    const gone = await answering((asked) => void asked.socket.destroy());
    expect(await client().post(request(gone), never)).toMatchObject({ kind: "failed" });
    const port = await listening(createTcpServer((socket) => void socket.end("SMTP ready\r\n\r\n")));
    expect(await client().post(request(`http://127.0.0.1:${port}/`), never)).toMatchObject({
      kind: "failed",
      cause: "cut-off",
    });
  });

  it("fails in time where nobody answers, at each step", async () => {
    const silent = await listening(createTcpServer(() => undefined));
    const slow = await answering(() => undefined);
    const timedOut = { kind: "failed", cause: "timed-out", detail: "no answer within 0.3 s" };
    const brief = client({ limits: SHORT });
    // The handshake never ends.
    expect(await brief.post(request(`https://127.0.0.1:${silent}/`), never)).toEqual(timedOut);
    expect(await brief.post(request(slow), never)).toEqual(timedOut);
    const hanging = client({ limits: SHORT, resolve: () => new Promise(() => undefined) });
    expect(await hanging.post(request("https://a.example/"), never)).toEqual(timedOut);
  });

  it("fails where nothing listens, and ends with the server", async () => {
    const port = await listening(createServer());
    await new Promise((resolve) => void servers.splice(0)[0]?.close(resolve));
    expect(await client().post(request(`http://127.0.0.1:${port}/`), never)).toMatchObject({
      kind: "failed",
      cause: "unreachable",
      detail: "ECONNREFUSED",
    });
    const stopping = new AbortController();
    const slow = await answering(() => stopping.abort());
    expect(await client().post(request(slow), stopping.signal)).toEqual({ kind: "stopped" });
    expect(await client().post(request(slow), AbortSignal.abort())).toEqual({ kind: "stopped" });
  });

  it("goes over TLS to a certificate that is trusted, for the name in the URL", async () => {
    const authority = tlsAuthority("receivers");
    const { cert, key } = authority.server({ name: "hook.example" });
    const port = await listening(createTlsServer({ cert, key }, (_request, response) => void response.end()));
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const post = (host: string, more: Partial<WebhookClientOptions> = {}) =>
      client({ resolve, ca: authority.rootPem, ...more }).post(request(`https://${host}:${port}/`), never);
    expect(await post("hook.example")).toEqual({ kind: "answered", status: 200 });
    expect(await post("other.example")).toMatchObject({ kind: "failed", cause: "untrusted" });
    expect(await post("hook.example", { ca: tlsAuthority("others").rootPem })).toMatchObject({ cause: "untrusted" });
  });
});

describe("an address that is not public", () => {
  it.each([
    "https://127.0.0.1/",
    "https://localhost.:1/",
    // 127.0.0.1 in the other spellings that a URL has.
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://①②⑦.0.0.1/",
    "https://0/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[64:ff9b::7f00:1]/",
  ])("gets nothing: %s", async (url) => {
    const strict = client({ allow: undefined, resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
    expect(await strict.post(request(url), never)).toMatchObject({ kind: "failed", cause: "address-refused" });
  });

  it("is refused where a name leads to it, also beside a public one, and the connection goes to what was looked at", async () => {
    let asked = 0;
    let hits = 0;
    const port = await listening(createServer((_request, response) => void response.end(String((hits += 1)))));
    const answers: string[][] = [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], []];
    const resolve = async () => (answers[asked++] ?? []).map((address) => ({ address, family: 4 }));
    // The second answer of a name that rebinds would lead elsewhere: it is not asked for.
    const open = client({ resolve });
    expect(await open.post(request(`http://rebinds.example:${port}/`), never)).toEqual({
      kind: "answered",
      status: 200,
    });
    expect([asked, hits]).toEqual([1, 1]);
    const details = [
      await open.post(request("https://mixed.example/"), never),
      await open.post(request("https://nowhere.example/"), never),
    ];
    expect(details).toMatchObject([
      { cause: "address-refused", detail: "mixed.example leads to 10.0.0.1, which is no public address" },
      { cause: "address-refused", detail: "nowhere.example leads to no address" },
    ]);
  });

  it.each([
    ["ftp://a.example/", undefined, "it is no https URL"],
    ["a.example", undefined, "it is no URL"],
    ["https://u:p@a.example/", undefined, "it has a user name or a password"],
    ["https://a.example/#x", undefined, "it has a fragment"],
    ["http://a.example/", undefined, "http is for addresses in webhook-allow only"],
    ["http://93.184.215.14/", loopback, "http is for addresses in webhook-allow only"],
    ["https://10.0.0.1/", loopback, "10.0.0.1 is no public address"],
    ["https://a.example/", undefined, undefined],
    ["https://93.184.215.14/", undefined, undefined],
    ["http://127.0.0.1/", loopback, undefined],
    // Where its name leads is seen when it is used.
    ["http://a.example/", loopback, undefined],
  ])("is refused by its text: %s", (url, allow, why) => {
    expect(client({ allow }).refusal(url)).toBe(why);
  });

  it("is refused by http where only https may reach it", async () => {
    const resolve = async () => [{ address: "93.184.215.14", family: 4 }];
    expect(await client({ resolve }).post(request("http://a.example/"), never)).toMatchObject({
      cause: "address-refused",
      detail: "http is for addresses in webhook-allow only",
    });
  });
});
