/** A server and a fleet in this process: the same run each time, to the letter. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { declaredKindNames, kindNames, pushCertificate, random, runFleet, virtualTime } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../catalog/index.ts";
import { createVirtualNetwork, createVirtualPush, startVirtualServer } from "./index.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 7, 25, 12);
const COUNT = 12;

/** Enrolls a fleet, makes a plan for all of it, and gives what became of each device after three days. */
async function run(seed: string) {
  const dice = random(seed);
  const time = virtualTime({ start: START, pick: (choices) => dice.integer(0, choices - 1) });
  const bytes = random(`${seed}/bytes`);
  const push = createVirtualPush(time);
  const errors: string[] = [];
  let profile: Uint8Array = new Uint8Array();
  const nothing = (): void => undefined;
  const server = await startVirtualServer({
    time,
    random: (n) => new Uint8Array(bytes.bytes(n)),
    db: new DatabaseSync(":memory:"),
    push: push.client,
    log: { debug: nothing, info: nothing, warn: nothing, error: (event) => void errors.push(event) },
    take: (waiting) => dice.integer(1, waiting),
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.virtual").pem);
      await admin.server.importCatalog(system, sampleLookupService(), { modifiedAt: SAMPLE_SERVED_AT });
      ({ profile } = await admin.enrollment.enroll(system, { uses: COUNT }));
    },
  });
  const { admin, system } = server;
  const ending = new AbortController();
  const fleet = runFleet({
    profile,
    count: COUNT,
    seed,
    kinds: [...kindNames, ...declaredKindNames],
    clock: time,
    apns: push,
    network: createVirtualNetwork({ time, server: () => server }),
    signal: ending.signal,
  });
  await time.sleep(3 * HOUR);
  await admin.plans.create(system, {
    to: "iOS=26.6.1,macOS=26.6.2,tvOS=26.6,visionOS=26.6.1",
    devices: ["all"],
    action: "install",
    window: "22:00-05:00",
    zone: "America/New_York",
  });
  await time.sleep(72 * HOUR);
  const { rows } = await admin.devices.list({ limit: 100 });
  ending.abort();
  await fleet.done;
  await server.stop();
  const at = time.now();
  time.stop();
  return { records: fleet.records(), rows, errors, at };
}

describe("a server and a fleet on virtual time", () => {
  it("enrolls every device and brings most of them to their version, within their nights", async () => {
    const { records, rows, errors, at } = await run("one");
    expect([rows.length, errors]).toEqual([COUNT, []]);
    expect(at).toBeGreaterThanOrEqual(START + 75 * HOUR);
    expect(rows.filter(({ job }) => job?.state === "done").length).toBeGreaterThan(COUNT / 3);
    const versions = new Map(records.map(({ udid, finalVersion }) => [udid, finalVersion]));
    expect(rows.filter(({ job }) => job === null)).toEqual([]);
    const done = rows.filter(({ job }) => job?.state === "done");
    expect(done.map(({ osVersion }) => osVersion)).toEqual(done.map(({ udid }) => versions.get(udid)));
  });

  it("ends the same for the same seed, to the letter, and otherwise for another", async () => {
    const [first, again, other] = [await run("one"), await run("one"), await run("other")];
    expect(again).toEqual(first);
    expect(other.records).not.toEqual(first.records);
  });
});
