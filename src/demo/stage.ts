/** Where the demo plays: a server in this process, and the fleets that enroll at it, on time that jumps. */
import { DatabaseSync } from "node:sqlite";
import {
  type Fleet,
  type FleetOptions,
  pushCertificate,
  random,
  readProfile,
  runFleet,
  type VirtualTime,
  virtualTime,
} from "../../simulator/index.ts";
import { sampleLookupService } from "../catalog/index.ts";
import { createLogger } from "../main/index.ts";
import type { Actor, AdminService } from "../service/index.ts";
import { createVirtualNetwork, createVirtualPush, startVirtualServer } from "../virtual/index.ts";

export interface Stage {
  readonly admin: AdminService;
  readonly system: Actor;
  readonly time: VirtualTime;
  /** Starts devices that enroll and live until they are ended, or the stage is closed. */
  enter(cast: Cast): Troupe;
  /** Ends all devices, then the server; nothing is left behind. */
  close(): Promise<void>;
}

/** Who the devices of a fleet are. */
export type Cast = Pick<FleetOptions, "count" | "seed" | "kinds" | "releases" | "startsOn">;

export interface Troupe extends Fleet {
  /** The devices are switched off and stay so. */
  end(): Promise<void>;
}

/** A Tuesday in August 2026, when the releases of the demo's catalog were new; evening in Asia, morning in America. */
const START = Date.UTC(2026, 7, 25, 12);
/** A ring's day is at an hour, and nothing else of the demo waits for the gate: it needs no look each minute. */
const GATE = 3_600_000;

/** A release as Apple's list has it. */
export interface ListedRelease {
  readonly ProductVersion: string;
  readonly Build: string;
  readonly PostingDate: string;
  readonly ExpirationDate: string;
  readonly SupportedDevices: readonly string[];
}

/** Apple's list with OS 27, which is invented like the devices that run it: the list of that August has none. `macOS`: what is new on it. */
export function feed(macOS: readonly ListedRelease[] = []): unknown {
  const { PublicAssetSets, AssetSets } = sampleLookupService();
  const os27: ListedRelease = {
    ProductVersion: "27.0.1",
    Build: "24A311",
    PostingDate: "2026-08-24",
    ExpirationDate: "2026-11-20",
    SupportedDevices: ["iPhone14,2"],
  };
  return {
    PublicAssetSets: { ...PublicAssetSets, macOS: [...PublicAssetSets.macOS, ...macOS] },
    AssetSets: { ...AssetSets, iOS: [...AssetSets.iOS, os27], macOS: [...AssetSets.macOS, ...macOS] },
  };
}

/**
 * The seed decides everything: the devices, the server's randomness, and who of those who are ready goes first. `devices`: so many
 * may enroll.
 */
export async function setStage(options: {
  readonly devices: number;
  readonly seed: string;
  readonly verbose: boolean;
}): Promise<Stage> {
  const { devices, seed, verbose } = options;
  const order = random(`${seed}/order`);
  const supply = random(`${seed}/server`);
  const time = virtualTime({ start: START, pick: (choices) => order.integer(0, choices - 1) });
  const push = createVirtualPush(time);
  let enrollment: Uint8Array = new Uint8Array();
  const server = await startVirtualServer({
    time,
    random: (length) => new Uint8Array(supply.bytes(length)),
    db: new DatabaseSync(":memory:"),
    push: push.client,
    log: createLogger({
      level: verbose ? "info" : "error",
      format: "pretty",
      destination: process.stderr,
      now: () => time.now(),
    }),
    intervals: { gate: GATE },
    take: (waiting) => order.integer(1, waiting),
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.demo").pem);
      await admin.server.importCatalog(system, feed(), { modifiedAt: START });
      enrollment = (await admin.enrollment.enroll(system, { uses: devices })).profile;
    },
  });
  const troupes: Troupe[] = [];
  return {
    admin: server.admin,
    system: server.system,
    time,
    enter(cast) {
      const ending = new AbortController();
      const fleet = runFleet({
        ...cast,
        profile: readProfile(enrollment),
        clock: time,
        apns: push,
        network: createVirtualNetwork({ time, server: () => server }),
        signal: ending.signal,
      });
      const troupe = {
        ...fleet,
        async end() {
          ending.abort();
          await fleet.done;
        },
      };
      troupes.push(troupe);
      return troupe;
    },
    async close() {
      for (const troupe of troupes) await troupe.end();
      await server.stop();
      time.stop();
    },
  };
}
