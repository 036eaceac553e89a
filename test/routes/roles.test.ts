/** Every route of the table, by every kind of caller: who may not ask it gets 401 or 403, and has changed nothing. */
import http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NewToken, type Role, ROLES, type Route, type RouteName, ROUTES } from "../../src/contract/index.ts";
import { memoryOf } from "../support/memory.ts";
import { startUptick, type Uptick } from "../support/index.ts";

const YEAR = 365 * 24 * 3_600_000;
let uptick: Uptick;
const tokens = new Map<string, string | null>();

beforeAll(async () => {
  uptick = await startUptick();
  const make = async (name: string, role: Role, expiresAt?: string): Promise<void> => {
    const body = { name, role, ...(expiresAt === undefined ? {} : { expiresAt }) };
    tokens.set(name, (await uptick.web.post<NewToken>("/api/v1/tokens", body)).token);
  };
  for (const role of ROLES) await make(role, role);
  await make("expired", "admin", new Date(uptick.now() + YEAR).toISOString());
  await make("revoked", "admin");
  await uptick.web.request("DELETE", "/api/v1/tokens/revoked");
  await uptick.restart({ later: YEAR });
  tokens.set("wrong", "uptick_wrong");
  tokens.set("none", null);
});
afterAll(() => uptick.close());

/** Something is there for every part of a path, and for what a request needs before its body is read. */
function requestOf(route: Route): { path: string; headers: Record<string, string>; body: string | undefined } {
  const path = route.path.replaceAll(/:[a-z]+/gi, "nobody");
  const media = route.body?.media;
  return {
    path,
    headers: media === undefined ? {} : { "content-type": media },
    body: media === undefined ? undefined : "{}",
  };
}

/** The status alone: a stream may have no end. */
function statusOf(name: RouteName, caller: string): Promise<number> {
  const route: Route = ROUTES[name];
  const { path, headers, body } = requestOf(route);
  const token = tokens.get(caller);
  const authorization = typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: uptick.server.web.port,
      method: route.method,
      path,
      headers: { ...headers, ...authorization },
    };
    const sent = http.request(options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const NAMES = Object.keys(ROUTES) as RouteName[];
const GUARDED = NAMES.filter((name) => !("open" in ROUTES[name]));

/** Of each guarded route, what a caller gets. */
const allOf = async (caller: string): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(GUARDED.map(async (name) => [name, await statusOf(name, caller)] as const)));

const REFUSED: readonly number[] = [401, 403];
const needs = (name: string): Role | undefined => (ROUTES[name as RouteName] as Route).role;

describe("a caller that is not known", () => {
  it.each(["none", "wrong", "expired", "revoked"])("gets 401 everywhere and changes nothing: %s", async (caller) => {
    const before = memoryOf(uptick);
    expect(new Set(Object.values(await allOf(caller)))).toEqual(new Set([401]));
    expect(memoryOf(uptick)).toEqual(before);
  });
});

describe("a role", () => {
  it.each<[Role, readonly Role[]]>([
    ["viewer", ["operator", "admin"]],
    ["operator", ["admin"]],
    ["admin", []],
  ])("%s is refused what needs one of %j, and nothing else", async (role, above) => {
    const statuses = Object.entries(await allOf(role));
    expect(statuses.flatMap(([name, status]) => (status === 403 ? [name] : []))).toEqual(
      GUARDED.filter((name) => above.some((one) => one === needs(name))),
    );
    expect(statuses.filter(([, status]) => status === 401)).toEqual([]);
  });

  it.each<[Role, readonly Role[]]>([
    ["viewer", ["operator", "admin"]],
    ["operator", ["admin"]],
  ])("%s changes nothing by what it is refused, and the audit names it", async (role, above) => {
    const writes = GUARDED.filter((name) => above.some((one) => one === needs(name)) && ROUTES[name].method !== "GET");
    const before = memoryOf(uptick);
    for (const name of writes) expect(REFUSED).toContain(await statusOf(name, role));
    expect(memoryOf(uptick)).toEqual(before);
    const { rows } = await uptick.web.get<{ rows: { route: string; outcome: string }[] }>(
      `/api/v1/audit?actor=token:${role}&limit=${writes.length}`,
    );
    expect(rows.map(({ route }) => route).toReversed()).toEqual(writes);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["role-too-low"]));
  });

  it("is refused in words that name what is needed, by whom it can be changed, and no secret", async () => {
    const token = tokens.get("viewer") ?? "";
    const reply = await uptick.web.request("POST", "/api/v1/plans/nobody/stop", { token });
    expect(reply.problem()).toMatchObject({
      status: 403,
      code: "role-too-low",
      detail: "POST /api/v1/plans/:id/stop needs the role operator, and token:viewer has the role viewer.",
      remedy: expect.stringContaining("An admin can") as string,
    });
    expect(reply.text).not.toContain(token);
    expect(reply.headers["www-authenticate"]).toBeUndefined();
  });

  it("of a token is shown with its end, and never more", async () => {
    const { rows } = await uptick.web.get<{ rows: { name: string }[] }>("/api/v1/tokens");
    expect(rows.map(({ name }) => name)).toEqual(["admin", "expired", "first", "operator", "viewer"]);
    expect(rows[4]).toEqual({
      name: "viewer",
      role: "viewer",
      createdAt: expect.any(String) as string,
      createdBy: "token:first",
      expiresAt: null,
    });
  });
});

describe("an end of a token", () => {
  it.each(["2026-01-01T00:00:00Z", "tomorrow", "2027-09-01"])("is refused: %s", async (expiresAt) => {
    const body = JSON.stringify({ name: "late", expiresAt });
    const headers = { "content-type": "application/json" };
    const reply = await uptick.web.request("POST", "/api/v1/tokens", { body, headers });
    expect(reply.problem()).toMatchObject({ status: 400, detail: expect.stringContaining("expiresAt") as string });
  });
});
