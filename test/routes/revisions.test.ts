/** What a client knows of an object already: `If-None-Match` of one plan and one device, and edits by the revision that it has. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import type { GroupView, PlanView, ZoneRules } from "../../src/contract/index.ts";
import { enrolDevice, IPHONE, startUptick, type Uptick, type WebReply } from "../support/index.ts";

let uptick: Uptick;
let planId: string;
const JSON_TYPE = { "content-type": "application/json" };
beforeAll(async () => {
  uptick = await startUptick();
  await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "TAGGED" });
  const body = JSON.stringify(sampleLookupService());
  await uptick.web.request("PUT", "/api/v1/catalog", { body, headers: JSON_TYPE });
  const terms = { to: "latest-minor", deadline: "+300d 17:00", action: "install", standing: true, name: "tagged" };
  planId = (await uptick.web.post<PlanView>("/api/v1/plans", { ...terms, include: "tag = nobody" })).id;
});
afterAll(() => uptick.close());

const get = (path: string, tag?: string): Promise<WebReply> =>
  uptick.web.request("GET", path, tag === undefined ? {} : { headers: { "if-none-match": tag } });
const send = (method: string, path: string, body: unknown): Promise<WebReply> =>
  uptick.web.request(method, path, { body: JSON.stringify(body), headers: JSON_TYPE });

const plan = (): string => `/api/v1/plans/${planId}`;
const device = (): string => "/api/v1/devices/TAGGED";

/** The reply once nothing more is under way that would change it. */
async function settled(path: string): Promise<WebReply> {
  let before = await get(path);
  await expect
    .poll(async () => {
      const [last, now] = [before, await get(path)];
      before = now;
      return last.text === now.text;
    })
    .toBe(true);
  return before;
}

describe("a reply with a tag", () => {
  it.each([
    ["a plan", plan],
    ["a device", device],
  ])("of %s is not sent again while it says the same", async (_what, path) => {
    const first = await settled(path());
    const tag = String(first.headers.etag);
    const again = await get(path(), tag);
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^W\/"[\w-]+"$/)]);
    expect([again.status, again.text, again.headers.etag]).toEqual([304, "", tag]);
    expect(again.headers["cache-control"]).toBe("no-store");
    expect((await get(path(), '"other"')).text).toBe(first.text);
  });

  it("of a plan is another one after an edit", async () => {
    const before = await settled(plan());
    const { revision } = before.json<PlanView>();
    await send("PATCH", plan(), { revision, noticeHours: 48 });
    const after = await get(plan(), String(before.headers.etag));
    expect([after.status, after.json<PlanView>().revision]).toEqual([200, revision + 1]);
  });

  it("of a device is another one when a tag is given to it", async () => {
    const before = await settled(device());
    await send("POST", "/api/v1/devices/tag", { devices: ["TAGGED"], add: ["pilot"] });
    expect((await get(device(), String(before.headers.etag))).status).toBe(200);
  });

  it("is not that of a problem, and of no list", async () => {
    expect((await get("/api/v1/plans/none", "*")).status).toBe(404);
    expect((await get("/api/v1/plans", "*")).headers.etag).toBeUndefined();
  });
});

describe("an edit by a stale revision", () => {
  it("of a plan is 412, with the plan as it is", async () => {
    const reply = await send("PATCH", plan(), { revision: 99, name: "other" });
    const { status, code, present } = reply.problem();
    expect({ status, code, present }).toMatchObject({
      ...{ status: 412, code: "revision-stale" },
      present: { id: planId, name: "tagged" },
    });
  });

  it("of a group is 412, with the group as it is; without one that was removed", async () => {
    const path = "/api/v1/groups/Lab";
    const made = (await send("PUT", path, { rule: "tag = lab" })).json<GroupView>();
    expect((await send("PUT", path, { rule: "tag = other", revision: 7 })).problem()).toMatchObject({
      ...{ status: 412, code: "revision-stale", present: made },
    });
    await uptick.web.request("DELETE", path);
    const { status, present } = (await send("PUT", path, { rule: "all", revision: made.revision })).problem();
    expect([status, present]).toEqual([412, undefined]);
  });

  it("of the zone rules is 412, with the rules as they are", async () => {
    const rules = [{ rule: "tag = tokyo", zone: "Asia/Tokyo" }];
    const made = (await send("PUT", "/api/v1/zone-rules", { rules, revision: 0 })).json<ZoneRules>();
    expect((await send("PUT", "/api/v1/zone-rules", { rules: [], revision: 0 })).problem()).toMatchObject({
      ...{ status: 412, code: "revision-stale", present: made },
    });
  });
});
