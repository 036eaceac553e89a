/** The worked examples of docs/api.md against a real server, as far as they can be tried without changing anything. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXAMPLES, type ExampleStep, type Route, ROUTES } from "../../src/contract/index.ts";
import { enrolDevice, IPHONE, START, startUptick, type Uptick } from "../support/index.ts";

const DAY = 24 * 60 * 60 * 1000;

let uptick: Uptick;
beforeAll(async () => {
  // Days ago, so that the report of a day in the past is known.
  uptick = await startUptick({ start: START - 5 * DAY });
  const device = await enrolDevice(uptick, { facts: { ...IPHONE, SerialNumber: "C02XXXXXXXXX" } });
  await uptick.restart({ later: 5 * DAY });
  await uptick.web.post("/api/v1/devices/tag", { devices: [device.udid], add: ["pilot"] });
  const headers = { "content-type": "application/json" };
  await uptick.web.request("PUT", "/api/v1/groups/Shops", { body: '{"rule":"tag = shop"}', headers });
});
afterAll(() => uptick.close());

const routeOf = ({ route }: ExampleStep): Route => ROUTES[route];
const isTriable = (step: ExampleStep): boolean =>
  !JSON.stringify(step.params ?? {}).includes("$") &&
  (routeOf(step).method === "GET" || "dryRun" in (routeOf(step).query?.shape ?? {}));
const steps = EXAMPLES.flatMap(({ task, steps: all }) =>
  all.filter(isTriable).map((step, nth): [string, number, ExampleStep] => [task, nth + 1, step]),
);

it("are tried for the most part", () => {
  expect(steps.length).toBeGreaterThan(12);
});

it.each(steps)("%s, trial %i", async (_task, _nth, step) => {
  const { method, path, query: taken } = routeOf(step);
  const { params = {}, query = {}, body, accept } = step;
  const dryRun = "dryRun" in (taken?.shape ?? {}) ? { dryRun: "true" } : {};
  const asked = new URLSearchParams({ ...dryRun, ...query }).toString();
  const target = path.replaceAll(/:([a-z]+)/gi, (_whole, name: string) => encodeURIComponent(params[name] ?? ""));
  const reply = await uptick.web.request(method, asked === "" ? target : `${target}?${asked}`, {
    headers: {
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
});
