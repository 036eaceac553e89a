import type { Clock } from "./clock.ts";
import type { SimDevice } from "./device.ts";
import { createDevice } from "./device.ts";
import type { ProfileSource } from "./enrol.ts";
import type { PushSource } from "./fake-apns.ts";
import type { KindName } from "./kinds.ts";
import { kindNames } from "./kinds.ts";
import type { Pace } from "./pace.ts";
import type { Network } from "./network.ts";
import { createGate } from "./pace.ts";
import { random } from "./random.ts";
import type { SimLog, SimRecord } from "./record.ts";
import type { SimRelease } from "./releases.ts";
import type { Faults } from "./session.ts";
import type { TransportOptions } from "./transport.ts";

export interface FleetOptions {
  readonly profile: ProfileSource;
  readonly count: number;
  readonly seed: number | string;
  readonly clock: Clock;
  readonly apns: PushSource;
  /** Ends all devices. */
  readonly signal: AbortSignal;
  /** The kinds to cycle through; all of them when absent. */
  readonly kinds?: readonly KindName[];
  readonly releases?: readonly SimRelease[];
  /** The OS each kind starts on, in place of its own. */
  readonly startsOn?: Partial<Record<KindName, { readonly version: string; readonly build: string }>>;
  /** Roots the devices trust besides those of the profile, PEM. */
  readonly trust?: readonly string[];
  readonly faults?: Faults;
  readonly connections?: TransportOptions;
  /** In place of HTTPS and SCEP: to a server in this process. */
  readonly network?: Network;
  /** How often a device asks again after the server refused its enrollment; without limit when absent. */
  readonly enrolAttempts?: number;
  readonly pace?: Pace;
  readonly log?: SimLog;
}

export interface Fleet {
  readonly devices: readonly SimDevice[];
  records(): SimRecord[];
  /** Resolves when every device has ended. */
  readonly done: Promise<void>;
}

/** Which kind each device of a fleet is: `names` in an order drawn from the seed, over and over. */
export function assignKinds(count: number, seed: number | string, names: readonly KindName[] = kindNames): KindName[] {
  if (names.length === 0) throw new Error("A fleet needs at least one kind.");
  const dice = random(`${seed}/kinds`);
  const shuffled = names.map((name) => ({ name, at: dice.next() })).toSorted((a, b) => a.at - b.at);
  return Array.from({ length: count }, (_, index) => shuffled[index % shuffled.length]?.name).filter(
    (name) => name !== undefined,
  );
}

/** Starts `count` devices that enroll and live until `signal` aborts. */
export function runFleet(options: FleetOptions): Fleet {
  const { seed, clock, apns, releases, trust, faults, connections, network, enrolAttempts, log } = options;
  const pace = options.pace && { ...options.pace, gate: createGate(options.pace.enrolAtOnce) };
  const devices = assignKinds(options.count, seed, options.kinds).map((name, index) => {
    const startsOn = options.startsOn?.[name];
    return createDevice(name, {
      seed,
      index,
      clock,
      apns,
      ...(releases && { releases }),
      ...(startsOn && { startsOn }),
      ...(trust && { trust }),
      ...(faults && { faults }),
      ...(connections && { connections }),
      ...(network && { network }),
      ...(enrolAttempts !== undefined && { enrolAttempts }),
      ...(pace && { pace }),
      ...(log && { log }),
    });
  });
  const lives = devices.map((device) => device.run(options.profile, options.signal));
  return {
    devices,
    records: () => devices.map((device) => device.record()),
    done: Promise.all(lives).then(() => undefined),
  };
}
