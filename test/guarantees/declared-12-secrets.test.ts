/** Secrets that come and go by declarative management are in no timeline, no reply to an admin, and no line of the log. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  commandBytes,
  inForce,
  rawCommand,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let able: Able;
const secrets = new Map<string, string>();
const secret = (name: string): string => {
  const value = randomBytes(24).toString("hex");
  secrets.set(name, value);
  return value;
};

beforeAll(async () => {
  uptick = await startUptick({ logLevel: "debug" });
  able = await ableDevice(uptick);
  await inForce(uptick, able);
});
afterAll(() => uptick.close());

/** Where each secret was found of all that an admin can see. */
async function leaks(): Promise<string[]> {
  const { udid } = able.device;
  const paths = [`/api/v1/devices/${udid}`, `/api/v1/devices/${udid}/timeline?limit=1000`, "/api/v1/devices?limit=100"];
  const places: [string, string][] = [["the log", JSON.stringify(uptick.log)]];
  for (const path of [...paths, "/api/v1/plans", "/api/v1/status"])
    places.push([path, (await uptick.web.request("GET", path)).text]);
  places.push(["timeline", JSON.stringify(uptick.rows("SELECT data FROM timeline"))]);
  places.push(["messages", JSON.stringify(uptick.rows("SELECT CAST(bytes AS TEXT) AS raw FROM body"))]);
  places.push(["status", JSON.stringify(uptick.rows("SELECT doc FROM device_status"))]);
  const found = (text: string, value: string) =>
    text.includes(value) || text.includes(Buffer.from(value).toString("base64").replace(/=+$/, ""));
  return places.flatMap(([place, text]) =>
    [...secrets].filter(([, value]) => found(text, value)).map(([name]) => `${name} in ${place}`),
  );
}

/** Another OS version makes the server compute the list anew. */
async function crosses(OSVersion: string): Promise<void> {
  const { device } = able;
  device.facts = { ...device.facts, OSVersion };
  const question = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };
  await rawCommand(uptick, device.udid, commandBytes(`runs-${OSVersion}`, question));
  await device.session();
}

describe("guarantee 12 by declaration: secrets", () => {
  it("of status items (push token and magic of OS 27) are cut out before anything is kept, whatever they are called", async () => {
    const reports: Record<string, unknown>[] = [
      { "mdm.push-token": secret("push token"), "mdm.push-magic": secret("push magic"), "mdm.is-shared-ipad": false },
      { "mdm.push-token": { value: secret("push token in an object") } },
      { mdm: { "push-magic": [secret("push magic in a list")] } },
      { PushMagic: secret("push magic as in a check-in"), "unlock-token": secret("unlock token") },
    ];
    for (const items of reports) expect((await able.its.report(items)).status).toBe(200);
    const Details = { "push-token": secret("push token in an error") };
    const Errors = [{ StatusItem: "mdm.push-token", Reasons: [{ Code: "Error.New", Details }] }];
    expect((await able.its.ask("status", { StatusItems: {}, Errors })).status).toBe(200);
    expect(await leaks()).toEqual([]);
    const last = (await uptick.timeline(able.device.udid)).findLast(({ kind }) => kind === "status");
    expect(JSON.stringify(last?.data)).toContain("push-token");
  });

  it("of a report that can't be read are not kept", async () => {
    for (const text of [
      `{"StatusItems":{"mdm":{"push-token":"${secret("push token in no JSON")}"`,
      `{"StatusItems":[{"mdm.push-magic":"${secret("push magic in a list of items")}"}]}`,
    ])
      expect((await able.its.ask("status", text)).status).toBe(200);
    expect(await leaks()).toEqual([]);
  });

  it("of a beta program reach the device and nothing else", async () => {
    const Token = secret("beta token");
    const { id } = await uptick.device(able.device.udid);
    const settings = { Beta: { ProgramEnrollment: "Allowed", OfferPrograms: [{ Description: "Ours", Token }] } };
    await uptick.restart({
      between: (database) =>
        void database
          .prepare("UPDATE declarative SET standing = ? WHERE enrollment_id = ?")
          .run(JSON.stringify({ settings }), id),
    });
    await crosses("26.5.1");
    await able.its.sync();
    const held = able.its.held.get("configuration/uptick.settings");
    expect(JSON.stringify(held)).toContain(Token);
    await able.its.report({}, { full: true, declarations: true });
    expect(await leaks()).toEqual([]);
  });

  it("are not in what is said of settings that do not fit", async () => {
    const Token = secret("beta token of settings that do not fit");
    const { id } = await uptick.device(able.device.udid);
    const settings = {
      Beta: { ProgramEnrollment: "Perhaps", OfferPrograms: [{ Description: 7, Token }], RequireProgram: Token },
    };
    await uptick.restart({
      between: (database) =>
        void database
          .prepare("UPDATE declarative SET standing = ? WHERE enrollment_id = ?")
          .run(JSON.stringify({ settings }), id),
    });
    await crosses("26.5.2");
    const last = (await uptick.timeline(able.device.udid)).findLast(({ kind }) => kind === "declarations-changed");
    expect(last?.sentence).toContain("left out: settings");
    expect(await leaks()).toEqual([]);
  });

  it("are looked for with a search that finds them", async () => {
    await able.its.report({ "device.model.number": secret("a marker") });
    const found = await leaks();
    expect(found.map((leak) => leak.slice(0, leak.indexOf(" in ")))).toContain("a marker");
  });
});
