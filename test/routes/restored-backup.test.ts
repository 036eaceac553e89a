/** A backup that is older than some identities is restored, as docs/operations.md says: nobody is locked out. */
import { rmSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import type { Adoptions, PlanView, WaitingDevice } from "../../src/contract/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import {
  commandBytes,
  type Device,
  enrolDevice,
  kindsOf,
  makePlan,
  planJob,
  rawCommand,
  type Received,
  renewedDevice,
  type Reply,
  SOON,
  startUptick,
  storyOf,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let plan: PlanView;
let unchanged: Device;
let unchangedStory: string[];
/** As they are now, and as the backup knows them. */
const now: Record<"renewed" | "reenrolled" | "added", Device> = {} as never;
let before: { readonly renewed: Device; readonly reenrolled: Device };

// In steps: keys are made and servers start in each.
beforeAll(async () => {
  uptick = await startUptick();
  unchanged = await enrolDevice(uptick);
});
beforeAll(async () => {
  before = { renewed: await enrolDevice(uptick), reenrolled: await enrolDevice(uptick) };
  const { renewed } = before;
  await renewed.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("of the renewed") });
  plan = await makePlan(uptick, [renewed.udid], { to: "26.6.1" });
  onDatabase((database) => database.prepare("VACUUM INTO ?").run(backup()));
});
beforeAll(async () => {
  const { udid, serial } = before.reenrolled;
  now.added = await enrolDevice(uptick);
  now.reenrolled = await enrolDevice(uptick, { udid, serial });
});
beforeAll(async () => {
  const { renewed } = before;
  const its = "enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?)";
  onDatabase((database) =>
    database.prepare(`UPDATE renewal SET due_at = 0, attempts = 1 WHERE ${its}`).run(renewed.udid),
  );
  const given = await commandOf(renewed, "InstallProfile");
  now.renewed = await renewedDevice(uptick, renewed, given);
  for (const reply of [await now.renewed.authenticate(), await now.renewed.tokenUpdate()])
    if (reply.status !== 200) throw new Error(`the renewal was answered ${reply.status}`);
  await now.renewed.answer(given);
});
beforeAll(async () => {
  await uptick.server.stop();
  for (const end of ["-wal", "-shm"]) rmSync(join(uptick.directory, `uptick.sqlite${end}`), { force: true });
  renameSync(backup(), join(uptick.directory, "uptick.sqlite"));
  await uptick.begin({});
  unchangedStory = await kindsOf(uptick, unchanged.udid);
});
afterAll(() => uptick.close());

const backup = (): string => join(uptick.directory, "..", "copy.sqlite");

/** Beside the running server, as an admin's `sqlite3` is. */
function onDatabase(act: (database: DatabaseSync) => unknown): void {
  const database = new DatabaseSync(join(uptick.directory, "uptick.sqlite"), { timeout: 5000 });
  try {
    act(database);
  } finally {
    database.close();
  }
}

/** Answers what comes until this command does. */
const commandOf = (device: Device, requestType: string): Promise<Received> =>
  vi.waitFor(async () => {
    const found = (await device.session({ [requestType]: undefined })).find((one) => one.requestType === requestType);
    if (found === undefined) throw new Error(`no ${requestType} came`);
    return found;
  }, SOON);

const rowOf = (udid: string) => uptick.rows("SELECT * FROM enrollment WHERE apple_id = ?", udid);
const jobsOf = (udid: string) =>
  uptick.rows(
    "SELECT state, reason, doc FROM job WHERE enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?)",
    udid,
  );
const empty = ({ status, body }: Reply) => [status, body.length];
const declarative = (device: Device, Endpoint: string, Data?: Buffer) =>
  device.checkIn({ MessageType: "DeclarativeManagement", Endpoint, ...(Data === undefined ? {} : { Data }) });

/** What is answered with a document; an empty one would be another answer. */
const ASKS: ReadonlySet<string> = new Set(["tokens", "declaration-items", "a declaration"]);

/** Every message of a device. */
const MESSAGES: readonly (readonly [string, (device: Device) => Promise<Reply>])[] = [
  ["Idle", (device) => device.poll()],
  ["an answer", (device) => device.poll("Acknowledged", { CommandUUID: "never-sent" })],
  ["Authenticate", (device) => device.authenticate()],
  ["TokenUpdate", (device) => device.tokenUpdate()],
  ["GetBootstrapToken", (device) => device.checkIn({ MessageType: "GetBootstrapToken" })],
  [
    "SetBootstrapToken",
    (device) => device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("new") }),
  ],
  ["tokens", (device) => declarative(device, "tokens")],
  ["declaration-items", (device) => declarative(device, "declaration-items")],
  ["a declaration", (device) => declarative(device, "declaration/configuration/uptick.subscriptions")],
  ["status", (device) => declarative(device, "status", Buffer.from('{"StatusItems":{},"Errors":[]}'))],
  ["CheckOut", (device) => device.checkIn({ MessageType: "CheckOut" })],
  ["another check-in", (device) => device.checkIn({ MessageType: "GetToken" })],
];

describe("a restored backup", () => {
  it("says nothing of a device that has not changed since", async () => {
    expect((await unchanged.poll()).status).toBe(200);
    expect(await kindsOf(uptick, unchanged.udid)).toEqual(unchangedStory);
    expect(await uptick.device(unchanged.udid)).toMatchObject({ enrollment: "enrolled", pendingCertificates: 0 });
  });

  it.each(MESSAGES)("answers a renewed identity with nothing and leaves its device as it is: %s", async (name, say) => {
    const { udid } = now.renewed;
    const [row, jobs] = [rowOf(udid), jobsOf(udid)];
    expect(empty(await say(now.renewed))).toEqual([ASKS.has(name) ? 503 : 200, 0]);
    expect([rowOf(udid), jobsOf(udid)]).toEqual([row, jobs]);
    // One certificate waits, noted once.
    expect(await uptick.device(udid)).toMatchObject({
      enrollment: "enrolled",
      pendingCertificates: 1,
      pending: [{ fingerprint: now.renewed.fingerprint, issuer: expect.stringContaining("CN=") as string }],
    });
    expect((await kindsOf(uptick, udid)).filter((kind) => kind === "certificate-pending")).toHaveLength(1);
  });

  it("goes on with the certificate it knows, for whoever shows that", async () => {
    const reply = await before.renewed.poll();
    expect([reply.status, reply.command !== undefined]).toEqual([200, true]);
  });

  it("lets a device that enrolled anew wait, and puts one that it does not know in quarantine", async () => {
    expect(empty(await now.reenrolled.poll())).toEqual([200, 0]);
    expect(empty(await now.added.poll())).toEqual([200, 0]);
    expect(empty(await now.added.tokenUpdate())).toEqual([200, 0]);
    expect(
      empty(await now.added.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("its") })),
    ).toEqual([200, 0]);
    expect(await uptick.device(now.added.udid)).toMatchObject({ enrollment: "quarantined" });
  });

  it("names the devices in its warnings, and blames no network where a certificate waits", async () => {
    const { warnings } = await uptick.web.get<{ warnings: { reason: string; sentence: string; remedy: string }[] }>(
      "/api/v1/status",
    );
    const texts = new Map(warnings.map(({ reason, sentence }) => [reason, sentence]));
    expect(texts.get("certificates-to-adopt")).toContain(now.renewed.serial);
    expect(texts.get("certificates-to-adopt")).toContain(now.reenrolled.serial);
    expect(texts.get("certificates-to-adopt")).not.toContain(unchanged.serial);
    expect(texts.get("devices-to-adopt")).toContain(now.added.udid);
    for (const { job } of [await planJob(uptick, plan.id, now.renewed.udid), await uptick.device(now.renewed.udid)]) {
      expect(job?.verdict.sentence).toContain("A certificate that is not adopted was presented");
      expect(job?.verdict.remedy).toContain("uptick adopt");
      expect(job?.verdict.remedy).not.toContain("network");
    }
  });

  it("lists what waits in pages, and says in a dry run what an adoption would do", async () => {
    const rows: WaitingDevice[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const page: { rows: WaitingDevice[]; next: string | null } = await uptick.web.get(
        `/api/v1/waiting-devices?limit=2${after === "" ? "" : `&after=${after}`}`,
      );
      rows.push(...page.rows);
      after = page.next;
    }
    expect(
      new Map(rows.map(({ udid, certificates }) => [udid, certificates.map(({ fingerprint }) => fingerprint)])),
    ).toEqual(new Map(Object.values(now).map(({ udid, fingerprint }) => [udid, [fingerprint]])));
    const devices = [...rows.map(({ id }) => ({ ref: id })), { ref: unchanged.udid }, { ref: "nobody" }];
    expect(await uptick.web.post<Adoptions>("/api/v1/devices/adopt?dryRun=true", { devices })).toMatchObject({
      dryRun: true,
      counts: { adopted: 3, "nothing-waits": 1, "device-unknown": 1 },
    });
    expect(await uptick.device(now.renewed.udid)).toMatchObject({ pendingCertificates: 1 });
  });

  it("takes all of them back with uptick adopt --all", async () => {
    const shell = world(["adopt", "--all", "--yes", "--url", `http://127.0.0.1:${uptick.server.web.port}`], {
      env: { UPTICK_TOKEN: uptick.token },
    });
    expect([await runCli(shell.io), shell.err()]).toEqual([0, ""]);
    for (const device of Object.values(now)) {
      expect(shell.out()).toContain(device.fingerprint);
      await expect.poll(async () => typesOf(await device.session()), SOON).toContain("DeviceInformation");
      expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", pendingCertificates: 0 });
    }
    expect(shell.out()).not.toContain(unchanged.serial);
    expect(await kindsOf(uptick, unchanged.udid)).toEqual(unchangedStory);
    expect((await unchanged.poll()).status).toBe(200);
  });

  it("pushes to the token that a device sent while it waited, and gives its bootstrap token", async () => {
    const token = async (device: Device) =>
      (await device.checkIn({ MessageType: "GetBootstrapToken" })).body.toString();
    expect(await token(now.renewed)).toContain(Buffer.from("new").toString("base64"));
    expect(await token(now.added)).toContain(Buffer.from("its").toString("base64"));
    await rawCommand(uptick, now.renewed.udid, commandBytes("wake", { RequestType: "ProfileList" }));
    await expect
      .poll(() => uptick.apns.pushes.some(({ token: to }) => to === now.renewed.secrets.token.toString("hex")), SOON)
      .toBe(true);
  });

  it("refuses the certificates that were replaced, with their reason and owner", async () => {
    const { id } = await uptick.device(now.renewed.udid);
    const refused = await before.renewed.poll();
    expect(empty(refused)).toEqual([403, 0]);
    await expect
      .poll(() => uptick.log, SOON)
      .toContainEqual(
        expect.objectContaining({ event: "device-refused", reason: "certificate-superseded", owner: id }),
      );
    // The admin can take one back, by its fingerprint.
    const back = `/api/v1/devices/${id}/adopt?certificate=${before.renewed.fingerprint}`;
    expect((await uptick.web.request("POST", back)).status).toBe(200);
    expect((await before.renewed.poll()).status).toBe(200);
    expect(empty(await now.renewed.poll())).toEqual([403, 0]);
    expect((await storyOf(uptick, id)).at(-1)).toBeDefined();
  });

  it("has nothing left to say when all are back", async () => {
    const { warnings } = await uptick.web.get<{ warnings: { reason: string }[] }>("/api/v1/status");
    expect(warnings.map(({ reason }) => reason)).not.toContain("certificates-to-adopt");
    expect(warnings.map(({ reason }) => reason)).not.toContain("devices-to-adopt");
    const nothing = await uptick.web.request("POST", `/api/v1/devices/${unchanged.udid}/adopt`);
    expect([nothing.status, nothing.problem().code]).toEqual([409, "not-quarantined"]);
  });
});
