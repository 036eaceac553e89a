/** A plan is kept piece by piece: all of it or nothing, and no more of it than is needed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrolDevice, makePlan, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const chunks = () => uptick.rows<{ decisions: string; made_at: number | null }>("SELECT * FROM plan_chunk");

/** More than one chunk holds. */
const MANY = 600;

describe("a plan that is kept in pieces", () => {
  it("leaves nothing where a device behind the first piece is unknown", async () => {
    const { udid } = await enrolDevice(uptick);
    const strangers = Array.from({ length: MANY }, (_, n) => `nobody-${n}`);
    const request = { to: "26.6.1", action: "install", devices: [udid, ...strangers] };
    const reply = await uptick.web.request("POST", "/api/v1/plans", {
      body: JSON.stringify(request),
      headers: { "content-type": "application/json" },
    });
    expect(reply.status).toBe(404);
    expect(reply.body.toString()).toContain(`and ${MANY - 5} more`);
    expect(chunks()).toEqual([]);
    expect(uptick.rows("SELECT id FROM plan")).toEqual([]);
  });

  it("makes a job for each device, whatever it is called and however often it is named", async () => {
    const devices = [await enrolDevice(uptick), await enrolDevice(uptick)];
    const names = devices.flatMap(({ udid, serial }) => [udid, serial]);
    const plan = await makePlan(uptick, names);
    expect(plan.devices).toBe(2);
    expect(Object.values(plan.states).reduce((sum, jobs) => sum + jobs, 0)).toBe(2);
  });

  it("holds no decision any more once its jobs are made", async () => {
    await makePlan(uptick, ["all"], { replace: true });
    await expect.poll(() => chunks().filter(({ made_at }) => made_at === null)).toEqual([]);
    expect(chunks().length).toBeGreaterThan(0);
    for (const { decisions } of chunks()) expect(decisions).toBe("[]");
  });
});
