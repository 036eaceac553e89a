/** Changes as they come: by a stream and by webhooks of a real server, to a real receiver. */
import { createHmac } from "node:crypto";
import http, { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NewToken, type NewWebhook, webhookBody, type WebhookView } from "../../src/contract/index.ts";
import { faultsOf, routeAt } from "../../src/http/admin/true-replies.suite.ts";
import { enrolDevice, IPHONE, startUptick, type Uptick } from "../support/index.ts";
import { SOON } from "../support/soon.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let uptick: Uptick;
let receiver: Server;
let received: Received[] = [];
let status = 204;
let hookUrl = "";
beforeAll(async () => {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, "127.0.0.1", resolve));
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  uptick = await startUptick({ flags: { "webhook-allow": "127.0.0.0/8" } });
});
afterAll(async () => {
  await uptick.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

interface Stream {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: () => string;
  readonly ended: () => boolean;
  readonly leave: () => void;
}

/** Follows until the server ends it, or the test leaves. */
function follow(query: string, headers: Readonly<Record<string, string>> = {}, token = uptick.token): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const { port } = uptick.server.web;
    const sent = http.get(
      {
        host: "127.0.0.1",
        port,
        path: `/api/v1/events?${query}`,
        agent: false,
        headers: { authorization: `Bearer ${token}`, "accept-encoding": "gzip", ...headers },
      },
      (response) => {
        let heard = "";
        let ended = false;
        response.setEncoding("utf8");
        response.on("data", (part: string) => (heard += part));
        response.on("close", () => (ended = true));
        response.on("error", () => undefined);
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"],
          text: () => heard,
          ended: () => ended,
          leave: () => void sent.destroy(),
        });
      },
    );
    sent.on("error", reject);
  });
}

const halt = (reason: string) => uptick.web.post("/api/v1/halt/start", { reason });
const resume = () => uptick.web.post("/api/v1/halt/end", { devices: 0 });

describe("the stream of events", () => {
  it("tells what changes, in the form of the contract, and continues behind Last-Event-ID", async () => {
    const stream = await follow("topics=halt,devices");
    expect([stream.status, stream.type]).toEqual([200, "text/event-stream"]);
    await expect.poll(stream.text, SOON).toContain("event: ready\n");
    await halt("one");
    await expect.poll(stream.text, SOON).toContain('"changes":["halt.began"]');
    await enrolDevice(uptick, { udid: "FOLLOWED", serial: "FOLLOWED", ...IPHONE });
    await expect.poll(stream.text, SOON).toContain('"device.enrolled"');
    stream.leave();
    const told = stream.text();
    expect(told).not.toContain("event: overview");
    expect(faultsOf(routeAt("GET", "/api/v1/events"), { status: 200, type: "text/event-stream", text: told })).toEqual(
      [],
    );
    const [, id = ""] = /id: (\d+)\nevent: halt\n/.exec(told) ?? [];
    await resume();
    const again = await follow("topics=halt", { "last-event-id": id });
    await expect.poll(again.text, SOON).toContain('"changes":["halt.ended"]');
    expect(again.text()).not.toContain("halt.began");
    again.leave();
    const asked = await follow(`topics=halt&lastEventId=${id}`);
    await expect.poll(asked.text, SOON).toContain('"changes":["halt.ended"]');
    asked.leave();
    const reset = await follow("topics=halt", { "last-event-id": "999999" });
    await expect.poll(reset.text, SOON).toContain("event: reset\n");
    reset.leave();
  });

  it("ends when the token is revoked, and is refused with a topic that does not exist", async () => {
    const { token } = await uptick.web.post<NewToken>("/api/v1/tokens", { name: "follower" });
    const [stream, other] = [await follow("topics=halt", {}, token), await follow("topics=halt")];
    await uptick.web.request("DELETE", "/api/v1/tokens/follower");
    await expect.poll(stream.ended, SOON).toBe(true);
    expect(other.ended()).toBe(false);
    other.leave();
    expect((await uptick.web.request("GET", "/api/v1/events?topics=halt,weather")).problem()).toMatchObject({
      code: "request-invalid",
      detail: expect.stringContaining("overview,devices,plans,rollouts,catalog,halt"),
    });
  });

  it("does not hold up the server's stop", async () => {
    const stream = await follow("topics=halt");
    await expect.poll(stream.text, SOON).toContain("event: ready\n");
    await uptick.restart();
    await expect.poll(stream.ended, SOON).toBe(true);
  });
});

describe("a webhook", () => {
  const made = async (name: string, events: readonly string[]): Promise<NewWebhook> => {
    const reply = await uptick.web.request("POST", "/api/v1/webhooks", {
      body: JSON.stringify({ name, url: hookUrl, events }),
      headers: { "content-type": "application/json" },
    });
    const hook = reply.json<NewWebhook>();
    expect([reply.status, reply.headers.location]).toEqual([201, `/api/v1/webhooks/${hook.id}`]);
    return hook;
  };
  const show = (name: string) => uptick.web.get<WebhookView>(`/api/v1/webhooks/${name}`);
  const edit = (name: string, body: object) =>
    uptick.web.request("PATCH", `/api/v1/webhooks/${name}`, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const deliveries = async (name: string) =>
    (await uptick.web.get<{ rows: Record<string, unknown>[] }>(`/api/v1/webhooks/${name}/deliveries`)).rows;

  /** As docs/events.md says. */
  function signatures({ headers, body }: Received, ...secrets: readonly string[]): readonly boolean[] {
    const [time = "", ...signed] = String(headers["uptick-signature"]).split(",");
    return secrets.map((secret) => {
      const expected = createHmac("sha256", secret)
        .update(`${time.slice("t=".length)}.${body}`)
        .digest("hex");
      return signed.includes(`v1=${expected}`);
    });
  }

  it("is told of what it wants, signed, and of nothing else", async () => {
    received = [];
    const { secret } = await made("signed", ["halt.*"]);
    await made("others", ["plan.*", "job.done"]);
    await halt("signed");
    await expect.poll(() => received, SOON).toHaveLength(1);
    const [first] = received as [Received];
    const body = webhookBody.parse(JSON.parse(first.body));
    expect(body).toMatchObject({ event: "halt.began", data: { halt: { active: true, reason: "signed" } } });
    expect([first.headers["uptick-event"], first.headers["uptick-delivery"]]).toEqual(["halt.began", body.id]);
    expect(signatures(first, secret, "whsec_other")).toEqual([true, false]);
    await expect
      .poll(() => deliveries("signed"), SOON)
      .toMatchObject([
        { id: body.id, event: "halt.began", state: "delivered", status: 204, attempts: 1, nextAt: null },
      ]);
    const rotated = await uptick.web.post<NewWebhook>("/api/v1/webhooks/signed/rotate-secret", undefined);
    expect(rotated.secret).not.toBe(secret);
    await resume();
    await expect.poll(() => received, SOON).toHaveLength(2);
    expect(signatures(received[1] as Received, rotated.secret, secret)).toEqual([true, true]);
    expect(await deliveries("others")).toEqual([]);
    // Nothing that the server shows or stores has a secret in it.
    expect(JSON.stringify([await show("signed"), uptick.log, uptick.rows("SELECT * FROM webhook")])).not.toContain(
      "whsec_",
    );
  });

  it("is told again of what it did not take, with the same id, and not after 410", async () => {
    received = [];
    await made("flaky", ["halt.*"]);
    status = 500;
    await halt("flaky");
    await expect
      .poll(() => deliveries("flaky"), SOON)
      .toMatchObject([{ state: "waiting", status: 500, error: "status 500", attempts: 1, nextAt: expect.any(String) }]);
    expect(await show("flaky")).toMatchObject({ state: "active", waiting: 1, failingSinceAt: expect.any(String) });
    status = 204;
    const [{ id } = {}] = await deliveries("flaky");
    expect(
      (await uptick.web.request("POST", `/api/v1/webhooks/flaky/deliveries/${String(id)}/retry`)).json(),
    ).toMatchObject({ state: "waiting" });
    await expect
      .poll(() => deliveries("flaky"), SOON)
      .toMatchObject([{ state: "delivered", attempts: 2, error: null }]);
    const mine = received.filter(({ headers }) => headers["uptick-delivery"] === id);
    expect(mine.map(({ body }) => body)).toEqual([mine[0]?.body, mine[0]?.body]);
    expect(await show("flaky")).toMatchObject({ waiting: 0, failingSinceAt: null });
    status = 410;
    await resume();
    await expect
      .poll(() => show("flaky"), SOON)
      .toMatchObject({ state: "disabled", disabledReason: "gone", disabledBy: "system" });
    status = 204;
    expect(await uptick.web.get("/api/v1/status")).toMatchObject({
      warnings: expect.arrayContaining([expect.objectContaining({ reason: "webhooks-disabled" })]),
    });
    expect((await edit("flaky", { revision: 7, enabled: true })).problem()).toMatchObject({
      code: "revision-stale",
      present: { revision: 1 },
    });
    received = [];
    await halt("while it was disabled");
    await resume();
    expect((await edit("flaky", { revision: 1, enabled: true })).json()).toMatchObject({
      state: "active",
      revision: 2,
    });
    const told = () => received.map(({ body }) => webhookBody.parse(JSON.parse(body)).data.halt?.reason);
    // That it hears of what came meanwhile.
    await expect.poll(told, SOON).toContain("while it was disabled");
  });

  it("is tried once by a test, whatever comes, and does nothing inside", async () => {
    await made("tried", ["*"]);
    received = [];
    const test = async () => (await uptick.web.request("POST", "/api/v1/webhooks/tried/test")).json();
    expect(await test()).toMatchObject({ event: "webhook.test", state: "delivered", status: 204 });
    status = 302;
    expect(await test()).toMatchObject({ state: "given-up", status: 302, error: "a redirect, which is not followed" });
    status = 204;
    expect(received.length).toBeGreaterThanOrEqual(2);
    expect((await uptick.web.request("DELETE", "/api/v1/webhooks/tried")).status).toBe(204);
    expect((await uptick.web.request("DELETE", "/api/v1/webhooks/tried")).problem()).toMatchObject({
      code: "webhook-unknown",
    });
    const create = async (body: object) =>
      (
        await uptick.web.request("POST", "/api/v1/webhooks", {
          body: JSON.stringify({ name: "x", url: hookUrl, events: ["*"], ...body }),
          headers: { "content-type": "application/json" },
        })
      ).problem().code;
    expect([
      await create({ url: "https://169.254.169.254/" }),
      await create({ url: "https://0x0a000001/" }),
      await create({ name: "signed" }),
      await create({ events: ["weather.changed"] }),
      await create({ events: [] }),
    ]).toEqual(["webhook-invalid", "webhook-invalid", "webhook-exists", "request-invalid", "request-invalid"]);
  });
});
