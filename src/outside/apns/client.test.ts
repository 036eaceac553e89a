/** The client against a real HTTP/2 server on loopback that plays APNs as each scene needs it. */
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { loopbackCertificate, pushCertificate } from "../../../simulator/index.ts";
import type { PushClient } from "../../service/index.ts";
import { createApnsClient } from "./client.ts";

const authority = loopbackCertificate("push service of a test");
const push = pushCertificate("com.apple.mgmt.External.test");
const MAGIC = "magic-that-must-not-leak";
const message = (n = 1) => ({
  token: new Uint8Array([0xab, n]),
  magic: MAGIC,
  topic: "com.apple.mgmt.External.test",
  expiresAt: 1_800_000_000_999,
});

type Scene = (stream: ServerHttp2Stream, headers: Record<string, unknown>, body: string) => void;
const answer =
  (status: number, body?: object, headers: object = {}): Scene =>
  (stream) => {
    stream.respond({ ":status": status, "apns-id": "an-id", ...headers });
    stream.end(body === undefined ? undefined : JSON.stringify(body));
  };

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

interface Service {
  readonly port: number;
  readonly sessions: ServerHttp2Session[];
  readonly server: Http2SecureServer;
  /** What the next pushes meet, in order; the last goes on for ever. */
  scenes: Scene[];
}

async function service(options: { settings?: object; refuse?: boolean } = {}): Promise<Service> {
  const sessions: ServerHttp2Session[] = [];
  const server = createSecureServer({
    cert: authority.cert,
    key: authority.key,
    requestCert: true,
    rejectUnauthorized: options.refuse === true,
    ...(options.settings && { settings: options.settings }),
  });
  const here: Service = { port: 0, sessions, server, scenes: [answer(200)] };
  server.on("session", (session) => sessions.push(session));
  server.on("sessionError", () => undefined);
  server.on("stream", (stream, headers) => {
    let body = "";
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => (body += chunk.toString()));
    stream.on("end", () => {
      const scene = here.scenes.length > 1 ? here.scenes.shift() : here.scenes[0];
      scene?.(stream, headers, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  toClose.push(async () => {
    for (const session of sessions) session.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return Object.assign(here, { port: (server.address() as AddressInfo).port });
}

function clientOf(port: number, more: { ca?: string; timeoutMs?: number } = {}): PushClient {
  const client = createApnsClient({
    host: "127.0.0.1",
    port,
    certPem: push.cert,
    keyPem: push.key,
    ca: authority.cert,
    timeoutMs: 5000,
    ...more,
  });
  toClose.unshift(() => client.close());
  return client;
}

describe("APNs client", () => {
  it("sends what Apple asks of an MDM push, with its certificate", async () => {
    const apns = await service();
    const seen: unknown[] = [];
    apns.scenes = [
      (stream, headers, body) => {
        const socket = stream.session?.socket as unknown as { getPeerCertificate(): { subject: { UID?: string } } };
        seen.push({ headers, body, uid: socket.getPeerCertificate().subject.UID });
        answer(200)(stream, headers, body);
      },
    ];
    expect(await clientOf(apns.port).push(message())).toEqual({ kind: "accepted", apnsId: "an-id" });
    expect(seen).toEqual([
      {
        headers: expect.objectContaining({
          ":method": "POST",
          ":path": "/3/device/ab01",
          "apns-topic": "com.apple.mgmt.External.test",
          "apns-push-type": "mdm",
          "apns-priority": "10",
          "apns-expiration": "1800000000",
        }) as unknown,
        body: JSON.stringify({ mdm: MAGIC }),
        uid: "com.apple.mgmt.External.test",
      },
    ]);
  });

  it.each([
    [410, { reason: "Unregistered", timestamp: 17 }, { kind: "unregistered", since: 17 }],
    [400, { reason: "BadDeviceToken" }, { kind: "bad-token", reason: "BadDeviceToken" }],
    [403, { reason: "BadCertificate" }, { kind: "misconfigured", of: "connection", reason: "BadCertificate" }],
    [503, { reason: "ServiceUnavailable" }, { kind: "later", retryAfterMs: 9000, reason: "ServiceUnavailable" }],
    [429, { reason: "TooManyRequests" }, { kind: "slow-down", retryAfterMs: 9000, reason: "TooManyRequests" }],
  ])("tells a %d apart", async (status, body, outcome) => {
    const apns = await service();
    apns.scenes = [answer(status, body, { "retry-after": "9" })];
    expect(await clientOf(apns.port).push(message())).toEqual(outcome);
  });

  it("keeps one connection for many pushes, and no more of them in flight than APNs allows", async () => {
    const apns = await service({ settings: { maxConcurrentStreams: 2 } });
    let flying = 0;
    let most = 0;
    apns.scenes = [
      (stream, headers, body) => {
        most = Math.max(most, ++flying);
        setImmediate(() => {
          flying--;
          answer(200)(stream, headers, body);
        });
      },
    ];
    const client = clientOf(apns.port);
    await client.push(message());
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => client.push(message(n))));
    expect(outcomes.filter(({ kind }) => kind !== "accepted")).toEqual([]);
    expect(most).toBeLessThanOrEqual(2);
    expect(apns.sessions).toHaveLength(1);
  });

  it("sends a push that a GOAWAY cut off again, over a new connection", async () => {
    const apns = await service();
    apns.scenes = [
      (stream) => {
        // Nothing at or above this stream was processed.
        stream.session?.goaway(0, (stream.id ?? 1) - 2);
        stream.session?.destroy();
      },
      answer(200),
    ];
    expect(await clientOf(apns.port).push(message())).toMatchObject({ kind: "accepted" });
    expect(apns.sessions).toHaveLength(2);
  });

  it("sends nothing more on a connection after GOAWAY, and lets pushes in flight end there", async () => {
    const apns = await service();
    let finish: (() => void) | undefined;
    apns.scenes = [
      (stream, headers, body) => {
        finish = () => answer(200)(stream, headers, body);
        // This stream is still taken care of; the connection stays open for it.
        stream.session?.goaway(0, stream.id ?? 1);
      },
      answer(200),
    ];
    const client = clientOf(apns.port);
    const first = client.push(message(1));
    await expect.poll(() => finish).toBeDefined();
    await expect.poll(async () => (await client.push(message(2))).kind).toBe("accepted");
    expect(apns.sessions).toHaveLength(2);
    finish?.();
    expect(await first).toMatchObject({ kind: "accepted" });
  });

  it("sends what a connection that ends with an error took along again, over a new one", async () => {
    const apns = await service();
    apns.scenes = [(stream) => stream.session?.goaway(2, stream.id ?? 1), answer(200)];
    expect(await clientOf(apns.port).push(message())).toMatchObject({ kind: "accepted" });
    expect(apns.sessions).toHaveLength(2);
  });

  it("connects again when the service has closed the connection between two pushes", async () => {
    const apns = await service();
    const client = clientOf(apns.port);
    await client.push(message());
    apns.sessions[0]?.destroy();
    expect(await client.push(message())).toMatchObject({ kind: "accepted" });
    expect(apns.sessions).toHaveLength(2);
  });

  it("closes a connection without an answer, and reports that the push must be tried later", async () => {
    const apns = await service();
    apns.scenes = [() => undefined, answer(200)];
    const client = clientOf(apns.port, { timeoutMs: 200 });
    expect(await client.push(message())).toEqual({ kind: "later", retryAfterMs: 30_000, reason: "no answer in time" });
    expect(await client.push(message())).toMatchObject({ kind: "accepted" });
    expect(apns.sessions).toHaveLength(2);
  });

  it("stops waiting for a connection that is accepted and never answered", async () => {
    const mute = createServer((socket) => socket.on("error", () => undefined).resume());
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    toClose.push(() => new Promise((resolve) => mute.close(() => resolve())));
    const client = clientOf((mute.address() as AddressInfo).port, { timeoutMs: 200 });
    expect(await client.push(message())).toMatchObject({ kind: "later", reason: "no answer in time" });
    await client.close();
  });

  it("reports later when the connection is refused", async () => {
    const apns = await service();
    await toClose.pop()?.();
    expect(await clientOf(apns.port).push(message())).toEqual({
      kind: "later",
      retryAfterMs: 30_000,
      reason: "ECONNREFUSED",
    });
  });

  it("says that an admin must act when it does not trust the service", async () => {
    const apns = await service();
    const stranger = loopbackCertificate("another authority");
    const outcome = await clientOf(apns.port, { ca: stranger.cert }).push(message());
    expect(outcome).toMatchObject({ kind: "misconfigured", reason: expect.stringMatching(/CERT|SIGNED/) as unknown });
  });

  it("says that an admin must act, or later, when the service does not trust its certificate", async () => {
    const apns = await service({ refuse: true });
    const outcome = await clientOf(apns.port).push(message());
    // With TLS 1.3 the refusal comes after the handshake, and may be lost to the reset that follows it.
    expect(["misconfigured", "later"]).toContain(outcome.kind);
  });

  it("names neither token nor magic in what it says", async () => {
    const apns = await service();
    apns.scenes = [answer(500, { reason: "InternalServerError" })];
    const outcomes = [await clientOf(apns.port).push(message()), await clientOf(1).push(message())];
    expect(JSON.stringify(outcomes)).not.toMatch(/magic|ab01/);
  });

  it("reads no more of an answer than it needs", async () => {
    const apns = await service();
    apns.scenes = [answer(400, { reason: "x".repeat(100_000) })];
    const outcome = await clientOf(apns.port).push(message());
    expect(outcome).toEqual({ kind: "bug", reason: "400 no reason" });
  });

  it("ends in bounded time with a push in flight, and accepts no further pushes", async () => {
    const apns = await service();
    apns.scenes = [() => undefined];
    const client = clientOf(apns.port, { timeoutMs: 300 });
    const flying = client.push(message());
    await expect.poll(() => apns.sessions.length).toBe(1);
    await client.close();
    expect((await flying).kind).toBe("later");
    expect(await client.push(message())).toMatchObject({ kind: "later", reason: "the connection was closed" });
  });
});
