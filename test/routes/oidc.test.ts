/** Signing in by a real OpenID Connect provider, and what is refused on the way. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccountView, AuditEntry, SessionView } from "../../src/contract/index.ts";
import { CLIENT, type OidcIdp, startOidcProvider } from "../support/oidc-provider.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import { startUptick, type Uptick, type WebReply } from "../support/index.ts";

let uptick: Uptick;
let idp: OidcIdp;
let folder: string;
const MAP = "uptick-admins=admin;cn=it,dc=example=operator;staff=viewer";

beforeAll(async () => {
  const port = await reserveLoopbackPort();
  const webUrl = `http://127.0.0.1:${port}`;
  idp = await startOidcProvider(`${webUrl}/api/v1/session/oidc/callback`);
  folder = mkdtempSync(join(tmpdir(), "uptick-oidc-"));
  writeFileSync(join(folder, "secret"), `${CLIENT.secret}\n`);
  uptick = await startUptick({
    flags: {
      "web-listen": `127.0.0.1:${port}`,
      "web-url": webUrl,
      "oidc-issuer": idp.issuer,
      "oidc-client-id": CLIENT.id,
      "oidc-client-secret-file": join(folder, "secret"),
      "oidc-role-map": MAP,
      "oidc-scopes": "openid profile groups",
    },
  });
});
afterAll(async () => {
  await uptick.close();
  await idp.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  idp.people.set("s-1", { name: "anna@example.org", groups: ["staff", "cn=it,dc=example"] });
  idp.user = "s-1";
});

const cookiesOf = (reply: WebReply): string =>
  (reply.headers["set-cookie"] ?? []).map((text) => text.split(";", 1)[0]).join("; ");
const get = (path: string, cookie = ""): Promise<WebReply> =>
  uptick.web.request("GET", path, { token: null, headers: cookie === "" ? {} : { cookie } });

/** As far as the provider's answer; `change`: what a person in between does to the request. */
async function begin(change: (url: URL) => void = () => undefined): Promise<{ callback: URL; cookie: string }> {
  const begun = await get("/api/v1/session/oidc");
  expect([begun.status, begun.text]).toEqual([302, ""]);
  const url = new URL(begun.headers.location ?? "");
  change(url);
  return { callback: await idp.visit(url.href), cookie: cookiesOf(begun) };
}

const finish = ({ callback, cookie }: { callback: URL; cookie: string }): Promise<WebReply> =>
  get(`${callback.pathname}${callback.search}`, cookie);

async function signIn(): Promise<SessionView> {
  const reply = await finish(await begin());
  expect([reply.status, reply.text]).toEqual([303, ""]);
  return (await get("/api/v1/session", cookiesOf(reply).replace("uptick-oidc=", "x="))).json();
}
const accounts = async (): Promise<readonly AccountView[]> =>
  (await uptick.web.get<{ rows: AccountView[] }>("/api/v1/accounts")).rows;

describe("a sign-in by a provider", () => {
  it("asks with state, nonce and PKCE, and keeps them from everybody else", async () => {
    const begun = await get("/api/v1/session/oidc");
    const { searchParams } = new URL(begun.headers.location ?? "");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      client_id: CLIENT.id,
      code_challenge_method: "S256",
      scope: "openid profile groups",
      redirect_uri: `http://127.0.0.1:${uptick.server.web.port}/api/v1/session/oidc/callback`,
    });
    const [cookie = ""] = begun.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^uptick-oidc=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const sealed = Buffer.from(cookie.split(/[=;]/)[1] ?? "", "base64url").toString("latin1");
    for (const name of ["state", "nonce"]) expect(sealed).not.toContain(searchParams.get(name));
  });

  it("makes an account by issuer and subject, and gives it the highest role of its groups", async () => {
    const reply = await finish(await begin());
    expect([reply.status, reply.headers.location]).toEqual([303, "/"]);
    expect(reply.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^uptick-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^uptick-oidc=; Max-Age=0; /),
    ]);
    const view = (await get("/api/v1/session", cookiesOf(reply))).json<SessionView>();
    expect(view).toMatchObject({ role: "operator", account: { name: "anna@example.org" } });
    expect(await accounts()).toMatchObject([{ signIn: "oidc", issuer: idp.issuer, role: "operator", revision: 1 }]);
    const { rows } = await uptick.web.get<{ rows: AuditEntry[] }>(`/api/v1/audit?actor=${view.actor}`);
    expect(rows).toMatchObject([
      { route: "finishOidc", object: { kind: "account", id: view.account?.id }, outcome: "ok", detail: "operator" },
    ]);
  });

  it("finds the account again, whatever the person is called by now", async () => {
    idp.people.set("s-1", { name: "anna.new@example.org", groups: ["staff", "cn=it,dc=example"] });
    await signIn();
    expect((await accounts()).map(({ name }) => name)).toEqual(["anna@example.org"]);
  });

  it("of another person with the same name or mail is another account", async () => {
    await uptick.web.post("/api/v1/accounts", { name: "root", role: "admin", password: "a long sentence" });
    idp.user = "s-2";
    idp.people.set("s-2", { name: "ROOT", groups: ["staff"] });
    expect(await signIn()).toMatchObject({ role: "viewer", account: { name: "ROOT 2" } });
    idp.user = "s-3";
    idp.people.set("s-3", { name: "anna@example.org", groups: ["staff"] });
    expect(await signIn()).toMatchObject({ account: { name: "anna@example.org 2" } });
  });

  it("at the same time in two browsers makes one account", async () => {
    idp.user = "s-4";
    idp.people.set("s-4", { name: "twice", groups: ["staff"] });
    const begun = [await begin(), await begin()];
    const replies = await Promise.all(begun.map(finish));
    expect(replies.map(({ status }) => status)).toEqual([303, 303]);
    expect((await accounts()).filter(({ name }) => name.startsWith("twice"))).toHaveLength(1);
  });

  it("maps the role again each time, and a session with the former one ends", async () => {
    const before = cookiesOf(await finish(await begin()));
    idp.people.set("s-1", { name: "anna@example.org", groups: ["uptick-admins"] });
    expect(await signIn()).toMatchObject({ role: "admin" });
    expect((await get("/api/v1/session", before)).status).toBe(401);
  });

  it.each([[[]], [["STAFF"]], [["cn=it"]]])(
    "without a group that has a role is refused, and sessions end: %j",
    async (groups) => {
      const before = cookiesOf(await finish(await begin()));
      idp.people.set("s-1", { name: "anna@example.org", groups });
      const reply = await finish(await begin());
      expect(reply.problem()).toMatchObject({
        status: 403,
        code: "oidc-no-role",
        detail: 'The provider knows the person, and no value of "groups" has a role here.',
      });
      expect(reply.headers["set-cookie"]).toBeUndefined();
      expect((await get("/api/v1/session", before)).status).toBe(401);
    },
  );

  it("without a role makes no account", async () => {
    idp.user = "s-9";
    idp.people.set("s-9", { name: "nobody", groups: [] });
    expect((await finish(await begin())).status).toBe(403);
    expect((await accounts()).map(({ name }) => name)).not.toContain("nobody");
  });

  it("of a disabled account is refused", async () => {
    const { account } = await signIn();
    const edit = async (state: string): Promise<void> => {
      const { revision } = await uptick.web.get<AccountView>(`/api/v1/accounts/${account?.id ?? ""}`);
      const body = JSON.stringify({ revision, state });
      const headers = { "content-type": "application/json" };
      const reply = await uptick.web.request("PATCH", `/api/v1/accounts/${account?.id ?? ""}`, { body, headers });
      expect(reply.status).toBe(200);
    };
    await edit("disabled");
    expect((await finish(await begin())).problem()).toMatchObject({ status: 401, code: "sign-in-refused" });
    await edit("active");
    await signIn();
  });
});

describe("an answer that is not the provider's to this browser", () => {
  const refused = { status: 403, code: "oidc-refused" };

  it.each<[string, (begun: { callback: URL; cookie: string }) => { callback: URL; cookie: string }]>([
    ["another state", ({ callback, cookie }) => ({ callback: altered(callback, "state", "x".repeat(43)), cookie })],
    ["no state", ({ callback, cookie }) => ({ callback: altered(callback, "state"), cookie })],
    ["another code", ({ callback, cookie }) => ({ callback: altered(callback, "code", "x".repeat(43)), cookie })],
    ["no code", ({ callback, cookie }) => ({ callback: altered(callback, "code"), cookie })],
    [
      "another issuer",
      ({ callback, cookie }) => ({ callback: altered(callback, "iss", "https://evil.example.org"), cookie }),
    ],
    ["no cookie: another browser has begun it", ({ callback }) => ({ callback, cookie: "" })],
    ["a cookie that is made up", ({ callback }) => ({ callback, cookie: `uptick-oidc=${"A".repeat(300)}` })],
    ["the cookie twice", ({ callback, cookie }) => ({ callback, cookie: `${cookie}; ${cookie}` })],
    [
      "a refusal",
      ({ callback, cookie }) => ({ callback: altered(altered(callback, "code"), "error", "access_denied"), cookie }),
    ],
  ])("is refused: %s", async (_what, change) => {
    const begun = await begin();
    const code = begun.callback.searchParams.get("code") ?? "?";
    const reply = await finish(change(begun));
    expect(reply.problem()).toMatchObject(refused);
    expect([reply.headers["set-cookie"], reply.text.includes(code)]).toEqual([undefined, false]);
  });

  it("is refused with the cookie of another sign-in", async () => {
    const [one, other] = [await begin(), await begin()];
    expect((await finish({ callback: one.callback, cookie: other.cookie })).problem()).toMatchObject(refused);
  });

  it("is refused when its nonce is another one: the token was made for another sign-in", async () => {
    const begun = await begin((url) => url.searchParams.set("nonce", "another"));
    expect((await finish(begun)).problem()).toMatchObject(refused);
  });

  it("is refused when its code was made for another verifier", async () => {
    const begun = await begin((url) => url.searchParams.set("code_challenge", "x".repeat(43)));
    expect((await finish(begun)).problem()).toMatchObject(refused);
  });

  it("is refused the second time", async () => {
    const begun = await begin();
    expect((await finish(begun)).status).toBe(303);
    expect((await finish(begun)).problem()).toMatchObject(refused);
  });

  it("is refused after ten minutes", async () => {
    const begun = await begin();
    await uptick.restart({ later: 10 * 60_000 });
    expect((await finish(begun)).problem()).toMatchObject(refused);
  });

  it("leaves no code, token or secret in the log, the audit or the database", async () => {
    const begun = await begin();
    const code = begun.callback.searchParams.get("code") ?? "?";
    await finish(begun);
    const everything = ["setting", "account", "session", "audit"].map((table) => uptick.rows(`SELECT * FROM ${table}`));
    for (const secret of [code, CLIENT.secret, begun.cookie.split("=")[1] ?? "?"])
      expect(JSON.stringify([everything, uptick.log])).not.toContain(secret);
  });
});

describe("an account of a provider", () => {
  const change = (method: string, path: string, json: object): Promise<WebReply> =>
    uptick.web.request(method, path, { body: JSON.stringify(json), headers: { "content-type": "application/json" } });

  it("has no password here, and its role is the provider's", async () => {
    const { account } = await signIn();
    const path = `/api/v1/accounts/${account?.id ?? ""}`;
    const { revision, name } = await uptick.web.get<AccountView>(path);
    const external = { status: 409, code: "account-external" };
    expect((await change("PATCH", path, { revision, role: "admin" })).problem()).toMatchObject(external);
    expect((await change("POST", `${path}/password`, { password: "a long sentence" })).problem()).toMatchObject(
      external,
    );
    expect((await change("POST", "/api/v1/session", { name, password: "" })).problem()).toMatchObject({
      code: "sign-in-refused",
    });
  });

  it("is no last way in for an admin: the provider may be away", async () => {
    idp.people.set("s-1", { name: "anna@example.org", groups: ["uptick-admins"] });
    await signIn();
    await uptick.web.request("DELETE", "/api/v1/accounts/root");
    expect((await uptick.web.request("DELETE", "/api/v1/tokens/first")).problem()).toMatchObject({
      code: "token-last",
    });
    await uptick.web.post("/api/v1/accounts", { name: "root", role: "admin", password: "a long sentence" });
  });
});

describe("a provider that is away", () => {
  const away = { status: 503, code: "oidc-unavailable" };
  const password = () => uptick.web.post<SessionView>("/api/v1/session", { name: "root", password: "a long sentence" });

  it("is said clearly, passwords work, and it is found again when it is back", async () => {
    await uptick.restart();
    await idp.stop();
    const reply = await get("/api/v1/session/oidc");
    expect(reply.problem()).toMatchObject(away);
    expect(reply.headers["retry-after"]).toBe("5");
    expect((await get("/api/v1/session/oidc")).status).toBe(503);
    const lines = uptick.log.filter(({ event }) => event === "oidc-failed");
    expect(lines).toMatchObject([{ level: "warn", reason: "it can't be reached (ECONNREFUSED)" }]);
    expect(await password()).toMatchObject({ role: "admin" });
    await idp.start();
    await signIn();
  });

  it("is said clearly when it goes in between", async () => {
    const begun = await begin();
    await idp.stop();
    expect((await finish(begun)).problem()).toMatchObject(away);
    expect(await password()).toMatchObject({ role: "admin" });
    await idp.start();
  });
});

/** Without `value`: the parameter is left out. */
function altered(url: URL, name: string, value?: string): URL {
  const other = new URL(url);
  if (value === undefined) other.searchParams.delete(name);
  else other.searchParams.set(name, value);
  return other;
}
