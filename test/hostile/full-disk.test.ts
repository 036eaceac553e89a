/** The disk that holds the database is full: devices are told to come again, nothing is lost, and room is all it takes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrolDevice, newDevice, newProfile, SOON, startUptick, type Uptick, type Device } from "../support/index.ts";
import { smallDisk } from "./small-disk.ts";

const disk = smallDisk();
if (disk === undefined) console.warn("full-disk: skipped, neither mount nor prlimit works here");

describe.skipIf(disk === undefined)("a full disk", () => {
  let uptick: Uptick;
  let enrolled: Device;
  let late: Device;

  beforeAll(async () => {
    uptick = await startUptick({ flags: { "data-dir": disk?.directory ?? "" } });
    enrolled = await enrolDevice(uptick);
    late = await newDevice(uptick, { profile: await newProfile(uptick) });
    disk?.fill();
  });
  afterAll(async () => {
    disk?.free();
    try {
      await uptick.close();
    } finally {
      disk?.end();
    }
  });

  it("is a 503 for what must be written, again and again, and never a 401 or 403", async () => {
    const statuses: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) statuses.push((await late.authenticate()).status);
    const together = await Promise.all(Array.from({ length: 5 }, () => late.authenticate()));
    expect(new Set([...statuses, ...together.map(({ status }) => status)])).toEqual(new Set([503]));
  });

  it("does not disturb a poll that writes nothing, even beside those that must write", async () => {
    const polls = Array.from({ length: 5 }, () => [enrolled.poll(), late.authenticate()] as const);
    for (const [poll, refused] of polls) {
      expect((await poll).status).toBe(200);
      expect((await refused).status).toBe(503);
    }
  });

  it("is told to the admin with code and reason, and reading goes on", async () => {
    const json = { "content-type": "application/json", accept: "application/json" };
    const reply = await uptick.web.request("POST", "/api/v1/enrollments", { body: '{"uses":1}', headers: json });
    expect(reply.status).toBe(503);
    expect(reply.text).toMatch(/store-unavailable.*disk/s);
    expect(await uptick.device(enrolled.serial)).toMatchObject({ serial: enrolled.serial });
  });

  it("is in the log with its code", () => {
    const lines = uptick.takeErrors();
    expect(JSON.stringify(lines)).toMatch(/store-unavailable/);
    expect(JSON.stringify(lines)).toMatch(/disk/);
  });

  it("is over when there is room, without a restart, and what was acknowledged is there", async () => {
    disk?.free();
    await expect.poll(async () => (await late.authenticate()).status, SOON).toBe(200);
    expect((await late.tokenUpdate()).status).toBe(200);
    await late.session();
    expect((await enrolled.poll()).status).toBe(200);
    for (const { serial } of [enrolled, late]) expect(await uptick.device(serial)).toMatchObject({ serial });
    uptick.takeErrors();
  });

  it("lets the server stop, and start again from the log", async () => {
    disk?.fill();
    await uptick.server.stop();
    uptick.takeErrors();
    disk?.free();
    await uptick.begin({});
    expect((await enrolled.poll()).status).toBe(200);
    expect(await uptick.device(late.serial)).toMatchObject({ serial: late.serial });
  });
});
