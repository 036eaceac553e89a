/** Bytes that a device sends unasked are bounded, stored once, and read only when someone wants to see them. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceDetail } from "../../src/contract/index.ts";
import {
  commandBytes,
  type Device,
  enrolDevice,
  rawCommand,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

const MIB = 1024 * 1024;
let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const sizeOnDisk = (): number =>
  ["", "-wal"].reduce((sum, end) => sum + statSync(join(uptick.directory, `uptick.sqlite${end}`)).size, 0);
const kept = (): number => uptick.rows<{ n: number | null }>("SELECT sum(length(bytes)) AS n FROM body")[0]?.n ?? 0;
const counted = (): number =>
  uptick.rows<{ n: number | null }>("SELECT sum(kept_bytes) AS n FROM body_batch")[0]?.n ?? 0;

describe("a device that answers what it was never asked, with large answers", () => {
  it("takes a bounded place, keeps nothing of the admin's from being read, and its page answers", async () => {
    const question = commandBytes("asked", { RequestType: "ProfileList" });
    await rawCommand(uptick, device.udid, question);
    await device.poll();
    await device.poll("Acknowledged", { CommandUUID: "asked", ProfileList: ["a".repeat(MIB)] });
    for (let nth = 0; nth < 14; nth += 1) {
      const reply = await device.poll("Acknowledged", { CommandUUID: `unasked-${nth}`, Filler: "x".repeat(3 * MIB) });
      expect(reply.status).toBe(200);
    }
    expect(kept()).toBeLessThanOrEqual(8 * MIB);
    expect(counted()).toBe(kept());
    // What goes leaves pages that are used again: the file grows to about two budgets, not with what is sent (42 MiB).
    expect(sizeOnDisk()).toBeLessThan(30 * MIB);

    const { status, text } = await uptick.web.request("GET", `/api/v1/devices/${device.udid}`);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(MIB / 8);
    const { timeline } = JSON.parse(text) as DeviceDetail;
    const unasked = timeline.filter(({ kind }) => kind === "answer-unasked");
    expect(unasked).toHaveLength(14);
    expect(unasked[0]?.raw).toMatchObject({ kept: MIB, note: expect.stringContaining("cut: the first 1048576 of 31") });
    expect(unasked.at(-1)?.raw).toMatchObject({ kept: 0, note: expect.stringContaining("budget of kept bodies") });

    const again = await rawCommand(uptick, device.udid, question);
    expect([again.status, again.text.includes("a".repeat(MIB))]).toEqual([200, true]);
  });

  it("shows a message by its entry, as far as it is kept, and says where it is not", async () => {
    const story = await storyOf(uptick, device.udid);
    const entries = story.filter(({ kind }) => kind === "answer-unasked");
    const message = await uptick.message(device.udid, entries.at(-1));
    expect([message.length, message.includes("unasked-13")]).toEqual([MIB, true]);
    const at = (seq: number | string): string => `/api/v1/devices/${device.udid}/timeline/${seq}/raw`;
    const codes = [];
    for (const seq of [entries[0]?.seq ?? 0, 987654, story.find(({ raw }) => raw === null)?.seq ?? 0, "x"]) {
      const reply = await uptick.web.request("GET", at(seq));
      codes.push([reply.status, reply.problem().code]);
    }
    expect(codes).toEqual([
      [410, "raw-not-kept"],
      [404, "timeline-entry-unknown"],
      [404, "timeline-entry-unknown"],
      [400, "request-invalid"],
    ]);
    const other = await enrolDevice(uptick);
    const theirs = await uptick.web.request("GET", `/api/v1/devices/${other.udid}/timeline/${entries.at(-1)?.seq}/raw`);
    expect(theirs.status).toBe(404);
  });

  it("stores an answer once, and does not store a command again with each delivery", async () => {
    const before = kept();
    const story = (await storyOf(uptick, device.udid)).length;
    await rawCommand(
      uptick,
      device.udid,
      commandBytes("often", { RequestType: "CertificateList", Pad: "p".repeat(9000) }),
    );
    for (let nth = 0; nth < 5; nth += 1) await device.poll();
    const sent = (await storyOf(uptick, device.udid)).slice(story).filter(({ kind }) => kind === "command-sent");
    expect(sent).toHaveLength(5);
    expect(await uptick.message(device.udid, sent[0])).toContain("p".repeat(9000));
    expect(kept()).toBe(before);
    await device.poll("Acknowledged", { CommandUUID: "often", CertificateList: ["c".repeat(5000)] });
    expect(kept() - before).toBeGreaterThan(5000);
    expect(kept() - before).toBeLessThan(6000);
  });

  it("can fill neither its facts, its name nor an entry's data", async () => {
    const long = "n".repeat(MIB);
    for (let nth = 0; nth < 3; nth += 1) {
      await rawCommand(
        uptick,
        device.udid,
        commandBytes(`facts-${nth}`, { RequestType: "DeviceInformation", Queries: ["X"] }),
      );
      await device.poll();
      const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`Fact${nth}-${i}`, "v".repeat(2000)]));
      const QueryResponses = { ...device.facts, DeviceName: long, Odd: long, ...many };
      await device.poll("Acknowledged", { CommandUUID: `facts-${nth}`, QueryResponses });
    }
    await device.poll("Error", {
      CommandUUID: long,
      ErrorChain: Array(500).fill({ LocalizedDescription: long.slice(0, 3000) }),
    });
    await device.checkIn({ MessageType: long });
    const { text } = await uptick.web.request("GET", `/api/v1/devices/${device.udid}`);
    expect(text.length).toBeLessThan(MIB);
    const { facts, name } = JSON.parse(text) as DeviceDetail;
    expect(facts.find((fact) => fact.name === "Odd")?.value).toMatch(/^cut: 10485\d\d characters are too many/);
    expect(facts.find((fact) => fact.name === "OSVersion")?.value).toBe(device.facts["OSVersion"]);
    expect(name?.length).toBe(1000);
    const list = await uptick.web.request("GET", "/api/v1/devices");
    expect(list.text.length).toBeLessThan(16_384);
  });
});
