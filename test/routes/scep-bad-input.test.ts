/** SCEP with challenges that are wrong, used, too old or meant for another, and with what is no SCEP. */
import https from "node:https";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  beginTransaction,
  createTransport,
  type EnrolmentProfile,
  requestIdentity,
  scaledClock,
  ScepRefused,
} from "../../simulator/index.ts";
import { hashSecret } from "../../src/identity/index.ts";
import {
  type Device,
  enrolDevice,
  insertRow,
  memoryOf,
  newDevice,
  newIdentity,
  newProfile,
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

const withChallenge = (profile: EnrolmentProfile, challenge: string | undefined): EnrolmentProfile => ({
  ...profile,
  scep: { ...profile.scep, challenge },
});

const refusals = (): unknown[] => uptick.log.filter(({ event }) => event === "scep-refused");

/** What came of asking for a certificate with this profile. */
async function attempt(profile: EnrolmentProfile): Promise<{ said: unknown; noted: unknown[]; unchanged: boolean }> {
  const [before, noted] = [memoryOf(uptick), refusals().length];
  const said: unknown = await newIdentity(profile).then(
    () => "issued",
    (error: unknown) => error,
  );
  return { said, noted: refusals().slice(noted), unchanged: isDeepStrictEqual(memoryOf(uptick), before) };
}

const refusedFor = (why: string): object => ({
  said: expect.any(ScepRefused),
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
    const as = (udid: string): Promise<Device> => newDevice(uptick, { profile, identity, udid });
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

    const renewed = await as(other.udid);
    const replies = [await renewed.authenticate(), await renewed.tokenUpdate(), await renewed.poll()];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const told = await renewed.checkIn({ MessageType: "GetBootstrapToken" });
    expect(told.body.toString()).toContain(Buffer.from("kept").toString("base64"));
    // Bound to the other now, it speaks for nobody else.
    const reply = await renewed.poll("Idle", { UDID: mine.udid });
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
  });
});

interface ScepReply {
  readonly status: number;
  readonly text: string;
}

function scep(method: string, query: string, body?: Buffer | string): Promise<ScepReply> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-pki-message" };
    const options = { host: "localhost", port: uptick.devicePort, path: `/scep${query}`, method, headers };
    const sent = https.request({ ...options, ca: [...mine.profile.roots], agent: false }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString("latin1")));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("SCEP, what is none", () => {
  it.each<[string, string, string, (Buffer | string)?]>([
    ["no operation", "GET", ""],
    ["an operation that is none", "GET", "?operation=GetEverything"],
    ["PKIOperation by GET, which is not offered", "GET", "?operation=PKIOperation&message=MIIB"],
    ["a post without operation", "POST", "", "x"],
    ["an empty message", "POST", "?operation=PKIOperation", ""],
    ["garbage", "POST", "?operation=PKIOperation", "garbage"],
    ["ASN.1 that is no message", "POST", "?operation=PKIOperation", Buffer.from("3003020101", "hex")],
    ["a length that lies", "POST", "?operation=PKIOperation", Buffer.from("3084ffffffff30", "hex")],
    ["1,000 levels", "POST", "?operation=PKIOperation", Buffer.from("3080".repeat(1000), "hex")],
  ])("answers 400 to %s", async (_title, method, query, body) => {
    const before = memoryOf(uptick);
    expect((await scep(method, query, body)).status).toBe(400);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("answers 413 to more than 1 MiB", async () => {
    const before = memoryOf(uptick);
    expect((await scep("POST", "?operation=PKIOperation", Buffer.alloc(1024 * 1024 + 1))).status).toBe(413);
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("still tells its capabilities and serves the next client", async () => {
    expect((await scep("GET", "?operation=GetCACaps")).text).toContain("POSTPKIOperation");
    await expect(newIdentity(await newProfile(uptick))).resolves.toBeDefined();
  });
});
