/** Answers that nobody asked for, that come twice, late, or in a form we do not know. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  commandBytes,
  type Device,
  enrolDevice,
  kindsOf,
  memoryOf,
  rawCommand,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;

beforeAll(async () => {
  uptick = await startUptick();
});
beforeEach(async () => {
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const ask = { RequestType: "ProfileList" };

/** All that may be different after an answer nobody asked for: it is kept as history. */
const withoutHistory = ({ closed_command: _history, ...rest }: ReturnType<typeof memoryOf>) => rest;

describe("an answer to a command that was never sent", () => {
  it.each([
    ["Acknowledged", { CommandUUID: "never-sent", UpdateResults: [] }],
    ["Error", { CommandUUID: "never-sent", ErrorChain: [{ ErrorCode: 1, ErrorDomain: "X" }] }],
    ["CommandFormatError", { CommandUUID: "never-sent" }],
    ["NotNow", { CommandUUID: "never-sent" }],
    ["Acknowledged", {}],
  ])("is answered 200, kept and shown, and changes nothing else: %s %j", async (status, keys) => {
    const before = memoryOf(uptick);
    const reply = await device.poll(status, keys);
    expect([reply.status, reply.body.length]).toEqual([200, 0]);
    expect(withoutHistory(memoryOf(uptick))).toEqual(withoutHistory(before));
    const [last] = (await storyOf(uptick, device.udid)).slice(-1);
    expect(last).toMatchObject({ kind: "answer-unasked", data: { status } });
    expect(await uptick.message(device.udid, last)).toContain(status);
  });

  it("is kept once, however often it comes", async () => {
    for (let nth = 0; nth < 5; nth += 1) await device.poll("Acknowledged", { CommandUUID: "again-and-again" });
    const kinds = await kindsOf(uptick, device.udid);
    expect(kinds.filter((kind) => kind === "answer-unasked")).toHaveLength(1);
  });

  it("can't answer another device's command", async () => {
    const other = await enrolDevice(uptick);
    await rawCommand(uptick, other.udid, commandBytes("for-the-other", ask));
    await other.poll();
    await device.poll("Acknowledged", { CommandUUID: "for-the-other" });
    expect((await uptick.device(other.udid)).outstanding).toMatchObject([
      { commandUuid: "for-the-other", state: "offered" },
    ]);
    expect((await rawCommand(uptick, other.udid, commandBytes("for-the-other", ask))).status).toBe(202);
  });
});

describe("an answer that comes more than once", () => {
  it("is applied once, and every time answered 200 with what comes next", async () => {
    await rawCommand(uptick, device.udid, commandBytes("first", ask));
    await rawCommand(uptick, device.udid, commandBytes("second", { RequestType: "CertificateList" }));
    const { command } = await device.poll();
    expect(command?.uuid).toBe("first");
    const replies = [];
    for (let nth = 0; nth < 4; nth += 1) replies.push(await device.poll("Acknowledged", { CommandUUID: "first" }));
    expect(replies.map((reply) => [reply.status, reply.command?.uuid])).toEqual(Array(4).fill([200, "second"]));
    const timeline = await storyOf(uptick, device.udid);
    const applied = timeline.filter(({ kind, data }) => kind.startsWith("answer") && Object(data).uuid === "first");
    expect(applied).toMatchObject([{ kind: "answer" }]);
  });

  it("keeps the first when the second says something else", async () => {
    await rawCommand(uptick, device.udid, commandBytes("one", ask));
    await device.poll();
    await device.poll("Acknowledged", { CommandUUID: "one", ProfileList: ["the truth"] });
    const before = memoryOf(uptick);
    expect((await device.poll("Error", { CommandUUID: "one", ProfileList: ["a lie"] })).status).toBe(200);
    expect(memoryOf(uptick)).toEqual(before);
    const answer = await rawCommand(uptick, device.udid, commandBytes("one", ask));
    expect([answer.headers["uptick-status"], answer.text]).toEqual([
      "Acknowledged",
      expect.stringContaining("the truth"),
    ]);
  });

  it("is offered again after a NotNow at the next Idle only, and a repeated NotNow does not matter", async () => {
    await rawCommand(uptick, device.udid, commandBytes("later", ask));
    await device.poll();
    for (let nth = 0; nth < 3; nth += 1) {
      expect((await device.poll("NotNow", { CommandUUID: "later" })).command).toBeUndefined();
    }
    const kinds = await kindsOf(uptick, device.udid);
    expect(kinds.filter((kind) => kind === "not-now")).toHaveLength(1);
    expect((await device.poll()).command?.uuid).toBe("later");
  });
});

describe("an answer to a command that has been given up", () => {
  it("is kept and shown as late, and still answers who asked", async () => {
    const restart = commandBytes("restart", { RequestType: "RestartDevice" });
    await rawCommand(uptick, device.udid, restart);
    expect((await device.poll()).command?.uuid).toBe("restart");
    expect((await device.poll()).command).toBeUndefined();
    const gone = await rawCommand(uptick, device.udid, restart);
    expect([gone.status, gone.problem().code]).toEqual([410, "command-closed"]);
    for (let nth = 0; nth < 2; nth += 1) {
      expect((await device.poll("Acknowledged", { CommandUUID: "restart" })).status).toBe(200);
    }
    const kinds = await kindsOf(uptick, device.udid);
    expect(kinds.filter((kind) => kind === "answer-late")).toHaveLength(1);
    expect((await rawCommand(uptick, device.udid, restart)).status).toBe(200);
  });
});
