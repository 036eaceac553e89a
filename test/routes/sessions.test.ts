/** Signing in and out, sessions while they last, and who may not use one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountView, AuditEntry, SessionView } from "../../src/contract/index.ts";
import { startUptick, type Uptick, type WebReply, type WebRequest } from "../support/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PASSWORD = "Schl\u00fcssel zum Hof";
const JSON_TYPE = { "content-type": "application/json" };

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "web-proxies": "127.0.0.1" }, setup: true });
});
afterAll(() => uptick.close());

interface Browser {
  readonly view: SessionView;
  /** As a browser sends it. */
  readonly cookie: string;
  ask(
    method: string,
    path: string,
    options?: WebRequest & { readonly json?: unknown; readonly csrf?: string | null },
  ): Promise<WebReply>;
}

const setCookie = (reply: WebReply): string => reply.headers["set-cookie"]?.[0] ?? "";

function browserOf(reply: WebReply): Browser {
  const view = reply.json<SessionView>();
  const cookie = setCookie(reply).split(";", 1)[0] ?? "";
  return {
    view,
    cookie,
    ask(method, path, { json, csrf = view.csrfToken, headers = {}, ...rest } = {}) {
      const proof = method === "GET" || csrf === null ? {} : { "x-csrf-token": csrf };
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const type = json === undefined ? {} : JSON_TYPE;
      return uptick.web.request(method, path, {
        token: null,
        ...body,
        ...rest,
        headers: { cookie, ...proof, ...type, ...headers },
      });
    },
  };
}

const post = (path: string, json: unknown, headers: WebRequest["headers"] = {}): Promise<WebReply> =>
  uptick.web.request("POST", path, { token: null, body: JSON.stringify(json), headers: { ...JSON_TYPE, ...headers } });

/** From an address that nobody else uses: guesses are counted for each. */
let addresses = 0;
const elsewhere = () => ({ "x-forwarded-for": `198.51.100.${(addresses += 1)}` });
const signIn = (name: string, password: string, headers: WebRequest["headers"] = elsewhere()): Promise<WebReply> =>
  post("/api/v1/session", { name, password }, headers);

async function enter(name: string, password = PASSWORD): Promise<Browser> {
  const reply = await signIn(name, password);
  expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
  return browserOf(reply);
}

const account = (name: string, role = "operator"): Promise<AccountView> =>
  uptick.web.post("/api/v1/accounts", { name, role, password: PASSWORD });

const edit = async (name: string, change: object): Promise<WebReply> => {
  const { revision } = await uptick.web.get<AccountView>(`/api/v1/accounts/${name}`);
  const body = JSON.stringify({ revision, ...change });
  return uptick.web.request("PATCH", `/api/v1/accounts/${name}`, { body, headers: JSON_TYPE });
};

const audit = async (query: string): Promise<AuditEntry[]> =>
  (await uptick.web.get<{ rows: AuditEntry[] }>(`/api/v1/audit?limit=1000&${query}`)).rows;

describe("the set-up link", () => {
  const secretOf = (link = ""): string => link.split("#")[1] ?? "";
  const setUp = (secret: string, more: object = {}) =>
    post("/api/v1/setup", { secret, name: "Root", password: PASSWORD, ...more }, elsewhere());

  it("is shown by each start without accounts, and the newest alone is good, for a day", async () => {
    const first = uptick.setupLink;
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup#[\w-]{43}$/);
    await uptick.restart();
    const second = uptick.setupLink;
    expect(second).not.toBe(first);
    expect((await setUp(secretOf(first))).problem()).toMatchObject({ status: 403, code: "setup-invalid" });
    await uptick.restart({ later: DAY });
    const third = secretOf(uptick.setupLink);
    expect((await setUp(secretOf(second))).status).toBe(403);
    expect(JSON.stringify(uptick.log)).not.toContain(third);
    expect(
      uptick
        .rows("SELECT * FROM setting")
        .map((row) => JSON.stringify(row))
        .join(),
    ).not.toContain(third);
  });

  it.each([
    [{ password: "too short" }, "password-invalid"],
    [{ name: " Root" }, "account-name-invalid"],
    [{ name: "Ro\u0000ot" }, "account-name-invalid"],
    [{ secret: "x" }, "setup-invalid"],
  ])("makes nothing of %j, and is still good", async (more, code) => {
    expect((await setUp(secretOf(uptick.setupLink), more)).problem()).toMatchObject({ code });
    expect(uptick.rows("SELECT * FROM account")).toEqual([]);
  });

  it("makes the first admin account once, also when it is used twice at the same time, and signs in", async () => {
    const secret = secretOf(uptick.setupLink);
    const replies = await Promise.all([setUp(secret), setUp(secret)]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 403]));
    const browser = browserOf(replies.find(({ status }) => status === 201) as WebReply);
    expect(browser.view).toMatchObject({ role: "admin", account: { name: "Root" } });
    expect((await browser.ask("GET", "/api/v1/accounts")).json()).toMatchObject({
      rows: [{ name: "Root", role: "admin", createdBy: browser.view.actor }],
      next: null,
    });
    expect(await audit(`actor=${browser.view.actor}`)).toMatchObject([
      { route: "setUp", object: { kind: "account", id: browser.view.account?.id }, outcome: "ok", detail: "Root" },
    ]);
    await uptick.restart();
    expect(uptick.setupLink).toBeUndefined();
    expect(uptick.rows("SELECT name FROM setting WHERE name = 'setup-link'")).toEqual([]);
  });
});

describe("signing in", () => {
  beforeAll(async () => {
    await account("Anna");
    await account("Disabled");
    await edit("Disabled", { state: "disabled" });
  });

  it.each(["Anna", "anna", "ANNA", "\uff21nna"])("finds the account by its name in any form: %s", async (name) => {
    const { view } = await enter(name);
    expect(view).toMatchObject({ role: "operator", account: { name: "Anna" }, actor: `account:${view.account?.id}` });
    const [ends, idle] = [view.expiresAt, view.idleExpiresAt].map((at) => Date.parse(at ?? "") - uptick.now());
    expect([Math.round((ends ?? 0) / HOUR), Math.round((idle ?? 0) / HOUR)]).toEqual([168, 12]);
  });

  it("takes a password whose umlaut was typed on another system", async () => {
    expect((await signIn("anna", PASSWORD.normalize("NFD"))).status).toBe(201);
    expect((await signIn("anna", PASSWORD.toLowerCase())).status).toBe(401);
  });

  it("answers in the same words whatever is wrong, and says nothing of the password", async () => {
    const replies = [
      await signIn("anna", "guess at the password"),
      await signIn("nobody here", "guess at the password"),
      await signIn("Disabled", PASSWORD),
      await signIn("Disabled", "guess at the password"),
      await signIn("anna", ""),
    ];
    const [first] = replies.map((reply) => ({ ...reply.problem(), requestId: "" }));
    expect(first).toMatchObject({ status: 401, code: "sign-in-refused" });
    for (const reply of replies) {
      expect({ ...reply.problem(), requestId: "" }).toEqual(first);
      expect([setCookie(reply), reply.text.includes("guess at")]).toEqual(["", false]);
    }
  });

  it("takes a password of 200 characters, and refuses one above the limit before any work", async () => {
    const long = "a\u00e9".repeat(100);
    await uptick.web.post("/api/v1/accounts", { name: "Long", role: "viewer", password: long });
    await enter("long", long);
    expect((await signIn("long", `${long.slice(0, -1)}x`)).status).toBe(401);
    expect((await signIn("long", "x".repeat(1001))).problem()).toMatchObject({ status: 400, code: "request-invalid" });
    expect((await signIn("long", "x".repeat(20_000))).problem()).toMatchObject({ status: 413 });
  });

  it("gives an id that is new, whatever the browser sends: a session can't be planted", async () => {
    const planted = "A".repeat(43);
    const reply = await signIn("anna", PASSWORD, { ...elsewhere(), cookie: `uptick-session=${planted}` });
    expect(setCookie(reply)).toMatch(/^uptick-session=[\w-]{43}; /);
    expect(setCookie(reply)).not.toContain(planted);
    const before = browserOf(reply);
    const again = await signIn("anna", PASSWORD, { ...elsewhere(), cookie: before.cookie });
    expect(browserOf(again).cookie).not.toBe(before.cookie);
    expect(
      (
        await uptick.web.request("GET", "/api/v1/session", {
          token: null,
          headers: { cookie: `uptick-session=${planted}` },
        })
      ).status,
    ).toBe(401);
  });

  it("keeps neither the cookie nor the password where anybody can read it", async () => {
    const { cookie, view } = await enter("anna");
    const secret = cookie.split("=")[1] ?? "?";
    for (const table of ["session", "account", "audit", "setting"])
      expect(JSON.stringify(uptick.rows(`SELECT * FROM ${table}`))).not.toMatch(
        new RegExp(`${secret}|${view.csrfToken}|${PASSWORD}`),
      );
    expect(JSON.stringify(uptick.log)).not.toMatch(new RegExp(`${secret}|${view.csrfToken}|${PASSWORD}`));
  });

  it("is slowed down for who guesses, with Retry-After, and not for others", async () => {
    const from = elsewhere();
    const guesses: WebReply[] = [];
    for (let nth = 0; nth < 6; nth += 1) guesses.push(await signIn("anna", `guess number ${nth}`, from));
    expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(guesses[5]?.problem()).toMatchObject({ code: "sign-in-paused" });
    expect(Number(guesses[5]?.headers["retry-after"])).toBe(1);
    // Not even with the right one, so that nobody learns from it; elsewhere it works.
    expect((await signIn("anna", PASSWORD, from)).status).toBe(429);
    expect((await signIn("anna", PASSWORD)).status).toBe(201);
  });

  it("stands in the audit: each success with its account, and what is refused by the hour", async () => {
    const { view } = await enter("anna");
    expect((await audit(`actor=${view.actor}`))[0]).toMatchObject({
      route: "signIn",
      object: { kind: "account", id: view.account?.id },
      outcome: "ok",
      count: 1,
    });
    const refused = (): Promise<AuditEntry[]> => audit(`actor=none&object=account:${view.account?.id}`);
    const before = (await refused()).reduce((sum, { count }) => sum + count, 0);
    for (let nth = 0; nth < 3; nth += 1) await signIn("anna", "guess at the password");
    await expect.poll(async () => (await refused()).reduce((sum, { count }) => sum + count, 0)).toBe(before + 3);
    expect((await refused())[0]).toMatchObject({ actor: null, outcome: "sign-in-refused", route: "signIn" });
    // A password that was typed as a name is kept nowhere.
    await signIn("my secret password", "x");
    expect(JSON.stringify(await audit("actor=none"))).not.toContain("my secret");
  });
});

describe("the cookie", () => {
  it("is for this host alone, unreadable for pages, and not sent by other sites' forms", async () => {
    expect(setCookie(await signIn("anna", PASSWORD))).toMatch(
      /^uptick-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it("goes over TLS only, with the prefix of a host, where a trusted proxy has it", async () => {
    const tls = { ...elsewhere(), "x-forwarded-proto": "https" };
    const reply = await signIn("anna", PASSWORD, tls);
    expect(setCookie(reply)).toMatch(
      /^__Host-uptick-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { cookie } = browserOf(reply);
    const show = (headers: WebRequest["headers"]) =>
      uptick.web.request("GET", "/api/v1/session", { token: null, headers: headers ?? {} });
    expect((await show({ cookie, "x-forwarded-proto": "https" })).status).toBe(200);
    // One that any host of the domain could have set counts for nothing there.
    expect((await show({ cookie: cookie.replace("__Host-", ""), "x-forwarded-proto": "https" })).status).toBe(401);
  });

  it("counts for nothing when it comes twice, in one line or in two", async () => {
    const { cookie } = await enter("anna");
    for (const sent of [`${cookie}; ${cookie}`, [cookie, cookie], `${cookie}; a=b; uptick-session=x`]) {
      const reply = await uptick.web.request("GET", "/api/v1/session", { token: null, headers: { cookie: sent } });
      expect([sent, reply.status]).toEqual([sent, 401]);
    }
    const reply = await uptick.web.request("GET", "/api/v1/session", {
      token: null,
      headers: { cookie: `a=b; ${cookie}; c=d` },
    });
    expect(reply.status).toBe(200);
  });

  it("is not looked at beside a token: that says as whom the caller asks", async () => {
    const { cookie } = await enter("anna");
    const both = await uptick.web.request("GET", "/api/v1/session", { headers: { cookie } });
    expect(both.json()).toMatchObject({ actor: "token:first", account: null, csrfToken: null, role: "admin" });
    for (const token of ["wrong", ""])
      expect((await uptick.web.request("GET", "/api/v1/session", { token, headers: { cookie } })).status).toBe(401);
  });

  it.each([
    "",
    "=",
    ";;;",
    "uptick-session",
    "uptick-session=",
    `uptick-session=${"x".repeat(5000)}`,
    "uptick-session=%00%ff",
    "\u00ff=\u00ff",
  ])("is nobody's: %j", async (cookie) => {
    const reply = await uptick.web.request("GET", "/api/v1/session", { token: null, headers: { cookie } });
    expect(reply.status).toBe(401);
  });
});

describe("a write with a session", () => {
  let browser: Browser;
  const body = { devices: ["nobody"], add: ["x"] };
  const write = (options: Parameters<Browser["ask"]>[2] = {}) =>
    browser.ask("POST", "/api/v1/devices/tag", { json: body, ...options });
  beforeAll(async () => {
    browser = await enter("anna");
  });

  it("is done for a page of this server, in the account's name", async () => {
    expect((await write()).problem()).toMatchObject({ code: "device-unknown" });
    const host = `127.0.0.1:${uptick.server.web.port}`;
    const own = { origin: `http://${host}`, "sec-fetch-site": "same-origin" };
    expect((await write({ headers: own })).problem()).toMatchObject({ code: "device-unknown" });
    expect((await audit(`actor=${browser.view.actor}`))[0]).toMatchObject({
      route: "tagDevices",
      outcome: "device-unknown",
    });
  });

  it.each<[string, Parameters<Browser["ask"]>[2]]>([
    ["without the token", { csrf: null }],
    ["with another token", { csrf: "x".repeat(64) }],
    ["with an empty token", { csrf: "" }],
    ["with the token of another session", { csrf: "other" }],
    ["with the token twice", { csrf: null, headers: { "x-csrf-token": ["a", "b"] } }],
    ["from a page of another origin", { headers: { origin: "https://evil.example.org" } }],
    ["from a page without an origin", { headers: { origin: "null" } }],
    ["from this host at another port", { headers: { origin: "http://127.0.0.1:1" } }],
    ["from another site, as the browser says", { headers: { "sec-fetch-site": "cross-site" } }],
    ["from another host of the domain", { headers: { "sec-fetch-site": "same-site" } }],
  ])("is refused %s, and stands in the audit", async (_how, options) => {
    const csrf = options?.csrf === "other" ? (await enter("anna")).view.csrfToken : options?.csrf;
    const reply = await write({ ...options, ...(csrf === undefined ? {} : { csrf }) });
    expect(reply.problem()).toMatchObject({ status: 403, code: "csrf-refused" });
    expect((await audit(`actor=${browser.view.actor}`))[0]).toMatchObject({
      route: "tagDevices",
      outcome: "csrf-refused",
    });
  });

  it("needs no such proof for what only reads, and a token needs none at all", async () => {
    expect((await browser.ask("GET", "/api/v1/devices", { csrf: null })).status).toBe(200);
    const headers = { ...JSON_TYPE, origin: "https://evil.example.org" };
    const reply = await uptick.web.request("POST", "/api/v1/devices/tag", { body: JSON.stringify(body), headers });
    expect(reply.problem()).toMatchObject({ code: "device-unknown" });
  });

  it("is refused by its role as a token's is", async () => {
    const reply = await browser.ask("POST", "/api/v1/tokens", { json: { name: "more" } });
    expect(reply.problem()).toMatchObject({ code: "role-too-low" });
    expect((await browser.ask("GET", "/api/v1/accounts")).problem()).toMatchObject({ code: "role-too-low" });
  });

  it("can't be begun by another site: it signs no browser in", async () => {
    const headers = { ...elsewhere(), origin: "https://evil.example.org" };
    expect((await signIn("anna", PASSWORD, headers)).problem()).toMatchObject({ code: "csrf-refused" });
    // A form sends no JSON.
    const form = { ...elsewhere(), "content-type": "text/plain" };
    expect((await signIn("anna", PASSWORD, form)).status).toBe(415);
  });
});

describe("a session ends", () => {
  const isAlive = async (browser: Browser): Promise<boolean> =>
    (await browser.ask("GET", "/api/v1/session")).status === 200;

  it("at once when it signs out, also for who has copied the cookie; others of the account stay", async () => {
    const [one, other] = [await enter("anna"), await enter("anna")];
    const reply = await one.ask("DELETE", "/api/v1/session");
    expect([reply.status, setCookie(reply)]).toEqual([
      204,
      expect.stringMatching(/^uptick-session=; Max-Age=0; Path=\/; /),
    ]);
    expect([await isAlive(one), await isAlive(other)]).toEqual([false, true]);
    expect((await one.ask("DELETE", "/api/v1/session")).status).toBe(401);
    expect((await audit(`actor=${one.view.actor}`))[0]).toMatchObject({ route: "signOut", outcome: "ok" });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["the account is disabled", () => edit("Ended", { state: "disabled" })],
    ["its role changes", () => edit("Ended", { role: "admin" })],
    ["an admin ends its sessions", () => uptick.web.request("POST", "/api/v1/accounts/Ended/end-sessions")],
    ["an admin sets its password", () => uptick.web.post("/api/v1/accounts/Ended/password", { password: PASSWORD })],
    ["it is removed", () => uptick.web.request("DELETE", "/api/v1/accounts/Ended")],
  ])("when %s", async (_why, end) => {
    await account("Ended");
    const browser = await enter("Ended");
    expect(await isAlive(browser)).toBe(true);
    await end();
    expect(await isAlive(browser)).toBe(false);
    expect(uptick.rows("SELECT * FROM session WHERE account_id = ?", browser.view.account?.id ?? "")).toEqual([]);
    await uptick.web.request("DELETE", "/api/v1/accounts/Ended");
  });

  it("not when its account gets another name", async () => {
    await account("Maiden");
    const browser = await enter("Maiden");
    expect((await edit("Maiden", { name: "Married" })).json()).toMatchObject({ name: "Married", revision: 2 });
    expect((await browser.ask("GET", "/api/v1/session")).json()).toMatchObject({ account: { name: "Married" } });
  });

  it("after twelve hours without use, and after seven days in any case", async () => {
    const idle = await enter("anna");
    const used = await enter("anna");
    for (let hours = 11; hours < 24 * 7; hours += 11) {
      await uptick.restart({ later: 11 * HOUR });
      expect([hours, await isAlive(used)]).toEqual([hours, true]);
    }
    expect(await isAlive(idle)).toBe(false);
    await uptick.restart({ later: 3 * HOUR });
    expect(await isAlive(used)).toBe(false);
  });

  it("when the clock turns out to have been ahead by far as it began", async () => {
    const browser = await enter("anna");
    await uptick.restart({ later: -DAY });
    expect(await isAlive(browser)).toBe(false);
    await uptick.restart({ later: DAY });
  });
});

describe("the own password", () => {
  const NEXT = "another long sentence";
  const change = (browser: Browser, currentPassword: string, password = NEXT) =>
    browser.ask("POST", "/api/v1/session/password", { json: { currentPassword, password }, headers: elsewhere() });

  it("is changed by who knows it, and the account's other browsers are signed out", async () => {
    await account("Clara", "viewer");
    const [one, other] = [await enter("Clara"), await enter("Clara")];
    expect((await change(one, "not the password")).problem()).toMatchObject({ status: 403, code: "password-wrong" });
    expect((await change(one, PASSWORD, "short")).problem()).toMatchObject({ code: "password-invalid" });
    expect((await change(one, PASSWORD)).status).toBe(200);
    expect((await one.ask("GET", "/api/v1/session")).status).toBe(200);
    expect((await other.ask("GET", "/api/v1/session")).status).toBe(401);
    expect((await signIn("Clara", PASSWORD)).status).toBe(401);
    await enter("Clara", NEXT);
    expect((await audit(`actor=${one.view.actor}`)).filter(({ outcome }) => outcome === "password-wrong")).toHaveLength(
      1,
    );
  });

  it("is not guessed with a stolen session faster than without one", async () => {
    await account("Dora", "viewer");
    const browser = await enter("Dora");
    const headers = elsewhere();
    const ask = () =>
      browser.ask("POST", "/api/v1/session/password", { json: { currentPassword: "guess", password: NEXT }, headers });
    const statuses: number[] = [];
    for (let nth = 0; nth < 6; nth += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
  });

  it("of an admin is needed to set it, and another's is not", async () => {
    const { id } = await account("Eva", "admin");
    const eva = await enter("Eva");
    const set = (name: string, json: object) => eva.ask("POST", `/api/v1/accounts/${name}/password`, { json });
    expect((await set("eva", { password: NEXT })).problem()).toMatchObject({ code: "password-wrong" });
    expect((await set(id, { password: NEXT, currentPassword: "wrong one here" })).problem()).toMatchObject({
      code: "password-wrong",
    });
    expect((await set("Clara", { password: PASSWORD })).status).toBe(200);
    expect((await set(id, { password: NEXT, currentPassword: PASSWORD })).status).toBe(200);
    expect((await eva.ask("GET", "/api/v1/session")).status).toBe(401);
  });

  it("and the session belong to no token", async () => {
    const json = JSON.stringify({ currentPassword: PASSWORD, password: NEXT });
    const reply = await uptick.web.request("POST", "/api/v1/session/password", { body: json, headers: JSON_TYPE });
    expect(reply.problem()).toMatchObject({ status: 409, code: "session-required" });
    expect((await uptick.web.request("DELETE", "/api/v1/session")).problem()).toMatchObject({
      code: "session-required",
    });
  });
});
