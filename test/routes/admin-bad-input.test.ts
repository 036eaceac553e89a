/** What an admin may ask wrong: every refusal is an RFC 9457 problem with a code and a remedy, and changes nothing. */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, Problem } from "../../src/contract/index.ts";
import { hashSecret } from "../../src/identity/index.ts";
import {
  ASPEN,
  commandBytes,
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  memoryOf,
  planJob,
  scheduleUpdate,
  startUptick,
  type Uptick,
} from "../support/index.ts";
import type { WebRequest } from "../support/web-client.ts";

let uptick: Uptick;
let device: Device;
/** A token that was revoked. */
let revoked: string;

beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
  ({ token: revoked } = await uptick.server.admin.server.createToken(uptick.server.system, {
    name: "short-lived",
    role: "admin",
  }));
  await uptick.server.admin.server.revokeToken(uptick.server.system, "short-lived");
});
afterAll(() => uptick.close());

const JSON_TYPE = { "content-type": "application/json" };
const KIB = 1024;
const MIB = 1024 * KIB;

interface Outcome {
  readonly status: number;
  readonly problem: Problem;
  readonly requestId: string | undefined;
  readonly unchanged: boolean;
}

async function ask(method: string, path: string, request: WebRequest): Promise<Outcome> {
  const before = memoryOf(uptick);
  const reply = await uptick.web.request(method, path, request);
  const requestId = reply.headers["x-request-id"]?.toString();
  const unchanged = isDeepStrictEqual(memoryOf(uptick), before);
  return { status: reply.status, problem: reply.problem(), requestId, unchanged };
}

const words = (): unknown => expect.stringMatching(/\w+ \w+/);
const refusedWith = (status: number, code: string): object => ({
  status,
  problem: { type: `urn:uptick:error:${code}`, code, status, title: words(), detail: words(), remedy: words() },
  unchanged: true,
});

describe("a plan that does not fit together", () => {
  it.each<[string, number, string, object]>([
    ["for no device", 400, "plan-empty", { devices: [] }],
    ["for a device that nobody knows", 404, "device-unknown", { devices: ["C02NOBODY"] }],
    ["for one that is known and one that is not", 404, "device-unknown", { devices: ["MINE", "C02NOBODY"] }],
    ["to a version of letters", 400, "target-invalid", { to: "newest" }],
    ["to a version with a hole", 400, "target-invalid", { to: "26..1" }],
    ["to a version and something more", 400, "target-invalid", { to: "26.6.1 or so" }],
    ["to a platform that is none", 400, "target-invalid", { to: "Windows=11" }],
    ["to two versions for one platform", 400, "target-invalid", { to: "iOS=26.6,iPadOS=26.6.1" }],
    ["to nothing", 400, "request-invalid", { to: "" }],
    ["in a window that is a word", 400, "window-invalid", { window: "at night" }],
    ["in a window that is one moment", 400, "window-invalid", { window: "22:00-22:00" }],
    ["in a window at 25 o'clock", 400, "window-invalid", { window: "25:00-05:00" }],
    ["in a zone that is none", 400, "plan-invalid", { zone: "Mars/Olympus" }],
    ["by a deadline that is none", 400, "deadline-invalid", { deadline: "Friday" }],
    ["that may lose data without the word", 400, "plan-invalid", { action: "force-restart" }],
    ["that lets users choose, in a window", 400, "plan-invalid", { action: "install-later", window: "22:00-05:00" }],
    ["that counts deferrals where none are", 400, "plan-invalid", { maxUserDeferrals: 2 }],
    ["to a security improvement without a letter", 400, "target-invalid", { to: "26.6.1 (ab)" }],
    ["with an action that is none", 400, "request-invalid", { action: "explode" }],
    ["with a key that is none", 400, "request-invalid", { allowMayor: true }],
    ["with a number for a word", 400, "request-invalid", { allowMajor: "yes" }],
  ])("is refused: %s", async (_title, status, code, wrong) => {
    const good = { to: "26.6.1", action: "install", devices: [device.udid] };
    const body = JSON.stringify({ ...good, ...wrong }).replace("MINE", device.udid);
    for (const path of ["/api/v1/plans", "/api/v1/plans?dryRun=true"])
      expect(await ask("POST", path, { body, headers: JSON_TYPE })).toMatchObject(refusedWith(status, code));
  });
});

describe("a plan that a device can't follow", () => {
  it.each<[string, string, object, object]>([
    ["a lower version", "compliant", { to: "26.4" }, { reason: "already-newer" }],
    ["the same version", "compliant", { to: "26.5" }, { reason: "already-there" }],
    [
      "another major version without the word",
      "refused",
      { to: "27.0" },
      { reason: "needs-major", remedy: expect.stringContaining("--allow-major") },
    ],
    [
      "a version that Apple does not offer",
      "refused",
      { to: "26.5.9" },
      { reason: "not-offered", sentence: expect.stringContaining("26.6.1") },
    ],
    [
      "no version for its platform",
      "refused",
      { to: "macOS=26.6.2" },
      { reason: "no-target", remedy: expect.stringMatching(/\w/) },
    ],
  ])("says so for that device, in the dry run and as its job: %s", async (_title, kind, request, decision) => {
    const body = { to: "", action: "install", devices: [device.udid], ...request };
    const before = memoryOf(uptick);
    const dry = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
    expect(dry.rows).toMatchObject([{ kind, ...decision }]);
    expect(memoryOf(uptick)).toEqual(before);

    const { id } = await makePlan(uptick, [device.udid], request);
    const { job } = await planJob(uptick, id, device.udid);
    const { reason, remedy } = dry.rows[0] ?? {};
    expect(job).toMatchObject({ state: kind === "compliant" ? "done" : "refused", reason, next: null });
    expect(job.verdict.remedy).toEqual(remedy);
    const held = memoryOf(uptick);
    for (const table of ["enrollment", "command", "closed_command"]) expect(held[table]).toEqual(before[table]);
    expect((await device.poll()).command).toBeUndefined();
  });

  it("is a refusal of the one that can't, not of the plan", async () => {
    const alone = await enrolDevice(uptick, { facts: { ...IPHONE, IsSupervised: false } });
    const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", {
      to: "26.6.1",
      action: "install",
      devices: [device.udid, alone.udid],
    });
    expect(decisions).toMatchObject([{ kind: "job" }, { kind: "refused", reason: "not-supervised" }]);
  });
});

describe("an admin token", () => {
  const ways: readonly (readonly [string, () => WebRequest])[] = [
    ["none", () => ({ token: null })],
    ["a guess", () => ({ token: "uptick_guess" })],
    ["one that was revoked", () => ({ token: revoked })],
    ["its hash", () => ({ token: hashSecret(uptick.token) })],
    ["all but its last letter", () => ({ token: uptick.token.slice(0, -1) })],
    [
      "a token twice",
      () => ({ token: null, headers: { authorization: [`Bearer ${uptick.token}`, `Bearer ${uptick.token}`] } }),
    ],
    ["no bearer token", () => ({ token: null, headers: { authorization: `Basic ${uptick.token}` } })],
  ];
  it.each(ways)("is asked for, in the same words whatever was sent: %s", async (_title, request) => {
    const details = new Set<string>();
    for (const [method, path] of [
      ["GET", "/api/v1/devices"],
      ["GET", `/api/v1/devices/${device.udid}`],
      ["POST", "/api/v1/plans"],
      ["POST", "/api/v1/tokens"],
      ["PUT", `/mdm?device=${device.udid}`],
    ] as const) {
      const outcome = await ask(method, path, request());
      expect(outcome).toMatchObject(refusedWith(401, "unauthorized"));
      details.add(outcome.problem.detail);
    }
    expect(details.size).toBe(1);
  });
});

describe("a request that can't be read", () => {
  const body = JSON.stringify({ to: "26.6.1", action: "install", devices: ["all"] });
  it.each<[string, string, string, WebRequest, number, string]>([
    ["garbage for JSON", "POST", "/api/v1/plans", { body: "{to:", headers: JSON_TYPE }, 400, "request-invalid"],
    ["JSON cut off", "POST", "/api/v1/plans", { body: body.slice(0, -5), headers: JSON_TYPE }, 400, "request-invalid"],
    [
      "bytes that are no UTF-8",
      "POST",
      "/api/v1/plans",
      { body: Buffer.from([0x22, 0xff, 0x22]), headers: JSON_TYPE },
      400,
      "request-invalid",
    ],
    ["a list for an object", "POST", "/api/v1/plans", { body: "[]", headers: JSON_TYPE }, 400, "request-invalid"],
    [
      "10,000 levels of JSON",
      "POST",
      "/api/v1/plans",
      { body: "[".repeat(10_000), headers: JSON_TYPE },
      400,
      "request-invalid",
    ],
    ["nothing", "POST", "/api/v1/plans", { headers: JSON_TYPE }, 400, "request-invalid"],
    [
      "a name that reaches for the prototype",
      "POST",
      "/api/v1/plans",
      { body: `{"__proto__":{},${body.slice(1)}`, headers: JSON_TYPE },
      400,
      "request-invalid",
    ],
    [
      "another media type",
      "POST",
      "/api/v1/plans",
      { body, headers: { "content-type": "text/plain" } },
      415,
      "media-type-invalid",
    ],
    ["no media type", "POST", "/api/v1/plans", { body }, 415, "media-type-invalid"],
    [
      "a media type twice",
      "POST",
      "/api/v1/plans",
      { body, headers: { "content-type": ["application/json", "application/json"] } },
      415,
      "media-type-invalid",
    ],
    [
      "a token's name of 65 KiB",
      "POST",
      "/api/v1/tokens",
      { body: JSON.stringify({ name: "x".repeat(65 * KIB) }), headers: JSON_TYPE },
      413,
      "request-too-large",
    ],
    [
      "a command of more than 1 MiB",
      "PUT",
      "/mdm?device=x",
      { body: Buffer.alloc(MIB + 1), headers: { "content-type": ASPEN } },
      413,
      "request-too-large",
    ],
    ["a parameter that is none", "GET", "/api/v1/devices?page=2", {}, 400, "request-invalid"],
    ["a number that is none", "GET", "/api/v1/devices?limit=many", {}, 400, "request-invalid"],
    ["a limit out of bounds", "GET", "/api/v1/devices?limit=100000", {}, 400, "request-invalid"],
    ["an address that is none", "GET", "/api/v2/devices", {}, 404, "not-found"],
    ["a method that is none here", "DELETE", "/api/v1/devices", {}, 405, "method-not-allowed"],
    ["a device that nobody knows", "GET", "/api/v1/devices/nobody", {}, 404, "device-unknown"],
    ["a plan that nobody made", "POST", "/api/v1/plans/nothing/stop", {}, 404, "plan-unknown"],
    [
      "a push certificate that is none",
      "PUT",
      "/api/v1/push-certificate",
      { body: "x", headers: { "content-type": "application/x-pem-file" } },
      400,
      "push-certificate-invalid",
    ],
    ["a catalog that is none", "PUT", "/api/v1/catalog", { body: "{}", headers: JSON_TYPE }, 400, "catalog-invalid"],
  ])("is refused: %s", async (_title, method, path, request, status, code) => {
    const outcome = await ask(method, path, request);
    expect(outcome).toMatchObject(refusedWith(status, code));
    expect(outcome.problem.requestId).toBe(outcome.requestId);
  });
});

describe("a raw command that can't be sent", () => {
  it.each<[string, () => Buffer | string, number, string]>([
    ["garbage", () => "garbage", 400, "plist-invalid"],
    ["nothing", () => "", 400, "plist-invalid"],
    [
      "1,000 levels",
      () => `<plist>${"<array>".repeat(1000)}${"</array>".repeat(1000)}</plist>`,
      413,
      "plist-too-large",
    ],
    ["no CommandUUID", () => commandBytes("", { RequestType: "ProfileList" }), 400, "command-invalid"],
    ["no RequestType", () => commandBytes("bad-1", {}), 400, "command-invalid"],
    [
      "an update without InstallAction",
      () => commandBytes("bad-2", { RequestType: "ScheduleOSUpdate", Updates: [{ ProductVersion: "26.6.1" }] }),
      422,
      "command-not-allowed",
    ],
    [
      "an action that iOS does not have",
      () => commandBytes("bad-3", scheduleUpdate("NotifyOnly")),
      422,
      "command-not-allowed",
    ],
    [
      "a scan, which iOS does not have",
      () => commandBytes("bad-4", { RequestType: "ScheduleOSUpdateScan" }),
      422,
      "command-not-allowed",
    ],
  ])("is refused: %s", async (_title, body, status, code) => {
    const request = { body: body(), headers: { "content-type": ASPEN } };
    expect(await ask("PUT", `/mdm?device=${device.udid}`, request)).toMatchObject(refusedWith(status, code));
    expect((await device.poll()).command).toBeUndefined();
  });

  it("is refused to a device that is not enrolled, and to one that left", async () => {
    const left = await enrolDevice(uptick);
    await left.checkIn({ MessageType: "CheckOut" });
    const request = { body: commandBytes("late", { RequestType: "ProfileList" }), headers: { "content-type": ASPEN } };
    expect(await ask("PUT", `/mdm?device=${left.udid}`, request)).toMatchObject(refusedWith(404, "device-unknown"));
    expect(await ask("PUT", "/mdm?device=nobody", request)).toMatchObject(refusedWith(404, "device-unknown"));
  });

  it("has a place to look only when it exists", async () => {
    const path = `/api/v1/devices/${device.udid}/commands/never-made`;
    expect(await ask("GET", path, {})).toMatchObject(refusedWith(404, "command-unknown"));
  });
});
