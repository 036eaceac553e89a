/** Whole routes through the real server, with one simulated device over real HTTPS. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushCertificate, runFleet, scaledClock, writePlist } from "../../simulator/index.ts";
import { commandBytes, rawCommand, scheduleUpdate, SOON, startUptick, type Uptick } from "../support/index.ts";

const ending = new AbortController();
let uptick: Uptick;
let fleetDone: Promise<void> | undefined;
let udid: string;

beforeAll(async () => {
  uptick = await startUptick({ push: false, threads: true });
});

afterAll(async () => {
  ending.abort();
  await fleetDone?.catch(() => undefined);
  await uptick.close();
});

const question = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };

describe("server and device", () => {
  it("issues no profile before the push topic is known, and says how to get it", async () => {
    const reply = await uptick.web.request("POST", "/api/v1/enrollments");
    expect(reply.status).toBe(409);
    expect(reply.problem()).toMatchObject({ code: "not-ready", detail: expect.stringContaining("uptick push import") });
  });

  it("enrolls a device over SCEP and mutual TLS and learns what it runs", async () => {
    await uptick.server.admin.server.importPush(
      uptick.server.system,
      pushCertificate("com.apple.mgmt.External.test").pem,
    );
    const { profile } = await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses: 1 });
    const fleet = runFleet({
      profile,
      count: 1,
      seed: 1,
      clock: scaledClock({ start: Date.now(), factor: 1000 }),
      apns: uptick.apns,
      signal: ending.signal,
      kinds: ["iphone-no-passcode"],
    });
    fleetDone = fleet.done;
    udid = fleet.devices[0]?.udid ?? "";
    await expect
      .poll(async () => (await uptick.server.admin.devices.list({ limit: 10 })).rows, SOON)
      .toMatchObject([{ udid, platform: "iOS", supervised: true, enrollment: "enrolled", osVersion: "26.5" }]);
  });

  it("sends a raw command as it is and gives the device's own answer, the same one for the same bytes", async () => {
    const first = await rawCommand(uptick, udid, commandBytes("raw-1", question), 20);
    expect(first.status).toBe(200);
    expect(first.headers["content-type"]).toContain("application/xml");
    expect(first.text).toContain("<string>raw-1</string>");
    expect(first.text).toContain("26.5");
    const again = await rawCommand(uptick, udid, commandBytes("raw-1", question));
    expect([again.status, again.text]).toEqual([200, first.text]);
    const other = await rawCommand(uptick, udid, commandBytes("raw-1", { ...question, Queries: ["BuildVersion"] }));
    expect([other.status, other.problem().code]).toEqual([409, "command-conflict"]);
  });

  it("refuses what Apple forbids on the device before it is sent, naming the key", async () => {
    const reply = await rawCommand(uptick, udid, commandBytes("raw-2", scheduleUpdate("InstallForceRestart")));
    expect([reply.status, reply.problem().code]).toEqual([422, "command-not-allowed"]);
    expect(reply.problem().detail).toContain("InstallAction");
  });

  it("takes a command that is no property list of a command for what it is", async () => {
    const reply = await rawCommand(uptick, udid, writePlist({ CommandUUID: "raw-3" }));
    expect([reply.status, reply.problem().code]).toEqual([400, "command-invalid"]);
  });

  it("commits with synchronous=FULL", async () => {
    expect(await uptick.server.pragmas?.()).toMatchObject({ synchronous: 2, journalMode: "wal" });
  });
});
