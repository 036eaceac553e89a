/** Enrollment links, from the admin's word to the device: link, page, profile, SCEP, Authenticate; and every way they end. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  beginTransaction,
  createTransport,
  type EnrollmentProfile,
  readProfile,
  requestIdentity,
  scaledClock,
  ScepRefused,
} from "../../simulator/index.ts";
import type { EnrollmentLink, ServerStatus } from "../../src/contract/index.ts";
import {
  browse,
  memoryOf,
  newDevice,
  newIdentity,
  newLink,
  type PageReply,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const HOUR = 3_600_000;
const HOSTILE = `A&B "<script>alert(1)</script>'`;

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { organization: HOSTILE } });
});
afterAll(() => uptick.close());

const listed = async (id: string): Promise<EnrollmentLink | undefined> =>
  (await uptick.web.get<{ rows: EnrollmentLink[] }>("/api/v1/enrollment-links")).rows.find((row) => row.id === id);

async function download(path: string): Promise<EnrollmentProfile> {
  const reply = await browse(uptick, `${path}/profile`);
  if (reply.status !== 200) throw new Error(`the profile was answered ${reply.status}`);
  return readProfile(reply.body);
}

const revoke = (id: string) => uptick.web.request("POST", `/api/v1/enrollment-links/${id}/revoke`);

/** Puts a link's end, and its challenges', into the past, which the tests can't wait for. */
const end = (id: string): Promise<void> =>
  uptick.restart({
    between: (database) => {
      database.prepare("UPDATE enrollment_link SET expires_at = ? WHERE id = ?").run(Date.now() - 1, id);
    },
  });

/** What every answer under /enroll carries, since its address is a secret. */
function expectSecretKept({ headers, text }: PageReply): void {
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  if (headers["content-type"] !== "text/html; charset=utf-8") return;
  const style = /<style>([^]*)<\/style>/.exec(text)?.[1];
  expect(policy).toContain(
    createHash("sha256")
      .update(style ?? "")
      .digest("base64"),
  );
  expect(text).not.toMatch(/<script|<img|<link|http:|https:/i);
}

async function expectPage(path: string, status: number, words: string): Promise<void> {
  const reply = await browse(uptick, path);
  expect([reply.status, reply.headers["content-type"]]).toEqual([status, "text/html; charset=utf-8"]);
  expect(reply.text).toContain(words);
  expectSecretKept(reply);
}

describe("an enrollment link", () => {
  it("leads from its page to a profile, by which a device enrolls", async () => {
    const link = await newLink(uptick, { uses: 2, hours: 8, note: "lab 3" });
    expect(link.url).toMatch(new RegExp(`^https://localhost:${uptick.devicePort}/enroll/[0-9a-z]{26}$`));
    const page = await browse(uptick, link.path);
    expect(page.status).toBe(200);
    expectSecretKept(page);
    const [, href = ""] = /<a class="button" href="([^"]+)">/.exec(page.text) ?? [];
    const reply = await browse(uptick, href);
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/x-apple-aspen-config"]);
    expectSecretKept(reply);
    const device = await newDevice(uptick, { profile: readProfile(reply.body) });
    expect((await device.authenticate()).status).toBe(200);
    expect((await device.tokenUpdate()).status).toBe(200);
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled" });
    expect(await listed(link.id)).toMatchObject({ state: "open", uses: 2, used: 1, downloads: 1, note: "lab 3" });
  });

  it("shows the organisation's name as text, whatever is in it, and not the admin's note", async () => {
    const { path } = await newLink(uptick, { note: "for the board" });
    const { text } = await browse(uptick, path);
    expect(text).toContain("A&amp;B &quot;&lt;script&gt;alert(1)&lt;/script&gt;&#39;");
    expect(text).not.toContain("for the board");
  });

  it("is as good typed in capitals and with a slash behind it", async () => {
    const { token } = await newLink(uptick);
    const { status, text } = await browse(uptick, `/enroll/${token.toUpperCase()}/`);
    expect([status, text.includes("Download the profile")]).toEqual([200, true]);
  });

  it("gives each download a challenge of its own, good for one device and an hour, not longer than the link", async () => {
    const { path, id, expiresAt } = await newLink(uptick, { uses: 5, hours: 1 });
    const [one, other] = [await download(path), await download(path)];
    expect(one.scep.challenge).not.toBe(other.scep.challenge);
    const made = uptick.rows<{ uses_left: number; expires_at: number }>(
      "SELECT uses_left, expires_at FROM challenge WHERE link = ?",
      id,
    );
    expect(made).toEqual([
      { uses_left: 1, expires_at: Date.parse(expiresAt) },
      { uses_left: 1, expires_at: Date.parse(expiresAt) },
    ]);
    const longer = await newLink(uptick, { hours: 8 });
    await download(longer.path);
    const [row] = uptick.rows<{ life: number }>(
      "SELECT expires_at - created_at AS life FROM challenge WHERE link = ?",
      longer.id,
    );
    expect(row?.life).toBe(HOUR);
    await newIdentity(one);
    await expect(newIdentity(one)).rejects.toBeInstanceOf(ScepRefused);
    expect(await listed(id)).toMatchObject({ used: 1, downloads: 2 });
  });

  it("changes nothing when its page is looked at, and makes nothing for a HEAD", async () => {
    const { path } = await newLink(uptick);
    const before = memoryOf(uptick);
    const page = await browse(uptick, path, "HEAD");
    const profile = await browse(uptick, `${path}/profile`, "HEAD");
    await browse(uptick, path);
    expect([page.status, page.headers["content-type"], page.body.length]).toEqual([200, "text/html; charset=utf-8", 0]);
    expect([profile.status, profile.headers["content-type"], profile.body.length]).toEqual([
      200,
      "application/x-apple-aspen-config",
      0,
    ]);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("gives its last place to one of two that come at once", async () => {
    const { path, id } = await newLink(uptick, { uses: 1 });
    const profiles = [await download(path), await download(path)];
    const came = await Promise.allSettled(profiles.map((profile) => newIdentity(profile)));
    expect(came.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await listed(id)).toMatchObject({ state: "used-up", used: 1 });
    await expectPage(path, 410, "This link has been used up");
    await expectPage(`${path}/profile`, 410, "This link has been used up");
  });

  it("gives no more than 30 profiles a minute, and says when to come again", async () => {
    const { path, id } = await newLink(uptick, { uses: 100 });
    const other = await newLink(uptick);
    const all = await Promise.all(Array.from({ length: 70 }, () => browse(uptick, `${path}/profile`)));
    const given = all.filter(({ status }) => status === 200).length;
    const refused = all.filter(({ status }) => status === 429);
    // More than 30 only where a minute ended meanwhile.
    expect(given).toBeGreaterThanOrEqual(30);
    expect(given).toBeLessThanOrEqual(60);
    expect(given + refused.length).toBe(70);
    for (const reply of refused) {
      expect(Number(reply.headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(Number(reply.headers["retry-after"])).toBeLessThanOrEqual(60);
      expect(reply.text).toContain("try again in a minute");
      expectSecretKept(reply);
    }
    expect(uptick.rows("SELECT hash FROM challenge WHERE link = ?", id)).toHaveLength(given);
    expect((await browse(uptick, `${other.path}/profile`)).status).toBe(200);
    await expectPage(path, 200, "Download the profile");
  });

  it("is revoked at once, for profiles that it has given too", async () => {
    const { path, id } = await newLink(uptick, { uses: 3, note: "lost on the tram" });
    const given = await download(path);
    const first = await revoke(id);
    expect(first.json<EnrollmentLink>()).toMatchObject({ id, state: "revoked" });
    expect((await revoke(id)).text).toBe(first.text);
    await expectPage(path, 410, "This link has been withdrawn");
    await expectPage(`${path}/profile`, 410, "This link has been withdrawn");
    await expect(newIdentity(given)).rejects.toBeInstanceOf(ScepRefused);
    expect(await listed(id)).toMatchObject({ state: "revoked", used: 0 });
    await expect
      .poll(async () => (await uptick.web.get<ServerStatus>("/api/v1/status")).refusals[0], SOON)
      .toMatchObject({ reason: "link-revoked", sentence: expect.stringContaining("lost on the tram") });
  });

  it("ends when its time is over, for profiles that it has given too", async () => {
    const { path, id } = await newLink(uptick);
    const given = await download(path);
    await end(id);
    await expectPage(path, 410, "This link has ended");
    await expectPage(`${path}/profile`, 410, "This link has ended");
    expect((await browse(uptick, `${path}/profile`, "HEAD")).status).toBe(410);
    await expect(newIdentity(given)).rejects.toBeInstanceOf(ScepRefused);
    expect(await listed(id)).toMatchObject({ state: "expired", used: 0 });
  });

  it("gives a device its certificate again after the link has died, and counts it once", async () => {
    const { path, id } = await newLink(uptick, { uses: 1 });
    const { scep, roots } = await download(path);
    const clock = scaledClock({ start: 0, factor: 1 });
    const transport = createTransport(clock, new AbortController().signal);
    transport.trust(roots);
    try {
      const transaction = await beginTransaction(scep, clock);
      const ask = () => requestIdentity({ payload: scep, transaction, transport, old: false });
      const first = await ask();
      await revoke(id);
      expect((await ask()).certificate).toBe(first.certificate);
      const another = { payload: scep, transaction: await beginTransaction(scep, clock), transport, old: false };
      await expect(requestIdentity(another)).rejects.toBeInstanceOf(ScepRefused);
    } finally {
      transport.disconnect();
    }
    expect(await listed(id)).toMatchObject({ used: 1, state: "revoked" });
  });

  it("forgets challenges that ended more than a day ago, when it is opened", async () => {
    const { path, id } = await newLink(uptick, { uses: 3 });
    const given = await download(path);
    await newIdentity(given);
    await download(path);
    await uptick.restart({
      between: (database) => {
        const long = Date.now() - 25 * HOUR;
        database.prepare("UPDATE challenge SET expires_at = ? WHERE link = ?").run(long, id);
      },
    });
    await download(path);
    expect(uptick.rows("SELECT hash FROM challenge WHERE link = ?", id)).toHaveLength(1);
  });

  it("is refused while devices can't enroll", async () => {
    const bare = await startUptick({ push: false });
    const reply = await bare.web.request("POST", "/api/v1/enrollment-links");
    expect([reply.status, reply.problem().code]).toEqual([409, "not-ready"]);
    await bare.close();
  });
});

describe("an address that is no link", () => {
  it.each([
    "/enroll/",
    "/enroll/x",
    `/enroll/${"0".repeat(26)}`,
    `/enroll/${"0".repeat(26)}/profile`,
    `/enroll/${"0".repeat(26)}/profile/more`,
    `/enroll/${"0".repeat(26)}/other`,
    `/enroll/${"a".repeat(3000)}`,
    "/enroll/..%2f..%2fetc%2fpasswd",
    "/enroll/%3Cscript%3E/profile",
    "/enroll/%00",
    "/enroll/%zz",
    "/enroll/%ff",
  ])("gets a plain page that says so and repeats nothing: %s", async (path) => {
    await expectPage(path, 404, "This link is not known");
    const { text } = await browse(uptick, path);
    expect(text).not.toMatch(/passwd|script|0000|aaaa/);
    expect((await browse(uptick, path, "HEAD")).status).toBe(404);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("is nothing by %s", async (method) => {
    const { path } = await newLink(uptick);
    const before = memoryOf(uptick);
    const replies = [await browse(uptick, path, method), await browse(uptick, `${path}/profile`, method)];
    expect(replies.map(({ status, body }) => [status, body.length])).toEqual([
      [404, 0],
      [404, 0],
    ]);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("of another's id is link-unknown to an admin", async () => {
    const reply = await revoke("nobody");
    expect([reply.status, reply.problem().code]).toEqual([404, "link-unknown"]);
  });
});

describe("a link's token", () => {
  it("is in no table and no log line, and not in the list", async () => {
    const { path, token, id } = await newLink(uptick);
    await browse(uptick, path);
    const profile = await download(path);
    await browse(uptick, `${path}%zz`);
    await revoke(id);
    await browse(uptick, `${path}/profile`);
    await newIdentity(profile).catch(() => undefined);
    const kept = JSON.stringify([memoryOf(uptick), uptick.log, await listed(id)]);
    expect(kept).toContain(id);
    expect(kept).not.toContain(token);
  });
});
