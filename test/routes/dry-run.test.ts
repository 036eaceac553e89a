/** What a plan would do, for more devices than one value names: a stream, the same in numbers, and the same as the plan does. */
import http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionView, DryRun, DryRunLine, DryRunSummary, NewPlan } from "../../src/contract/index.ts";
import { enrolDevice, insertRow, startUptick, type Uptick } from "../support/index.ts";
import type { TestDatabase } from "../support/database.ts";

/** Several pages, more than one value names. */
const MANY = 1200;
/** Of them those that run the version already, and those that are not supervised and can't be updated. */
const [THERE, REFUSED] = [100, 37];
const RATE = 7;

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "push-rate": String(RATE) } });
  const { udid } = await enrolDevice(uptick, { serial: "FIRST" });
  await uptick.restart({ between: (database) => copies(database, udid) });
});
afterAll(() => uptick.close());

/** Devices as the one that has enrolled; none of them has a certificate, and none ever comes. */
function copies(database: TestDatabase, udid: string): void {
  const row = database.prepare("SELECT * FROM enrollment WHERE apple_id = ?").get(udid);
  database.prepare("BEGIN").run();
  for (let n = 1; n < MANY; n += 1) {
    const own = {
      id: `0198c000-0000-7000-8000-${String(n).padStart(12, "0")}`,
      apple_id: `COPY-${n}`,
      serial: `COPY${n}`,
      ...(n <= THERE ? { os_version: "26.6.1", build_version: "23G83" } : {}),
      ...(n > MANY - 1 - REFUSED ? { supervised: 0 } : {}),
    };
    insertRow(database, "enrollment", { ...row, ...own, certificate: null, pushable: 0, due_at: null });
  }
  database.prepare("COMMIT").run();
}

const ALL = { to: "26.6.1", action: "install", devices: ["all"] };
const SERIALS = Array.from({ length: MANY }, (_none, n) => (n === 0 ? "first" : `copy${n}`));

const asked = (body: object) => ({
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", accept: "application/x-ndjson" },
});

async function streamed(body: object): Promise<{ decisions: DecisionView[]; summary: DryRunSummary | undefined }> {
  const reply = await uptick.web.request("POST", "/api/v1/plans?dryRun=true", asked(body));
  expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
  const lines = reply.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as DryRunLine);
  const last = lines.pop();
  const decisions = lines.flatMap((line) => ("decision" in line ? [line.decision] : []));
  expect(decisions).toHaveLength(lines.length);
  return { decisions, summary: last !== undefined && "summary" in last ? last.summary : undefined };
}

/** Without its moment: what is decided is the same, and so is its hash. */
const untimed = (summary: DryRunSummary | undefined): Partial<DryRunSummary> => {
  const { asOf, savableUntilAt, ...rest } = summary ?? ({} as DryRunSummary);
  expect(Date.parse(savableUntilAt) - Date.parse(asOf.decidedAt)).toBe(24 * 3_600_000);
  return rest;
};

describe("a dry run for many devices", () => {
  it("targets P5: is only what it comes to with dryRun=summary, with the hash of all decisions, and makes no plan", async () => {
    const { summary } = await streamed(ALL);
    const reply = await uptick.web.request("POST", "/api/v1/plans?dryRun=summary", asked(ALL));
    expect(reply.status).toBe(200);
    expect(untimed(JSON.parse(reply.text) as DryRunSummary)).toEqual(untimed(summary));
    expect(await uptick.web.get("/api/v1/plans")).toEqual({ rows: [], next: null });
  });

  it("knows no other word, and a stop of a plan knows no summary", async () => {
    for (const path of ["/api/v1/plans?dryRun=numbers", "/api/v1/plans/none/stop?dryRun=summary"])
      expect((await uptick.web.request("POST", path, asked(ALL))).status).toBe(400);
  });

  it("is a line for each device and the summary last, and says how long the pushes take", async () => {
    const { decisions, summary } = await streamed(ALL);
    expect(decisions).toHaveLength(MANY);
    expect(new Set(decisions.map(({ device }) => device.id)).size).toBe(MANY);
    const count = (kind: string): number => decisions.filter((one) => one.kind === kind).length;
    const jobs = MANY - THERE - REFUSED;
    expect([count("job"), count("compliant"), count("refused")]).toEqual([jobs, THERE, REFUSED]);
    expect(summary).toMatchObject({
      to: "26.6.1",
      devices: MANY,
      jobs,
      compliant: THERE,
      refused: REFUSED,
      refusals: [{ reason: "not-supervised", count: REFUSED }],
      pushRate: RATE,
      pushSeconds: Math.ceil(jobs / RATE),
    });
  });

  it("is one value with the first thousand where no stream is asked for", async () => {
    const { rows: decisions, ...summary } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", ALL);
    const whole = await streamed(ALL);
    expect(untimed(summary)).toEqual(untimed(whole.summary));
    expect(decisions).toEqual(whole.decisions.slice(0, 1000));
  });

  it("is the same for devices that are named one by one, in the order named", async () => {
    const named = await streamed({ ...ALL, devices: [...SERIALS, "COPY5", ""].filter((name) => name !== "") });
    const all = await streamed(ALL);
    expect(untimed(named.summary)).toEqual(untimed(all.summary));
    expect(named.decisions.map(({ device }) => device.serial?.toLowerCase())).toEqual(SERIALS);
  });

  it("is refused before its first line where a name means nobody, as the plan is, which keeps nothing", async () => {
    const body = { ...ALL, devices: [...SERIALS, "nobody"] };
    for (const path of ["/api/v1/plans?dryRun=true", "/api/v1/plans"]) {
      const reply = await uptick.web.request("POST", path, asked(body));
      expect(reply.status).toBe(404);
      expect(reply.problem()).toMatchObject({ code: "device-unknown", detail: 'No device is called "nobody".' });
    }
    expect(uptick.rows("SELECT plan_id FROM plan_device LIMIT 1")).toEqual([]);
  });

  it("is whole for each of two who ask at the same time, and for who asks after one that went away", async () => {
    await leave(ALL);
    const [one, other] = await Promise.all([streamed(ALL), streamed({ ...ALL, devices: SERIALS })]);
    expect([one.decisions.length, other.decisions.length]).toEqual([MANY, MANY]);
    expect(untimed(other.summary)).toEqual(untimed(one.summary));
  });

  it("says what the plan does when it is accepted", async () => {
    const { summary } = await streamed(ALL);
    const plan = await uptick.web.post<NewPlan>("/api/v1/plans", ALL);
    const {
      to: _to,
      devices,
      pushRate: _rate,
      pushSeconds: _seconds,
      notes: _notes,
      hash: _hash,
      asOf: _asOf,
      savableUntilAt: _until,
      ...decided
    } = summary ?? ({} as DryRunSummary);
    expect([plan.devices, plan.decided]).toEqual([devices, decided]);
    const kept = uptick.rows<{ enrollment_id: string }>(
      "SELECT enrollment_id FROM plan_device WHERE plan_id = ?",
      plan.id,
    );
    expect(new Set(kept.map((row) => row.enrollment_id)).size).toBe(MANY);
  });
});

/** Asks, and goes away when the first lines have come. */
function leave(body: object): Promise<void> {
  const { body: text, headers } = asked(body);
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        port: uptick.server.web.port,
        method: "POST",
        path: "/api/v1/plans?dryRun=true",
        headers: { ...headers, authorization: `Bearer ${uptick.token}` },
        agent: false,
      },
      (response) => {
        response.once("data", () => sent.destroy());
        response.once("close", () => resolve());
        response.on("error", () => undefined);
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}
