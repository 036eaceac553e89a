/** An export over real connections: what fails in the midst of it, and who leaves before its end. */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Fastify from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { UptickError } from "../../errors/index.ts";
import { createBodyBudget } from "../body/index.ts";
import { authorization } from "./fake-api.suite.ts";
import { type Changes, fakeService } from "./fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "./index.ts";

type Csv = NonNullable<Changes["devices.csv"]>;

/** The reply to an export, as it begins. */
async function begun(csv: Csv) {
  const app = Fastify(adminServerOptions(() => undefined));
  const bodies = createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 });
  registerAdmin(app, { service: fakeService({ "devices.csv": csv }).service, log: () => undefined, bodies });
  onTestFinished(() => app.close());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const sent = http.request({ port, path: "/api/v1/devices.csv", headers: { authorization }, agent: false });
  onTestFinished(() => void sent.destroy());
  sent.end();
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  return response;
}

it("sends the rows as they are made", async () => {
  const response = await begun(async function* () {
    yield "a\r\n";
    yield "b\r\n";
  });
  expect(response.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="devices.csv"',
  });
  expect(await text(response)).toBe("a\r\nb\r\n");
});

it("answers with a problem where nothing could be made", async () => {
  const response = await begun(async function* () {
    await Promise.reject(new UptickError("store-unavailable", "The disk is away."));
    yield "a\r\n";
  });
  expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([503, { code: "store-unavailable" }]);
});

it("breaks the connection off where it fails later, so that nobody takes a part for the whole", async () => {
  const response = await begun(async function* () {
    yield "a\r\n";
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error("a secret");
  });
  await expect(text(response)).rejects.toThrow("aborted");
});

it("makes nothing more once the client has gone away, and no more than it reads", async () => {
  const ended = Promise.withResolvers<void>();
  let pages = 0;
  const response = await begun(async function* () {
    try {
      for (;;) {
        pages += 1;
        yield "x".repeat(80_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended.resolve();
    }
  });
  // The connection's own buffers fill up, and then nothing is asked for.
  let before = -1;
  while (before !== pages) {
    before = pages;
    for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(pages).toBeLessThan(1000);
  response.destroy();
  await ended.promise;
  const made = pages;
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(pages).toBe(made);
});
