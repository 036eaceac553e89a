/** The metrics of a real server, read as Prometheus reads them: with a token at the admin API, and on a listener without. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PROCESS_METRICS, STORE_METRICS } from "../../src/metrics/index.ts";
import { type Family, readExposition } from "../support/exposition.ts";
import {
  type Device,
  enrolDevice,
  makePlan,
  newDevice,
  SOON,
  startHalt,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "metrics-listen": "127.0.0.1:0" } });
  device = await enrolDevice(uptick, { serial: 'A"B\\C' });
  await makePlan(uptick, [device.udid]);
  await device.session();
});
afterAll(() => uptick.close());

const page = async (path = "/metrics") => fetch(`http://127.0.0.1:${uptick.server.metrics?.port}${path}`);
const scrape = async (): Promise<Map<string, Family>> => readExposition(await (await page()).text());

/** The value of the series of a metric with these labels among its own. */
function value(
  families: Map<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_count$/, ""));
  const fits = family?.samples.filter(
    (one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text),
  );
  return fits?.[0]?.value;
}

describe("the metrics", () => {
  it("are a page that a strict reader takes, with every metric of the table and of Node", async () => {
    const reply = await page();
    expect([reply.status, reply.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    const families = readExposition(await reply.text());
    for (const { name, type, help } of Object.values({ ...PROCESS_METRICS, ...STORE_METRICS }))
      expect(families.get(name)).toMatchObject({ type, help });
    expect([...families.keys()].filter((name) => name.startsWith("nodejs_eventloop_lag"))).not.toEqual([]);
    expect(families.has("process_cpu_seconds_total")).toBe(true);
  });

  it("count what devices ask, and how long it took, by kinds that are few", async () => {
    const families = await scrape();
    for (const kind of ["Authenticate", "TokenUpdate", "Idle", "Answer"])
      expect(value(families, "uptick_device_requests_total", { kind, status: "200" })).toBeGreaterThan(0);
    expect(value(families, "uptick_device_request_duration_seconds_count", { kind: "Idle" })).toBeGreaterThan(0);
  });

  it("say how the fleet and the queue stand, and what ends when", async () => {
    const families = await scrape();
    expect(value(families, "uptick_store_up")).toBe(1);
    const classes = families.get("uptick_devices")?.samples ?? [];
    expect([classes.length, classes.reduce((sum, one) => sum + one.value, 0)]).toEqual([6, 1]);
    expect(families.get("uptick_jobs")?.samples.reduce((sum, one) => sum + one.value, 0)).toBe(1);
    for (const certificate of ["push", "tls", "authority", "device_identity"])
      expect(value(families, "uptick_certificate_expiry_timestamp_seconds", { certificate })).toBeGreaterThan(
        Date.now() / 1000,
      );
    expect(value(families, "uptick_catalog_age_seconds")).toBeGreaterThan(86_400);
    expect(value(families, "uptick_database_size_bytes")).toBeGreaterThan(4096);
    expect(value(families, "uptick_disk_free_bytes")).toBeGreaterThan(0);
    expect(value(families, "uptick_halt_active")).toBe(0);
    expect(value(families, "uptick_build_info", { node: process.versions.node })).toBe(1);
  });

  it("count pushes, refused requests, requests of admins and turns of the server's work", async () => {
    // Its certificate is not that of the device whose UDID it names.
    const other = await newDevice(uptick);
    const { status } = await other.poll("Idle", { UDID: device.udid });
    expect(status).toBe(403);
    other.close();
    await uptick.web.request("GET", "/api/v1/nowhere/of/any/kind");
    await uptick.web.request("GET", `/api/v1/devices/${device.udid}`);
    await vi.waitFor(async () => {
      const families = await scrape();
      expect(value(families, "uptick_pushes_total", { outcome: "accepted" })).toBeGreaterThan(0);
      expect(value(families, "uptick_pushes_total", { outcome: "slow-down" })).toBe(0);
      expect(families.get("uptick_refused_requests_total")?.samples).toMatchObject([
        { labels: { source: "mdm", reason: "certificate-not-bound" }, value: 1 },
      ]);
      expect(
        value(families, "uptick_admin_requests_total", { route: "/api/v1/devices/:ref", status: "200" }),
      ).toBeGreaterThan(0);
      expect(value(families, "uptick_admin_requests_total", { route: "other", status: "404" })).toBe(1);
      expect(value(families, "uptick_loop_last_success_timestamp_seconds", { loop: "jobs" })).toBeGreaterThan(0);
    }, SOON);
  });

  it("name no device, whatever it calls itself", async () => {
    const text = await (await page()).text();
    expect(text).not.toContain(device.udid);
    expect(text).not.toContain('A\\"B');
  });

  it("need a token at the admin API, and none on their listener, which has nothing else", async () => {
    expect((await uptick.web.request("GET", "/metrics", { token: null })).status).toBe(401);
    const reply = await uptick.web.request("GET", "/metrics");
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect(readExposition(reply.text).has("uptick_devices")).toBe(true);
    expect((await page("/api/v1/devices")).status).toBe(404);
    expect((await page("/healthz")).status).toBe(404);
  });

  it("show a halt in the figures that are gathered after it", async () => {
    await startHalt(uptick);
    // Figures are shared for some seconds; a server that has just started has none.
    await uptick.restart();
    expect(value(await scrape(), "uptick_halt_active")).toBe(1);
    expect((await scrape()).get("uptick_warning_active")?.samples.map((one) => one.labels["code"])).toContain(
      "plans-halted",
    );
  });
});
