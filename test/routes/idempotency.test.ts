/** Writes with an Idempotency-Key (api A8, console A1) on a real server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEntry, NewToken, PlanView } from "../../src/contract/index.ts";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { ASPEN, commandBytes, enrolDevice, IPHONE, startUptick, type Uptick, type WebReply } from "../support/index.ts";

let uptick: Uptick;
let other: string;
beforeAll(async () => {
  uptick = await startUptick();
  await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "KEYED" });
  const json = { "content-type": "application/json" };
  await uptick.web.request("PUT", "/api/v1/catalog", { body: JSON.stringify(sampleLookupService()), headers: json });
  other = (await uptick.web.post<NewToken>("/api/v1/tokens", { name: "other" })).token;
});
afterAll(() => uptick.close());

const PLAN = { to: "26.6.1", action: "download", devices: ["KEYED"], replace: true };

function ask(key: string | string[], path: string, body: unknown, token?: string): Promise<WebReply> {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const options = token === undefined ? {} : { token };
  return uptick.web.request("POST", path, { body: JSON.stringify(body), headers, ...options });
}

const plans = async (name: string): Promise<PlanView[]> =>
  (await uptick.web.get<{ rows: PlanView[] }>("/api/v1/plans")).rows.filter((plan) => plan.name === name);

const audited = async (query: string): Promise<AuditEntry[]> =>
  (await uptick.web.get<{ rows: AuditEntry[] }>(`/api/v1/audit?${query}`)).rows;

describe("the same request with the same key", () => {
  it("is done once, and answered the same with all that matters", async () => {
    const body = { ...PLAN, name: "once" };
    const first = await ask("a-1", "/api/v1/plans", body);
    const again = await ask("a-1", "/api/v1/plans", body);
    expect([first.status, first.headers["idempotent-replayed"]]).toEqual([201, undefined]);
    expect([again.status, again.text, again.headers["idempotent-replayed"]]).toEqual([201, first.text, "true"]);
    for (const header of ["location", "content-type"] as const)
      expect(again.headers[header]).toBe(first.headers[header]);
    expect(again.headers["x-request-id"]).not.toBe(first.headers["x-request-id"]);
    expect(await plans("once")).toHaveLength(1);
    expect(await audited(`object=plan:${first.json<PlanView>().id}`)).toHaveLength(1);
  });

  it("gives a token again that is shown once, and bytes as they were", async () => {
    const first = await ask("a-2", "/api/v1/tokens", { name: "keyed" });
    expect((await ask("a-2", "/api/v1/tokens", { name: "keyed" })).text).toBe(first.text);
    const profile = await ask("a-3", "/api/v1/enrollments", {});
    const again = await ask("a-3", "/api/v1/enrollments", {});
    expect([again.body.equals(profile.body), again.headers["uptick-uses"]]).toEqual([true, "1"]);
  });

  it("gives a refusal again, also when it would be none any more", async () => {
    const first = await ask("a-4", "/api/v1/blocks/none/end", { reason: "why" });
    const again = await ask("a-4", "/api/v1/blocks/none/end", { reason: "why" });
    expect([first.status, again.status, again.text]).toEqual([404, 404, first.text]);
  });

  it("is not answered by what was refused before it was read: a mended one may come with the same key", async () => {
    expect((await ask("a-5", "/api/v1/plans", { to: "26.6.1" })).status).toBe(400);
    expect((await ask("a-5", "/api/v1/plans", { ...PLAN, name: "mended" })).status).toBe(201);
  });

  it("makes one plan also where both come at once: the second is told to wait, or gets the answer", async () => {
    const body = { ...PLAN, name: "at once" };
    const both = await Promise.all([ask("a-6", "/api/v1/plans", body), ask("a-6", "/api/v1/plans", body)]);
    const waits = both.filter(({ status }) => status === 409);
    expect(waits.map((reply) => [reply.problem().code, reply.headers["retry-after"]])).toEqual(
      waits.map(() => ["idempotency-key-in-use", "1"]),
    );
    expect(both.filter(({ status }) => status === 201).length).toBe(2 - waits.length);
    expect(await plans("at once")).toHaveLength(1);
  });

  it("is answered by the next process of the server too", async () => {
    const body = { ...PLAN, name: "restarted" };
    const first = await ask("a-7", "/api/v1/plans", body);
    await uptick.restart();
    expect((await ask("a-7", "/api/v1/plans", body)).text).toBe(first.text);
  });
});

describe("another request with a key that was used", () => {
  it.each<[string, string, unknown]>([
    ["another body", "/api/v1/plans", { ...PLAN, name: "two" }],
    ["another address", "/api/v1/policies", { ...PLAN, name: "one" }],
    ["another query", "/api/v1/plans?dryRun=false", { ...PLAN, name: "one" }],
  ])("is refused: %s", async (what, path, body) => {
    const key = `b-${what}`.replaceAll(" ", "-");
    const first = { ...PLAN, name: "one" };
    expect((await ask(key, "/api/v1/plans", first)).status).toBe(201);
    const settings = { devices: ["KEYED"], settings: { Notifications: false } };
    const reply = await ask(key, path, path.includes("policies") ? settings : body);
    expect(reply.status === 400 ? reply.text : reply.problem().code).toBe("idempotency-key-reused");
    expect((await audited("outcome=idempotency-key-reused"))[0]?.requestId).toBe(reply.headers["x-request-id"]);
  });

  it("of another actor has nothing to do with it", async () => {
    const body = { ...PLAN, name: "of two" };
    expect((await ask("b-9", "/api/v1/plans", body)).status).toBe(201);
    expect((await ask("b-9", "/api/v1/plans", body, other)).headers["idempotent-replayed"]).toBeUndefined();
    expect(await plans("of two")).toHaveLength(2);
  });
});

describe("a key", () => {
  it.each<[string, string | string[], number]>([
    ["of one character", "x", 204],
    ["of 255", "y".repeat(255), 204],
    ["of 256", "y".repeat(256), 400],
    ["that is empty", "", 400],
    ["with a space", "a b", 400],
    ["with a letter outside of ASCII", "caf\u00e9", 400],
    ["that comes twice", ["one", "two"], 400],
  ])("%s is %j", async (_what, key, status) => {
    await uptick.web.post("/api/v1/blackouts", { name: `k${status}`, from: "2026-12-21", to: "2026-12-22" });
    const headers = { "idempotency-key": key };
    const reply = await uptick.web.request("DELETE", `/api/v1/blackouts/k${status}`, { headers });
    expect([reply.status, reply.text.includes("idempotency-key-invalid")]).toEqual([status, status === 400]);
  });

  it("is ignored by dry runs, by what reads, and by the raw command API, whose key is the CommandUUID", async () => {
    const tried = await ask("c-1", "/api/v1/plans?dryRun=summary", PLAN);
    const planned = await ask("c-1", "/api/v1/plans", { ...PLAN, name: "tried" });
    expect([tried.status, planned.status]).toEqual([200, 201]);
    const headers = { "idempotency-key": "c-1", "content-type": ASPEN };
    const body = commandBytes("keyed-1", { RequestType: "DeviceInformation", Queries: ["OSVersion"] });
    for (const _time of ["first", "second"]) {
      const reply = await uptick.web.request("PUT", "/mdm?device=KEYED&wait=0", { body, headers });
      expect([reply.status, reply.headers["idempotent-replayed"]]).toEqual([202, undefined]);
    }
    expect((await uptick.web.request("GET", "/api/v1/plans", { headers: { "idempotency-key": "" } })).status).toBe(200);
  });
});
