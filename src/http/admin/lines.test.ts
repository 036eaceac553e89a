/** A reply that is a stream, over real connections: what fails in the midst of it, and who leaves or does not read on. */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Fastify from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { LINES_MEDIA } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { createBodyBudget } from "../body/index.ts";
import { authorization } from "./fake-api.suite.ts";
import { trial, trialDecisions } from "./fake-rows.suite.ts";
import { type Changes, fakeService } from "./fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "./index.ts";

type Lines = NonNullable<Changes["plans.dryRunLines"]>;

const [decision] = trialDecisions;
/** About 80 KB, as a page of the real service is. */
const PAGE = Array.from({ length: 250 }, () => ({ decision: decision as (typeof trialDecisions)[number] }));

/** The admin API in front of a service whose dry run is `lines`; asks for one, and gives the reply as it begins. */
async function begun(lines: Lines) {
  const logged: { event: string; fields: object }[] = [];
  const log = (event: string, fields: object): void => void logged.push({ event, fields });
  const app = Fastify(adminServerOptions(log));
  const bodies = createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 });
  registerAdmin(app, { service: fakeService({ "plans.dryRunLines": lines }).service, log, bodies });
  onTestFinished(() => app.close());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const headers = { authorization, accept: LINES_MEDIA, "content-type": "application/json" };
  const options = { port, method: "POST", path: "/api/v1/plans?dryRun=true", headers, agent: false };
  const sent = http.request(options);
  onTestFinished(() => void sent.destroy());
  sent.end(JSON.stringify({ to: "26.6.2", devices: ["all"], action: "install" }));
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  return { response, logged };
}

async function linesOf(response: http.IncomingMessage): Promise<Record<string, unknown>[]> {
  const lines = (await text(response)).split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it("sends what was made, line by line", async () => {
  const { response } = await begun(async function* () {
    yield PAGE;
    yield PAGE;
    yield [{ summary: trial }];
  });
  expect([response.statusCode, response.headers["content-type"], response.headers["cache-control"]]).toEqual([
    200,
    LINES_MEDIA,
    "no-store",
  ]);
  const lines = await linesOf(response);
  expect(lines).toEqual([...PAGE, ...PAGE, { summary: trial }]);
});

it.each([
  ["what the store can't do", new UptickError("store-unavailable", "The disk is away."), "store-unavailable"],
  ["a fault of its own, without its text", new Error("a secret"), "internal"],
])("says %s in a last line, and logs it", async (_what, error, code) => {
  const { response, logged } = await begun(async function* () {
    yield PAGE;
    throw error;
  });
  const lines = await linesOf(response);
  expect(lines).toHaveLength(PAGE.length + 1);
  const requestId = response.headers["x-request-id"];
  expect(lines.at(-1)).toEqual({ problem: expect.objectContaining({ code, requestId }) as unknown });
  expect(JSON.stringify(lines)).not.toContain("secret");
  expect(logged).toEqual([
    { event: "request-failed", fields: expect.objectContaining({ requestId, error }) as unknown },
  ]);
});

it("answers with a problem where nothing could be made", async () => {
  const none: Lines = async function* () {
    await Promise.reject(new UptickError("plan-empty", "The plan names no device."));
    yield PAGE;
  };
  const { response } = await begun(none);
  expect(response.statusCode).toBe(400);
  expect(JSON.parse(await text(response))).toMatchObject({ code: "plan-empty" });
});

/** A dry run that never ends, and what becomes of it. */
function endless() {
  const ended = Promise.withResolvers<void>();
  const seen = { pages: 0 };
  const lines: Lines = async function* () {
    try {
      for (;;) {
        seen.pages += 1;
        yield PAGE;
        // As a store that answers in a later turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended.resolve();
    }
  };
  return { lines, seen, ended: ended.promise };
}

it("makes nothing more once the client has gone away", async () => {
  const { lines, seen, ended } = endless();
  const { response, logged } = await begun(lines);
  await once(response, "data");
  response.destroy();
  await ended;
  const { pages } = seen;
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(seen.pages).toBe(pages);
  expect(logged).toEqual([]);
});

it("makes no more than a client reads", async () => {
  const { lines, seen } = endless();
  const { response } = await begun(lines);
  // The connection's own buffers fill up, and then nothing is asked for.
  let before = -1;
  while (before !== seen.pages) {
    before = seen.pages;
    for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(seen.pages).toBeLessThan(1000);
  response.resume();
  while (seen.pages < before + 100) await new Promise((resolve) => setImmediate(resolve));
});
