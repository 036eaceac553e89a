import type { Clock } from "./clock.ts";

/** Anything that happened to a device. `what` names it; the other keys are its details. */
export interface SimEvent {
  readonly at: number;
  readonly what: string;
  readonly [detail: string]: string | number | boolean | null;
}

/** One installation, from the moment the device went down for it. */
export interface SimInstall {
  /** Virtual ms UTC at which the device stopped working for its user. */
  readonly at: number;
  /** Virtual ms UTC at which it came up again; null while it is still installing. */
  finishedAt: number | null;
  readonly version: string;
  readonly build: string;
  readonly action: string;
  /** `at` as the device's user saw it, `2026-08-22 21:04:05`, in `zone`. */
  readonly local: string;
  readonly zone: string;
  /** Its user gave a passcode for it, at a moment of their own choice. */
  readonly consented: boolean;
  /** The declaration it was done for; absent where it was done for a command, or by the user alone. */
  readonly declared?: {
    readonly identifier: string;
    readonly serverToken: string;
    /** `TargetLocalDateTime` as declared. */
    readonly local: string;
    /** `at` minus the deadline on the device's own wall clock, ms: negative only where the user chose to. */
    readonly late: number;
    /** Why a device was late that could do nothing about it: the deadline had passed when it was declared, or it was off. */
    readonly excuse: "past-when-declared" | "was-off" | null;
  };
}

/** What truly happened to the declarations of one device. */
export interface SimDeclarations {
  /** When the server switched it on first, virtual ms UTC. */
  readonly enabledAt: number;
  /** Syncs that fetched a manifest. */
  syncs: number;
  /** Each time it began to plan an enforcement; one that is replaced is planned anew. `deadline` is virtual ms UTC. */
  readonly plannings: {
    readonly at: number;
    readonly identifier: string;
    readonly serverToken: string;
    readonly version: string;
    readonly local: string;
    readonly deadline: number;
  }[];
  /** Plannings that ended without an installation, since their declaration was withdrawn, replaced or beaten. */
  readonly givenUp: { readonly at: number; readonly identifier: string; readonly serverToken: string }[];
  /** Downloads that it threw away since their declaration was gone. */
  downloadsLost: number;
  readonly reports: { accepted: number; full: number; lost: number };
  /** What the device holds now. */
  held: readonly { readonly type: string; readonly identifier: string; readonly serverToken: string }[];
  /** `softwareupdate.install-state` as the device has it now, whatever the server was told. */
  installState: string;
  failures: number;
}

/** What truly happened to one device, as the device knows it: the yardstick for what the server says. All times virtual ms UTC. */
export interface SimRecord {
  readonly kind: string;
  readonly index: number;
  readonly serial: string;
  /** The EnrollmentID in a user enrollment. */
  readonly udid: string;
  /** IANA name. */
  readonly timeZone: string;
  enrolledAt: number | null;
  readonly events: SimEvent[];
  /** Commands the device took and acted on; `status` "none" means it restarted before it could answer. */
  readonly commandsExecuted: { uuid: string; requestType: string; action?: string; at: number; status: string }[];
  /** Answers the server confirmed with a 2xx: it may never lose them. `replay`: to a command the path delivered again. */
  readonly answersAcknowledged: { uuid: string; status: string; at: number; replay: boolean }[];
  readonly installsExecuted: SimInstall[];
  readonly downloadsExecuted: { at: number; version: string; build: string }[];
  /** Updates besides the OS that were installed. */
  readonly otherInstalls: { readonly at: number; readonly name: string; readonly restarts: boolean }[];
  /** What no server may do to a device, and was done. */
  readonly violations: string[];
  /** Absent until declarative management was switched on. */
  declarations?: SimDeclarations;
  readonly restarts: { at: number; why: string }[];
  finalVersion: string;
  finalBuild: string;
  unenrolled: boolean;
}

/** One line for whoever watches: which device, and what happened. */
export type SimLog = (line: { readonly kind: string; readonly serial: string } & SimEvent) => void;

/** Notes an event in the record and tells the log. */
export type Note = (what: string, details?: Record<string, string | number | boolean | null>) => void;

/** The note-taker of one device. */
export function noteIn(record: SimRecord, clock: Clock, log?: SimLog): Note {
  return (what, details = {}) => {
    const event = { ...details, at: clock.now(), what };
    // A server that is away for days would fill the record with one sentence: from the tenth in a row the last is replaced.
    const again = record.events.slice(-10).filter((before) => before.what === what && before["why"] === details["why"]);
    if (what === "server-unreachable" && again.length === 10)
      record.events[record.events.length - 1] = { ...event, times: Number(again.at(-1)?.["times"] ?? 1) + 1 };
    else record.events.push(event);
    log?.({ ...event, kind: record.kind, serial: record.serial });
  };
}

/** `at` as a wall clock in `zone` shows it: `2026-08-22 21:04:05`. */
export function localTime(at: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
    formats.set(zone, format);
  }
  return format.format(at);
}

/** One for each zone: making one takes far longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The hour of the day (0–23) at `at` in `zone`. */
export const localHour = (at: number, zone: string): number => Number(localTime(at, zone).slice(11, 13));
