import { describe, expect, it } from "vitest";
import { assignKinds, runFleet } from "./fleet.ts";
import { kindNames } from "./kinds.ts";
import { scaledClock } from "./clock.ts";
import type { SimRecord } from "./record.ts";
import { startWorld } from "./scripted-server.suite.ts";
import { startFakeApns } from "./fake-apns.ts";

/** What a seed decides: everything but keys and the moments at which things happened to fall together. */
const decided = (record: SimRecord) => ({
  kind: record.kind,
  serial: record.serial,
  udid: record.udid,
  version: record.finalVersion,
});

describe("fleet", () => {
  it("assigns every kind once per round, the same way for the same seed", () => {
    const every = kindNames.length;
    const kinds = assignKinds(2 * every, 5);
    expect(kinds.slice(0, every).toSorted()).toEqual([...kindNames].toSorted());
    expect(kinds.slice(every)).toEqual(kinds.slice(0, every));
    expect(assignKinds(2 * every, 5)).toEqual(kinds);
    expect(assignKinds(2 * every, 6)).not.toEqual(kinds);
    expect(assignKinds(3, 5, ["mac-intel"])).toEqual(["mac-intel", "mac-intel", "mac-intel"]);
  });

  it("enrolls every device, each a different one, and the same ones for the same seed", async () => {
    const run = async (seed: number): Promise<SimRecord[]> => {
      const world = await startWorld();
      const stop = new AbortController();
      const fleet = runFleet({
        profile: () => Promise.resolve(world.profile()),
        count: 14,
        seed,
        clock: world.clock,
        apns: world.apns,
        signal: stop.signal,
      });
      while (fleet.records().some((record) => record.enrolledAt === null)) await world.clock.sleep(60_000);
      stop.abort();
      await fleet.done;
      await world.close();
      return fleet.records();
    };
    const [first, again, other] = [await run(3), await run(3), await run(4)];
    expect(new Set(first.map((record) => record.serial)).size).toBe(14);
    expect(new Set(first.map((record) => record.udid)).size).toBe(14);
    expect(again.map(decided)).toEqual(first.map(decided));
    expect(other.map(decided)).not.toEqual(first.map(decided));
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  it("lives on scaled real time with the fake push service, and ends when told", async () => {
    const world = await startWorld();
    const apns = await startFakeApns();
    const stop = new AbortController();
    let escrowed = (): void => undefined;
    const escrow = new Promise<void>((resolve) => (escrowed = resolve));
    const fleet = runFleet({
      profile: world.profile(),
      count: 1,
      seed: 1,
      kinds: ["mac-intel"],
      clock: scaledClock({ start: Date.UTC(2026, 7, 22), factor: 36_000 }),
      apns,
      signal: stop.signal,
      log: (line) => line.what === "bootstrap-token-escrowed" && escrowed(),
    });
    await escrow;
    stop.abort();
    await fleet.done;
    await apns.close();
    await world.close();
    const said = world.checkIns.map((message) => message["MessageType"]);
    expect(said).toEqual(["Authenticate", "TokenUpdate", "SetBootstrapToken"]);
  });
});
