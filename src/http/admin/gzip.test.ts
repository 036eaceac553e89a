/** Compressed replies: who gets them, and that streams stay streams. */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createGunzip, gunzipSync } from "node:zlib";
import Fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { LINES_MEDIA } from "../../contract/index.ts";
import { createBodyBudget } from "../body/index.ts";
import { ask, authorization, fakeApi } from "./fake-api.suite.ts";
import { device, trialDecisions } from "./fake-rows.suite.ts";
import { fakeService } from "./fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "./index.ts";

const many = { rows: Array.from({ length: 50 }, () => device), next: null };
const app = () => fakeApi({ "devices.list": async () => many }).app;

describe("a reply above 1 KiB", () => {
  it.each(["gzip", "gzip, deflate, br", "br;q=1, gzip;q=0.5", "*"])(
    "is compressed for Accept-Encoding: %s",
    async (encoding) => {
      const reply = await ask(app(), "GET", "/api/v1/devices", { "accept-encoding": encoding });
      expect([reply.headers["content-encoding"], reply.headers["vary"]]).toEqual(["gzip", "accept-encoding"]);
      const plain = await ask(app(), "GET", "/api/v1/devices");
      expect(gunzipSync(reply.rawPayload).toString()).toBe(plain.body);
      expect(reply.rawPayload.length * 5).toBeLessThan(plain.body.length);
    },
  );

  it.each(["", "identity", "br", "gzip;q=0", "gzipped"])(
    "is sent as it is for Accept-Encoding: %j",
    async (encoding) => {
      const reply = await ask(app(), "GET", "/api/v1/devices", { "accept-encoding": encoding });
      expect([reply.statusCode, reply.headers["content-encoding"]]).toEqual([200, undefined]);
      expect(reply.json()).toEqual(many);
    },
  );

  it("is compressed where it is a problem too", async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 90 }, (_one, nth) => [`key${nth}`, nth])));
    const headers = { "accept-encoding": "gzip", "content-type": "application/json" };
    const reply = await ask(app(), "POST", "/api/v1/tokens", headers, body);
    expect([reply.statusCode, reply.headers["content-encoding"]]).toEqual([400, "gzip"]);
    expect(JSON.parse(gunzipSync(reply.rawPayload).toString())).toMatchObject({ code: "request-invalid" });
  });
});

it("leaves a small reply as it is", async () => {
  const reply = await ask(fakeApi().app, "GET", "/healthz", { "accept-encoding": "gzip" });
  expect([reply.headers["content-encoding"], reply.json()]).toEqual([undefined, { state: "alive" }]);
});

it("does not take a compressed body, whatever it would unpack to", async () => {
  const headers = { "content-encoding": "gzip", "content-type": "application/json" };
  const reply = await ask(fakeApi().app, "POST", "/api/v1/tokens", headers, '{"name":"ci"}');
  expect(reply.json()).toMatchObject({
    code: "media-type-invalid",
    remedy: expect.stringContaining("Content-Encoding"),
  });
});

it("sends each page of a stream when it is made", async () => {
  const more = Promise.withResolvers<void>();
  const [decision] = trialDecisions;
  const page = Array.from({ length: 20 }, () => ({ decision: decision as (typeof trialDecisions)[number] }));
  // Without the suite's own look at replies, which reads them to their end.
  const server = Fastify(adminServerOptions(() => undefined));
  const bodies = createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 });
  const { service } = fakeService({
    "plans.dryRunLines": async function* () {
      yield page;
      await more.promise;
      yield page;
    },
  });
  registerAdmin(server, { service, log: () => undefined, bodies });
  onTestFinished(() => server.close());
  await server.listen({ host: "127.0.0.1", port: 0 });
  const headers = { authorization, accept: LINES_MEDIA, "content-type": "application/json", "accept-encoding": "gzip" };
  const { port } = server.server.address() as AddressInfo;
  const sent = http.request({ port, method: "POST", path: "/api/v1/plans?dryRun=true", headers, agent: false });
  sent.end(JSON.stringify({ to: "26.6.2", devices: ["all"], action: "install" }));
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  expect(response.headers["content-encoding"]).toBe("gzip");
  const unzipped = response.pipe(createGunzip());
  let heard = "";
  unzipped.on("data", (part: Buffer) => (heard += part.toString()));
  // The second page is not made before the first has arrived.
  while (heard.split("\n").length <= page.length) await once(unzipped, "data");
  expect(heard.trimEnd().split("\n")).toHaveLength(page.length);
  more.resolve();
  await once(unzipped, "end");
  expect(heard.trimEnd().split("\n")).toHaveLength(2 * page.length);
});
