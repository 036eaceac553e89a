/** Where the demo plays: a server and the fleet that enrolls, in this process, on time that jumps. */
import { DatabaseSync } from "node:sqlite";
import {
  type Fleet,
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
import { DEMO_KINDS, type DemoArguments } from "./arguments.ts";

export interface Stage {
  readonly admin: AdminService;
  readonly system: Actor;
  readonly time: VirtualTime;
  readonly fleet: Fleet;
  /** Ends the fleet, then the server; nothing is left behind. */
  close(): Promise<void>;
}

/** A Tuesday in August 2026, when the releases of the demo's catalog were new; evening in Asia, morning in America. */
const START = Date.UTC(2026, 7, 25, 12);

/** OS 27 is invented, like the devices that run it here: Apple's feed of that August has none. */
function feed(): unknown {
  const sample = sampleLookupService();
  const os27 = {
    ProductVersion: "27.0.1",
    Build: "24A311",
    PostingDate: "2026-08-24",
    ExpirationDate: "2026-11-20",
    SupportedDevices: ["iPhone14,2"],
  };
  return { ...sample, AssetSets: { ...sample.AssetSets, iOS: [...sample.AssetSets.iOS, os27] } };
}

/** The seed decides everything: the devices, the server's randomness, and who of those who are ready goes first. */
export async function setStage({ count, seed, verbose }: DemoArguments): Promise<Stage> {
  const order = random(`${seed}/order`);
  const supply = random(`${seed}/server`);
  const time = virtualTime({ start: START, pick: (choices) => order.integer(0, choices - 1) });
  const push = createVirtualPush(time);
  let enrollment: Uint8Array | undefined;
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
    take: (waiting) => order.integer(1, waiting),
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.demo").pem);
      await admin.server.importCatalog(system, feed(), { modifiedAt: START });
      enrollment = (await admin.enrollment.enroll(system, { uses: count })).profile;
    },
  });
  const ending = new AbortController();
  const fleet = runFleet({
    profile: readProfile(enrollment ?? new Uint8Array()),
    count,
    seed,
    kinds: DEMO_KINDS,
    clock: time,
    apns: push,
    network: createVirtualNetwork({ time, server: () => server }),
    signal: ending.signal,
  });
  return {
    admin: server.admin,
    system: server.system,
    time,
    fleet,
    async close() {
      ending.abort();
      await fleet.done;
      await server.stop();
      time.stop();
    },
  };
}
