/** A whole run in this process on time that jumps, without sockets: the same each time. */
import { DatabaseSync } from "node:sqlite";
import { type Faults, type KindName, pushCertificate, random, runFleet, virtualTime } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import { createVirtualNetwork, createVirtualPush, startVirtualServer } from "../../src/virtual/index.ts";
import { runCourse } from "./course.ts";
import { type Outcome, START } from "./outcome.ts";

export interface VirtualRun {
  readonly count: number;
  readonly kinds: readonly KindName[];
  readonly seed: string;
  readonly faults?: Faults;
}

/** More entries than any device's timeline has here. */
const WHOLE = 5000;

/** Throws when the server logs an error. */
export async function runVirtually({ count, kinds, seed, faults }: VirtualRun): Promise<Outcome> {
  const [order, supply] = [random(`${seed}/order`), random(`${seed}/server`)];
  const time = virtualTime({ start: START, pick: (choices) => order.integer(0, choices - 1) });
  const push = createVirtualPush(time);
  const errors: string[] = [];
  const nothing = (): void => undefined;
  let profile: Uint8Array = new Uint8Array();
  const server = await startVirtualServer({
    time,
    random: (length) => new Uint8Array(supply.bytes(length)),
    db: new DatabaseSync(":memory:"),
    push: push.client,
    log: {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: (event, fields) => void errors.push(`${event}: ${JSON.stringify(fields)}`),
    },
    take: (waiting) => order.integer(1, waiting),
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.fleet").pem);
      await admin.server.importCatalog(system, sampleLookupService(), { modifiedAt: SAMPLE_SERVED_AT });
      ({ profile } = await admin.enrollment.enroll(system, { uses: count }));
    },
  });
  const { admin, system } = server;
  const ending = new AbortController();
  const fleet = runFleet({
    profile,
    count,
    seed,
    kinds,
    clock: time,
    apns: push,
    network: createVirtualNetwork({ time, server: () => server }),
    signal: ending.signal,
    ...(faults && { faults }),
  });
  const asked = {
    devices: async () => (await admin.devices.list({ limit: 1000 })).rows,
    plans: async () => (await admin.plans.list(undefined, 1000)).rows,
    makePlan: async (plan: Parameters<typeof admin.plans.create>[1]) => void (await admin.plans.create(system, plan)),
    device: (id: string) => admin.devices.show(id),
    timeline: async (id: string) => (await admin.devices.timeline(id, undefined, WHOLE)).rows,
  };
  let outcome: Outcome;
  try {
    outcome = await runCourse(asked, time, fleet, () => ending.abort());
  } finally {
    ending.abort();
    await fleet.done;
    await server.stop();
    time.stop();
  }
  if (errors.length > 0) throw new Error(`The server logged errors:\n${errors.join("\n")}`);
  return outcome;
}
