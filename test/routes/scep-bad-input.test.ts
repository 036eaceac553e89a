/** SCEP with challenges that are wrong, used, too old or meant for another, and with what is no SCEP. */
import { isDeepStrictEqual } from "node:util";
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
import type { ServerStatus } from "../../src/contract/index.ts";
import { hashSecret } from "../../src/identity/index.ts";
import {
  type Device,
  enrolDevice,
  insertRow,
  memoryOf,
  newDevice,
  newIdentity,
  newProfile,
  scep,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let mine: Device;
let other: Device;

beforeAll(async () => {
  uptick = await startUptick();
  [mine, other] = await Promise.all([enrolDevice(uptick), enrolDevice(uptick)]);
});
afterAll(() => uptick.close());

const withChallenge = (profile: EnrollmentProfile, challenge: string | undefined): EnrollmentProfile => ({
  ...profile,
  scep: { ...profile.scep, challenge },
});

const refusals = (): unknown[] => uptick.log.filter(({ event }) => event === "scep-refused");

/** What came of asking for a certificate with this profile. */
async function attempt(profile: EnrollmentProfile): Promise<{ result: unknown; noted: unknown[]; unchanged: boolean }> {
  const [before, noted] = [memoryOf(uptick), refusals().length];
  const result: unknown = await newIdentity(profile).then(
    () => "issued",
    (error: unknown) => error,
  );
  return { result, noted: refusals().slice(noted), unchanged: isDeepStrictEqual(memoryOf(uptick), before) };
}

const refusedFor = (why: string): object => ({
  result: expect.any(ScepRefused),
  noted: [{ level: "warn", why }],
  unchanged: true,
});

describe("SCEP challenge", () => {
  it("issues nothing for one that was never made, or for none", async () => {
    expect(await attempt(withChallenge(mine.profile, "a-guess"))).toMatchObject(refusedFor("unknown-challenge"));
    expect(await attempt(withChallenge(mine.profile, undefined))).toMatchObject(refusedFor("no challenge"));
    expect(await attempt(withChallenge(mine.profile, ""))).toMatchObject(refusedFor("no challenge"));
  });

  it("issues nothing for one that is used up", async () => {
    expect(await attempt(mine.profile)).toMatchObject(refusedFor("used-up"));
    const twice = await newProfile(uptick, 2);
    await newIdentity(twice);
    await newIdentity(twice);
    expect(await attempt(twice)).toMatchObject(refusedFor("used-up"));
  });

  it("issues nothing for one that is too old", async () => {
    const profile = await newProfile(uptick);
    await uptick.restart({
      between: (database) => {
        const hash = hashSecret(profile.scep.challenge ?? "");
        database.prepare("UPDATE challenge SET expires_at = ? WHERE hash = ?").run(Date.now() - 1, hash);
      },
    });
    expect(await attempt(profile)).toMatchObject(refusedFor("expired"));
  });

  it("is used once by a client that says the same request again, and gives it the same certificate", async () => {
    const { scep: payload, roots } = await newProfile(uptick);
    const clock = scaledClock({ start: 0, factor: 1 });
    const transport = createTransport(clock, new AbortController().signal);
    transport.trust(roots);
    const transaction = await beginTransaction(payload, clock);
    const first = await requestIdentity({ payload, transaction, transport, old: false });
    const again = await requestIdentity({ payload, transaction, transport, old: true });
    transport.disconnect();
    expect(again.certificate).toBe(first.certificate);
    expect(uptick.rows("SELECT uses_left FROM challenge WHERE hash = ?", hashSecret(payload.challenge ?? ""))).toEqual([
      { uses_left: 0 },
    ]);
  });

  it("for the renewal of one device gives a certificate that no other device can use", async () => {
    const challenge = "for-the-renewal-of-the-other";
    await other.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("kept") });
    await uptick.restart({
      between: (database) => {
        const { id } = database.prepare("SELECT id FROM enrollment WHERE apple_id = ?").get(other.udid) as {
          id: string;
        };
        const some = database.prepare("SELECT * FROM challenge").get();
        const own = { hash: hashSecret(challenge), purpose: "renew", enrollment_id: id, uses_left: 1 };
        insertRow(database, "challenge", { ...some, ...own, expires_at: Date.now() + 60_000 });
      },
    });
    const profile = withChallenge(other.profile, challenge);
    const identity = await newIdentity(profile);
    const as = (udid: string, serial?: string): Promise<Device> =>
      newDevice(uptick, { profile, identity, udid, ...(serial === undefined ? {} : { serial }) });
    const before = memoryOf(uptick);
    for (const udid of [mine.udid, "A-NEW-DEVICE"]) {
      const thief = await as(udid);
      const replies = [await thief.authenticate(), await thief.tokenUpdate(), await thief.poll()];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual([
        [403, 0],
        [403, 0],
        [403, 0],
      ]);
    }
    expect(memoryOf(uptick)).toEqual(before);

    const renewed = await as(other.udid, other.serial);
    const replies = [await renewed.authenticate(), await renewed.tokenUpdate(), await renewed.poll()];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const told = await renewed.checkIn({ MessageType: "GetBootstrapToken" });
    expect(told.body.toString()).toContain(Buffer.from("kept").toString("base64"));
    // Bound to the other now, it speaks for nobody else.
    const reply = await renewed.poll("Idle", { UDID: mine.udid });
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
  });
});

describe("SCEP, what is none", () => {
  it.each<[string, string, string, (Buffer | string)?]>([
    ["no operation", "GET", ""],
    ["an operation that is none", "GET", "?operation=GetEverything"],
    ["PKIOperation by GET without a message", "GET", "?operation=PKIOperation"],
    ["PKIOperation by GET with what is no base64", "GET", "?operation=PKIOperation&message=%25zz"],
    ["PKIOperation by GET with half a message", "GET", "?operation=PKIOperation&message=MIIB"],
    ["PKIOperation by GET with two messages", "GET", "?operation=PKIOperation&message=MIIB&message=MIIB"],
    ["two operations", "GET", "?operation=GetCACaps&operation=GetCACert"],
    ["a post without operation", "POST", "", "x"],
    ["an empty message", "POST", "?operation=PKIOperation", ""],
    ["garbage", "POST", "?operation=PKIOperation", "garbage"],
    ["ASN.1 that is no message", "POST", "?operation=PKIOperation", Buffer.from("3003020101", "hex")],
    ["a length that lies", "POST", "?operation=PKIOperation", Buffer.from("3084ffffffff30", "hex")],
    ["1,000 levels", "POST", "?operation=PKIOperation", Buffer.from("3080".repeat(1000), "hex")],
  ])("answers 400 to %s", async (_title, method, query, body) => {
    const before = memoryOf(uptick);
    expect((await scep(uptick, method, query, body)).status).toBe(400);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("answers 413 to more than 64 KiB", async () => {
    const before = memoryOf(uptick);
    expect((await scep(uptick, "POST", "?operation=PKIOperation", Buffer.alloc(64 * 1024 + 1))).status).toBe(413);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("still tells its capabilities and serves the next client", async () => {
    expect((await scep(uptick, "GET", "?operation=GetCACaps")).body.toString()).toContain("POSTPKIOperation");
    await expect(newIdentity(await newProfile(uptick))).resolves.toBeDefined();
  });
});

describe("a refused SCEP request", () => {
  it("shows in the server's status with code and remedy: the newest first, its like counted", async () => {
    const profile = await newProfile(uptick);
    await newIdentity(profile);
    const shown = async () => (await uptick.web.get<ServerStatus>("/api/v1/status")).refusals;
    const countOf = async (code: string): Promise<number> =>
      (await shown()).filter((one) => one.reason === code).reduce((sum, { count }) => sum + count, 0);
    const [usedUp, invalid] = [await countOf("challenge-used-up"), await countOf("scep-invalid")];
    for (const junk of ["3003020101", "30030201", "00"]) {
      await scep(uptick, "POST", "?operation=PKIOperation", Buffer.from(junk, "hex"));
    }
    await expect(newIdentity(profile)).rejects.toThrow(ScepRefused);
    await expect.poll(() => countOf("challenge-used-up"), SOON).toBe(usedUp + 1);
    await expect.poll(() => countOf("scep-invalid"), SOON).toBe(invalid + 3);
    const list = await shown();
    expect(list[0]).toMatchObject({ reason: "challenge-used-up", remedy: expect.stringContaining("--uses") });
    expect(list.filter(({ reason }) => reason === "scep-invalid")).toHaveLength(1);
    expect(JSON.stringify(list)).not.toContain(profile.scep.challenge);
    await uptick.restart();
    expect(await shown()).toEqual(list);
  });

  it("names the note of the enrollment it belongs to", async () => {
    const { profile } = await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses: 1, note: "lab 3" });
    const lab = readProfile(profile);
    await newIdentity(lab);
    await expect(newIdentity(lab)).rejects.toThrow(ScepRefused);
    const messages = async () => (await uptick.server.admin.server.status()).refusals.map(({ sentence }) => sentence);
    await expect.poll(messages, SOON).toContainEqual(expect.stringContaining('its note is "lab 3"'));
  });
});
