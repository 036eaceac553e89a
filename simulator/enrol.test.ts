import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDevice } from "./device.ts";
import { text } from "./plist.ts";
import type { World } from "./scripted-server.suite.ts";
import { challenge, startWorld, topic } from "./scripted-server.suite.ts";

const aes128 = "2.16.840.1.101.3.4.1.2";
const tripleDes = "1.2.840.113549.3.7";
const sha256WithRsa = "1.2.840.113549.1.1.11";
const sha1WithRsa = "1.2.840.113549.1.1.5";

describe("enrollment of a simulated device", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());
  const said = (): (string | undefined)[] => world.checkIns.map((message) => text(message, "MessageType"));

  it("gets its identity over SCEP, says Authenticate and TokenUpdate over mutual TLS, then Idle", async () => {
    const { device, happened, ask } = world.start("iphone-no-passcode");
    await happened("enrolled");
    expect(world.authority.seen).toEqual([
      { challenge, subject: "O=Uptick,CN=Device", cipher: aes128, digest: sha256WithRsa },
    ]);
    expect(said()).toEqual(["Authenticate", "TokenUpdate"]);
    const [authenticate, update] = world.checkIns;
    expect(authenticate).toMatchObject({
      UDID: device.udid,
      SerialNumber: device.serial,
      Topic: topic,
      OSVersion: "26.5",
    });
    expect(authenticate).not.toHaveProperty("ModelName");
    expect(update).toMatchObject({ UDID: device.udid, Topic: topic, AwaitingConfiguration: false });
    expect(update?.["Token"]).toHaveLength(32);
    expect(update).toHaveProperty("UnlockToken");
    await ask({ RequestType: "DeviceInformation", Queries: [] });
    expect(world.reports[0]?.report).toEqual({ UDID: device.udid, Status: "Idle" });
    expect(device.record().enrolledAt).not.toBeNull();
  });

  it("lets a Mac name itself, and escrow its bootstrap token at its login", async () => {
    const { happened } = world.start("mac-apple-silicon");
    await happened("bootstrap-token-escrowed");
    expect(world.checkIns[0]).toMatchObject({ ModelName: "MacBook Air (M2, 2022)", Model: "Mac14,2" });
    expect(said()).toEqual(["Authenticate", "TokenUpdate", "SetBootstrapToken"]);
    expect(world.checkIns[1]).not.toHaveProperty("UnlockToken");
  });

  it("keeps a Mac in Setup Assistant until DeviceConfigured: no update command, and nobody who logs in", async () => {
    const { ask, happened, device } = world.start("mac-apple-silicon", { awaitsConfiguration: true });
    await happened("enrolled");
    expect(world.checkIns[1]).toMatchObject({ AwaitingConfiguration: true });
    const order = {
      RequestType: "ScheduleOSUpdate",
      Updates: [{ ProductVersion: "26.6.1", InstallAction: "DownloadOnly" }],
    };
    for (const command of [order, { RequestType: "ScheduleOSUpdateScan" }]) {
      const { Status, ErrorChain } = await ask(command);
      expect([Status, ErrorChain]).toMatchObject([
        "Error",
        [{ USEnglishDescription: expect.stringMatching(/waiting/) }],
      ]);
    }
    await world.clock.sleep(24 * 3_600_000);
    expect(said()).not.toContain("SetBootstrapToken");
    await ask({ RequestType: "DeviceConfigured" });
    await happened("bootstrap-token-escrowed");
    expect((await ask({ RequestType: "ScheduleOSUpdateScan" }))["Status"]).toBe("Acknowledged");
    const happenings = device.record().events.map(({ what }) => what);
    expect(happenings.indexOf("configured")).toBeLessThan(happenings.indexOf("login"));
  });

  it("escrows nothing where the server cannot take it", async () => {
    const { happened, device } = world.start("mac-intel", {}, world.profile({ mdm: { ServerCapabilities: [] } }));
    await happened("enrolled");
    await world.clock.sleep(24 * 3_600_000);
    expect(said()).not.toContain("SetBootstrapToken");
    expect(device.record().events.map((event) => event.what)).not.toContain("login");
  });

  it("speaks 3DES and SHA-1 as an old client where the server allows it", async () => {
    await world.start("apple-tv").happened("enrolled");
    expect(world.authority.seen[0]).toMatchObject({ cipher: tripleDes, digest: sha1WithRsa });
    expect(world.checkIns[1]).toMatchObject({ AwaitingConfiguration: true });
  });

  it("uses 3DES and GET when the server's capabilities list nothing better", async () => {
    world.caps = "SHA-1\nDES3\n";
    await world.start("iphone-no-passcode").happened("enrolled");
    expect(world.authority.seen[0]).toMatchObject({ cipher: tripleDes, digest: sha1WithRsa });
  });

  it.each([
    ["capabilities without a hash", () => (world.caps = "POSTPKIOperation\nAES\n"), {}, "22006"],
    ["a wrong challenge", () => undefined, { scep: { Challenge: "wrong" } }, "failInfo 2"],
    ["a foreign CA fingerprint", () => undefined, { scep: { CAFingerprint: Buffer.alloc(32) } }, "fingerprint"],
    ["a plain http server URL", () => undefined, { mdm: { ServerURL: "http://127.0.0.1/" } }, "not https"],
    ["a topic that is not Apple's", () => undefined, { mdm: { Topic: "com.example" } }, "Topic"],
    ["an identity that no payload gives", () => undefined, { mdm: { IdentityCertificateUUID: "x" } }, "SCEP payload"],
    ["no access rights", () => undefined, { mdm: { AccessRights: 0 } }, "AccessRights"],
  ])("refuses %s", async (_, prepare, changes, why) => {
    prepare();
    const { device, happened } = world.start("iphone-no-passcode", {}, world.profile(changes));
    await happened("enrollment-failed");
    const failure = device.record().events.find((event) => event.what === "enrollment-failed");
    expect(String(failure?.["why"])).toContain(why);
    expect(said()).toEqual([]);
  });

  it("refuses a profile that was changed after it was signed", async () => {
    const profile = world.profile();
    const at = profile.indexOf(challenge);
    profile.write("A", at);
    const { device, happened } = world.start("iphone-no-passcode", {}, profile);
    await happened("enrollment-failed");
    expect(JSON.stringify(device.record().events)).toContain("not what was signed");
  });

  it("installs a profile that is not signed", async () => {
    const { device, happened } = world.start("iphone-no-passcode", {}, world.profile({ signed: false }));
    await happened("enrolled");
    expect(device.record().events).toContainEqual(expect.objectContaining({ what: "profile-read", signedBy: null }));
  });

  it("asks for a fresh profile after a refusal, and not after a broken connection", async () => {
    let asked = 0;
    let cuts = 0;
    // Twice: a kept connection that was cut is opened again at once.
    world.intercept = (request) => (request.url?.includes("PKIOperation") && cuts++ < 2 ? "cut" : undefined);
    const device = createDevice("iphone-no-passcode", { seed: 1, index: 3, clock: world.clock, apns: world.apns });
    const stop = new AbortController();
    const life = device.run(() => {
      asked++;
      return Promise.resolve(asked === 1 ? world.profile({ scep: { Challenge: "wrong" } }) : world.profile());
    }, stop.signal);
    while (device.record().enrolledAt === null) await world.clock.sleep(60_000);
    stop.abort();
    await life;
    expect(asked).toBe(2);
    const names = device.record().events.map((event) => event.what);
    expect(names.filter((name) => name === "server-unreachable")).toHaveLength(1);
  });

  it("waits for a server that is down, and enrolls when it is there", async () => {
    await world.stopListening();
    const { happened } = world.start("iphone-no-passcode");
    await happened("server-unreachable");
    await happened("server-unreachable");
    await world.listenAgain();
    await happened("enrolled");
    expect(said()).toEqual(["Authenticate", "TokenUpdate"]);
  });

  it("signs its messages when the profile says SignMessage, as openssl confirms", async () => {
    let signature = "";
    world.intercept = (request) => {
      const value = request.headers["mdm-signature"];
      if (typeof value === "string" && request.url?.startsWith("/mdm")) signature = value;
      return undefined;
    };
    const { ask } = world.start("iphone-no-passcode", {}, world.profile({ mdm: { SignMessage: true } }));
    await ask({ RequestType: "DeviceInformation", Queries: ["OSVersion"] });
    const folder = mkdtempSync(join(tmpdir(), "simulator-"));
    try {
      const body = world.reports.at(-1)?.body ?? Buffer.alloc(0);
      writeFileSync(join(folder, "signature"), Buffer.from(signature, "base64"));
      writeFileSync(join(folder, "body"), body);
      const run = (content: string) =>
        execFileSync(
          "openssl",
          ["cms", "-verify", "-inform", "DER", "-in", "signature", "-content", content, "-binary", "-noverify"],
          { cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
        );
      expect(run("body").equals(body)).toBe(true);
      writeFileSync(join(folder, "other"), `${body.toString()} `);
      expect(() => run("other")).toThrow("Command failed");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says CheckOut when its user removes the profile, and nothing afterwards", async () => {
    const { device, happened } = world.start("iphone-no-passcode");
    await happened("enrolled");
    device.removeProfile();
    await happened("profile-removed");
    expect(said().at(-1)).toBe("CheckOut");
    expect(device.record().unenrolled).toBe(true);
  });
});
