import type { Clock } from "./clock.ts";
import { day } from "./clock.ts";
import type { ProfileSource } from "./enrol.ts";
import type { PushSource } from "./fake-apns.ts";
import type { Kind } from "./kind.ts";
import type { KindName } from "./kinds.ts";
import { kinds } from "./kinds.ts";
import { Life } from "./life.ts";
import type { Network } from "./network.ts";
import type { SimLog, SimRecord } from "./record.ts";
import { noteIn } from "./record.ts";
import type { SimRelease } from "./releases.ts";
import { sampleReleases } from "./releases.ts";
import type { Faults } from "./session.ts";
import type { Gate, Pace } from "./pace.ts";
import { beatsOf } from "./pace.ts";
import type { DeviceState } from "./state.ts";
import { drawTraits } from "./traits.ts";
import type { TransportOptions } from "./transport.ts";

export interface SimDeviceOptions {
  readonly seed: number | string;
  /** The device's place in its fleet: the same seed and index give the same device. */
  readonly index: number;
  readonly clock: Clock;
  readonly apns: PushSource;
  /** What the simulated Apple offers; `sampleReleases` when absent. */
  readonly releases?: readonly SimRelease[];
  /** The OS it starts on, in place of the kind's own. */
  readonly startsOn?: { readonly version: string; readonly build: string };
  /** It waits in Setup Assistant after enrollment until DeviceConfigured, whatever its kind does. */
  readonly awaitsConfiguration?: true;
  /** The zone it is in, an IANA name, in place of the one its seed gives. */
  readonly timeZone?: string;
  /** Roots it trusts besides those of the profile, PEM. */
  readonly trust?: readonly string[];
  /** Asked at each command: true while it answers NotNow, as one does whose user is busy or that is asleep. */
  readonly isBusy?: () => boolean;
  readonly faults?: Faults;
  readonly connections?: TransportOptions;
  /** In place of HTTPS and SCEP: to a server in this process. */
  readonly network?: Network;
  /** How often it asks again after the server refused its enrollment; without limit when absent. */
  readonly enrolAttempts?: number;
  /** The pace of its fleet, and the gate all its devices share. */
  readonly pace?: Pace & { readonly gate: Gate };
  readonly log?: SimLog;
}

/** One simulated device. */
export interface SimDevice {
  readonly kind: KindName;
  readonly index: number;
  readonly serial: string;
  readonly udid: string;
  /** Enrolls and then lives until `signal` aborts or it is unenrolled. Never rejects for what a server does. */
  run(source: ProfileSource, signal: AbortSignal): Promise<void>;
  /** The OS it runs now. */
  readonly os: { readonly version: string; readonly build: string };
  /** What happened so far: the device's own record, which goes on. */
  readonly truth: Readonly<SimRecord>;
  /** A copy of it, ready for JSON. */
  record(): SimRecord;
  /** Its user removes the enrollment profile: CheckOut, once, if the profile asks for it. */
  removeProfile(): void;
}

/** Makes a device that is switched on but not yet enrolled. */
export function createDevice(name: KindName, options: SimDeviceOptions): SimDevice {
  const { apns, trust = [], faults = {}, connections, network, enrolAttempts, pace } = options;
  const life = new Life(createState(name, options), {
    apns,
    trust,
    faults,
    ...(connections && { connections }),
    ...(network && { network }),
    ...(enrolAttempts !== undefined && { enrolAttempts }),
    ...(pace && { pace: { ...pace, beat: beatsOf(pace, `${options.seed}/${options.index}/${name}/beat`) } }),
  });
  const { record } = life.state;
  return {
    kind: name,
    index: record.index,
    serial: record.serial,
    udid: record.udid,
    truth: record,
    get os() {
      return life.state.os;
    },
    run: (source, signal) => life.run(source, signal),
    record: () => structuredClone(record),
    removeProfile() {
      life.removal = true;
      life.wake();
    },
  };
}

function createState(name: KindName, options: SimDeviceOptions): DeviceState {
  const { awaitsConfiguration } = options;
  const kind: Kind = { ...kinds[name], ...(awaitsConfiguration && { awaitsConfiguration }) };
  const drawn = drawTraits(name, kind, options.seed, options.index);
  const traits = { ...drawn, timeZone: options.timeZone ?? drawn.timeZone };
  const os = { ...(options.startsOn ?? kind.startsOn) };
  const record: SimRecord = {
    kind: name,
    index: options.index,
    serial: traits.serial,
    udid: traits.udid,
    timeZone: traits.timeZone,
    enrolledAt: null,
    events: [],
    commandsExecuted: [],
    answersAcknowledged: [],
    installsExecuted: [],
    downloadsExecuted: [],
    otherInstalls: [],
    violations: [],
    restarts: [],
    finalVersion: os.version,
    finalBuild: os.build,
    unenrolled: false,
  };
  return {
    name,
    kind,
    hardware: kind.hardware,
    traits,
    clock: options.clock,
    releases: options.releases ?? sampleReleases,
    record,
    note: noteIn(record, options.clock, options.log),
    os,
    profile: undefined,
    awaitingConfiguration: false,
    notNowLeft: traits.notNow,
    isBusy: options.isBusy ?? (() => false),
    answersAs: undefined,
    lastScanAt: options.clock.now() - 3 * day,
    otherProfiles: new Set(),
    troubleEnds: new Map(),
    napsUntil: undefined,
    escrowed: false,
  };
}
