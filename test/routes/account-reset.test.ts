/** `uptick account reset` on a server's own data, and who can't be locked out. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountView, AuditEntry } from "../../src/contract/index.ts";
import { isUptickError } from "../../src/errors/index.ts";
import { accountReset } from "../../src/main/account-reset.ts";
import { startUptick, type Uptick, type WebReply } from "../support/index.ts";

const PASSWORD = "a long sentence";
const JSON_TYPE = { "content-type": "application/json" };

async function reset(...argv: string[]) {
  let out = "";
  let err = "";
  const io = {
    argv,
    env: {},
    stdout: { write: (text: string) => void (out += text) },
    stderr: { write: (text: string) => void (err += text) },
  };
  const code = await accountReset(io).catch((error: unknown) => {
    if (isUptickError(error)) return error.code;
    throw error;
  });
  return { code, out, err };
}

let uptick: Uptick;
beforeAll(async () => {
  // The command goes by the system's clock.
  uptick = await startUptick({ start: Date.now(), setup: true });
  await uptick.web.post("/api/v1/accounts", { name: "Anna", role: "operator", password: PASSWORD });
});
afterAll(() => uptick.close());

/** How the command is told where the server's data is. */
const place = (): string[] => {
  const flags = { "data-dir": uptick.directory, ...uptick.backend.flags };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
};
const ask = (method: string, path: string, json?: unknown): Promise<WebReply> =>
  uptick.web.request(method, path, json === undefined ? {} : { body: JSON.stringify(json), headers: JSON_TYPE });
const setUp = (secret: string, name = "Anna", password = "another sentence") =>
  ask("POST", "/api/v1/setup", { secret, name, password });
const signIn = (password: string) => ask("POST", "/api/v1/session", { name: "Anna", password });

describe("the set-up link of the first start", () => {
  it("has ended once there is an account, whoever made it", async () => {
    const secret = uptick.setupLink?.split("#")[1] ?? "";
    expect(secret).toHaveLength(43);
    expect((await setUp(secret, "Second")).problem()).toMatchObject({ status: 403, code: "setup-invalid" });
  });
});

describe("account reset", () => {
  it("needs a name, a database, and a server that is stopped", async () => {
    expect(await reset()).toMatchObject({ code: "usage-invalid", out: "" });
    expect(await reset(...place())).toMatchObject({ code: "usage-invalid", out: "" });
    expect(await reset("anna", "--data-dir=/nowhere/at/all")).toMatchObject({ code: "database-missing", out: "" });
    expect(await reset("anna", ...place())).toMatchObject({ code: "data-directory-in-use", out: "" });
  });

  it("prints a link that gives this account alone another password, once, and enables it", async () => {
    await ask("PATCH", "/api/v1/accounts/anna", { revision: 1, state: "disabled" });
    await uptick.server.stop();
    expect(await reset("nobody", ...place())).toMatchObject({ code: "account-unknown", out: "" });
    const { code, out, err } = await reset("ANNA", ...place());
    await uptick.begin({});
    const secret = out.trim().split("#")[1] ?? "";
    expect([code, out]).toEqual([0, `http://127.0.0.1:8080/setup#${secret}\n`]);
    expect(err).not.toContain(secret);

    expect((await setUp(secret, "Mallory")).problem()).toMatchObject({ code: "setup-invalid" });
    expect((await signIn(PASSWORD)).status).toBe(401);
    const reply = await setUp(secret, "anna");
    expect(reply.json()).toMatchObject({ role: "operator", account: { name: "Anna" } });
    expect((await setUp(secret, "anna")).status).toBe(403);
    expect([(await signIn(PASSWORD)).status, (await signIn("another sentence")).status]).toEqual([401, 201]);
    expect((await ask("GET", "/api/v1/accounts")).json<{ rows: AccountView[] }>().rows).toMatchObject([
      { name: "Anna", role: "operator", state: "active" },
    ]);
  });

  it("stands in the audit and in both logs", async () => {
    const { rows } = await uptick.web.get<{ rows: AuditEntry[] }>("/api/v1/audit?actor=system&object=account");
    expect(rows).toMatchObject([{ route: "resetAccount", outcome: "ok", detail: "Anna" }]);
    expect(uptick.log.filter(({ event }) => event === "account-reset")).toMatchObject([
      { name: "Anna", level: "warn" },
    ]);
    await uptick.restart();
    expect(uptick.log.filter(({ event }) => event === "account-reset")).toHaveLength(1);
  });
});

describe("the last way in for an admin", () => {
  it("is not taken away: not the token without an account, not the account without a token", async () => {
    expect((await ask("DELETE", "/api/v1/tokens/first")).problem()).toMatchObject({ status: 409, code: "token-last" });
    await ask("POST", "/api/v1/accounts", { name: "Root", role: "admin", password: PASSWORD });
    await ask("POST", "/api/v1/tokens", { name: "reader", role: "viewer" });
    await ask("POST", "/api/v1/tokens", { name: "other", role: "admin" });
    const { token: other } = (await ask("POST", "/api/v1/tokens", { name: "soon gone", role: "admin" })).json<{
      token: string;
    }>();
    const asOther = (method: string, path: string, json?: unknown) =>
      uptick.web.request(method, path, {
        token: other,
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: JSON_TYPE }),
      });
    for (const name of ["other", "soon gone"])
      expect((await ask("DELETE", `/api/v1/tokens/${encodeURIComponent(name)}`)).status).toBe(204);
    expect((await asOther("GET", "/api/v1/session")).status).toBe(401);
    const { rows } = (await ask("GET", "/api/v1/accounts")).json<{ rows: AccountView[] }>();
    expect(rows.map(({ name }) => name)).toEqual(["Anna", "Root"]);

    const session = await ask("POST", "/api/v1/session", { name: "root", password: PASSWORD });
    const cookie = session.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    const csrf = session.json<{ csrfToken: string }>().csrfToken;
    const asRoot = (method: string, path: string, json?: unknown) =>
      uptick.web.request(method, path, {
        token: null,
        headers: { cookie, "x-csrf-token": csrf, ...(json === undefined ? {} : JSON_TYPE) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
    expect((await asRoot("DELETE", "/api/v1/tokens/first")).status).toBe(204);
    expect((await asRoot("DELETE", "/api/v1/accounts/root")).problem()).toMatchObject({ code: "account-last" });
    for (const change of [{ role: "operator" }, { state: "disabled" }])
      expect((await asRoot("PATCH", "/api/v1/accounts/root", { revision: 1, ...change })).problem()).toMatchObject({
        code: "account-last",
      });
    expect((await asRoot("PATCH", "/api/v1/accounts/root", { revision: 1, name: "Admin" })).status).toBe(200);
    // The session is still good: nothing was changed by what was refused.
    await asRoot("POST", "/api/v1/accounts", { name: "Second", role: "admin", password: PASSWORD });
    expect((await asRoot("DELETE", "/api/v1/accounts/admin")).status).toBe(204);
    expect((await asRoot("GET", "/api/v1/session")).status).toBe(401);
  });
});

describe("an edit of an account", () => {
  let as: (method: string, path: string, json?: unknown) => Promise<WebReply>;
  beforeAll(async () => {
    const reply = await ask("POST", "/api/v1/session", { name: "second", password: PASSWORD });
    const cookie = reply.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    const csrf = reply.json<{ csrfToken: string }>().csrfToken;
    as = (method, path, json) =>
      uptick.web.request(method, path, {
        token: null,
        headers: { cookie, "x-csrf-token": csrf, ...(json === undefined ? {} : JSON_TYPE) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
    await as("POST", "/api/v1/accounts", { name: "Ben", role: "viewer", password: PASSWORD });
  });

  it("names the revision that it is of, and is shown the present account where that is stale", async () => {
    expect((await as("PATCH", "/api/v1/accounts/ben", { revision: 1, role: "operator" })).json()).toMatchObject({
      revision: 2,
    });
    const stale = (await as("PATCH", "/api/v1/accounts/ben", { revision: 1, role: "viewer" })).problem();
    expect(stale).toMatchObject({
      status: 412,
      code: "revision-stale",
      present: { name: "Ben", role: "operator", revision: 2 },
    });
    expect((await as("PATCH", "/api/v1/accounts/ben", { revision: 2 })).json()).toMatchObject({ revision: 2 });
  });

  it.each([
    ["POST", "", { name: "BEN", role: "viewer", password: PASSWORD }, 409, "account-exists"],
    ["POST", "", { name: "Ben\u200b", role: "viewer", password: PASSWORD }, 400, "account-name-invalid"],
    ["POST", "", { name: "x".repeat(101), role: "viewer", password: PASSWORD }, 400, "account-name-invalid"],
    ["POST", "", { name: "Cleo", role: "owner", password: PASSWORD }, 400, "request-invalid"],
    ["POST", "", { name: "Cleo", role: "viewer" }, 400, "request-invalid"],
    ["PATCH", "/ben", { revision: 2, name: "Anna" }, 409, "account-exists"],
    ["PATCH", "/ben", { role: "admin" }, 400, "request-invalid"],
    ["PATCH", "/nobody", { revision: 1 }, 404, "account-unknown"],
    ["GET", "/nobody", undefined, 404, "account-unknown"],
    ["DELETE", "/nobody", undefined, 404, "account-unknown"],
  ])("%s %s with %j is refused", async (method, path, json, status, code) => {
    expect((await as(method, `/api/v1/accounts${path}`, json)).problem()).toMatchObject({ status, code });
  });

  it("is made with a place, and listed in pages by name", async () => {
    const made = await as("POST", "/api/v1/accounts", { name: "\u00c4nne", role: "viewer", password: PASSWORD });
    const { id } = made.json<AccountView>();
    expect([made.status, made.headers["location"]]).toEqual([201, `/api/v1/accounts/${id}`]);
    expect((await as("GET", `/api/v1/accounts/${id}`)).json()).toEqual(made.json());
    expect((await as("GET", `/api/v1/accounts/${encodeURIComponent("a\u0308NNE")}`)).json()).toEqual(made.json());
    expect(made.text).not.toContain("scrypt");
    const names: string[] = [];
    let after = "";
    for (;;) {
      const page = (await as("GET", `/api/v1/accounts?limit=2${after}`)).json<{
        rows: AccountView[];
        next: string | null;
      }>();
      names.push(...page.rows.map(({ name }) => name));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(names).toEqual(["Anna", "Ben", "Second", "\u00c4nne"]);
    expect((await as("GET", "/api/v1/accounts?after=x")).problem()).toMatchObject({ code: "request-invalid" });
  });
});
