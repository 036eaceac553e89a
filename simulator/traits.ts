import { hour, minute } from "./clock.ts";
import type { Kind } from "./kind.ts";
import type { KindName } from "./kinds.ts";
import type { Random } from "./random.ts";
import { random } from "./random.ts";

/** Everything about one device that chance decides, drawn once: what happens later cannot change it. Times in virtual ms. */
export interface Traits {
  readonly serial: string;
  readonly udid: string;
  readonly timeZone: string;
  readonly pushToken: Buffer;
  readonly pushMagic: string;
  readonly unlockToken: Buffer;
  readonly bootstrapToken: Buffer;
  readonly batteryLevel: number;
  readonly freeGigabytes: number;
  /** From the wish to enroll to the first message. */
  readonly enrolAfter: number;
  /** From enrollment to the login that makes a Mac escrow its bootstrap token. */
  readonly loginAfter: number;
  readonly bytesPerSecond: number;
  /** From the command (or the consent) to the moment the device goes down. */
  readonly prepareMs: number;
  /** How long it is down while it installs. */
  readonly installMs: number;
  readonly restartMs: number;
  /** How long a device with a passcode stays silent after a restart: locked, it does not join its Wi-Fi. */
  readonly silentMs: number;
  readonly consentMs: number;
  /** What the user does at the prompt: puts it off, or schedules it for later (then the device says Installing). */
  readonly consentStyle: "remind-later" | "schedule";
  /** For each trouble of its kind, how long it lasts. */
  readonly troubleMs: readonly number[];
  readonly powerNapMs: number;
  readonly awayMs: number;
  readonly notNow: number;
  readonly notNowPollMs: number;
  /** How many of the allowed deferrals this user takes. */
  readonly deferralsShare: number;
  readonly scanMs: number;
  readonly idleScanMs: number;
  readonly deliverLateMs: number;
  /** Acknowledges the renewal of its identity with the former one. */
  readonly answersAsFormer: boolean;
  /** From an enforcement's arrival to the begin of its download. */
  readonly declaredWaitMs: number;
  /** From a failure of a declared update to the next try. */
  readonly declaredRetryMs: number;
  /** From "prepared" to the moment its user takes the update, where they do. */
  readonly userTakesMs: number;
  /** How long before a declared deadline it is switched off, and how long after it on again, where it is. */
  readonly offBeforeMs: number;
  readonly offAfterMs: number;
  /** From enrollment to the upgrade that its user makes by themselves. */
  readonly upgradeMs: number;
  readonly reportLagMs: number;
  /** From one full status report to the next. */
  readonly fullReportMs: number;
  /** The time from one poll of its own to the next. */
  pollAfter(): number;
  /** Whether the status report that is sent now goes astray. */
  losesReport(): boolean;
}

const timeZones = [
  "Europe/Berlin",
  "America/New_York",
  "America/Los_Angeles",
  "Asia/Tokyo",
  "Asia/Kolkata",
  "Australia/Sydney",
  "Pacific/Kiritimati",
  "America/Sao_Paulo",
] as const;

const serialLetters = "CDFGHJKLMNPQRTVWXY0123456789".split("");

/** Some virtual ms within a range of hours; 0 where there is none. */
const hoursOf = (dice: Random, hours: readonly [number, number] | undefined): number =>
  hours === undefined ? 0 : dice.between(hours[0], hours[1]) * hour;

/** Draws the traits of device `index` of a fleet with `seed`. Each has its own generator, so adding one moves no other. */
export function drawTraits(name: KindName, kind: Kind, seed: number | string, index: number): Traits {
  const draw = (what: string) => random(`${seed}/${index}/${name}/${what}`);
  const { platform } = kind.hardware;
  const polls = draw("polls");
  const losses = draw("losses");
  const serial = draw("serial");
  const letters = Array.from({ length: 6 }, () => serial.pick(serialLetters)).join("");
  return {
    // The index is part of it, so that no two devices of a fleet share a serial number.
    serial: `X${letters}${index.toString(36).toUpperCase().padStart(4, "0")}`,
    udid:
      platform === "macOS"
        ? draw("udid").uuid()
        : `00008110-${draw("udid").bytes(8).toString("hex").toUpperCase().slice(0, 12)}${index.toString(16).toUpperCase().padStart(4, "0")}`,
    timeZone: draw("zone").pick(timeZones),
    pushToken: draw("token").bytes(32),
    pushMagic: draw("magic").uuid(),
    unlockToken: draw("unlock").bytes(96),
    bootstrapToken: draw("bootstrap").bytes(64),
    batteryLevel: Math.round(draw("battery").between(0.35, 1) * 100) / 100,
    freeGigabytes: kind.noSpace ? 0.6 : Math.round(draw("space").between(20, 180) * 10) / 10,
    enrolAfter: draw("enrol").between(0, 10 * minute),
    loginAfter: kind.loginHours
      ? draw("login").between(kind.loginHours[0], kind.loginHours[1]) * hour
      : draw("login").between(1 * minute, 20 * minute),
    bytesPerSecond: draw("speed").between(2e6, 12e6),
    prepareMs: draw("prepare").between(2 * minute, 8 * minute),
    installMs:
      platform === "macOS"
        ? draw("install").between(18 * minute, 40 * minute)
        : draw("install").between(6 * minute, 15 * minute),
    restartMs: draw("restart").between(1 * minute, 4 * minute),
    silentMs: kind.consentHours ? draw("silent").between(0.5 * hour, 8 * hour) : 0,
    consentMs: kind.consentHours ? draw("consent").between(kind.consentHours[0], kind.consentHours[1]) * hour : 0,
    consentStyle: draw("style").pick(["remind-later", "schedule"]),
    troubleMs: (kind.troubles ?? []).map(({ hours }, nth) => draw(`trouble-${nth}`).between(hours[0], hours[1]) * hour),
    powerNapMs: kind.powerNapHours ? draw("nap").between(kind.powerNapHours[0], kind.powerNapHours[1]) * hour : 0,
    awayMs: kind.awayHours ? draw("away").between(kind.awayHours[0], kind.awayHours[1]) * hour : 0,
    notNow: kind.notNow ? draw("not-now").integer(kind.notNow[0], kind.notNow[1]) : 0,
    notNowPollMs: draw("not-now-poll").between(20 * minute, 90 * minute),
    // Most users put it off at least once.
    deferralsShare: draw("deferrals").between(0.5, 1),
    scanMs: draw("scan").between(1 * minute, 6 * minute),
    idleScanMs: draw("idle-scan").between(1 * hour, 6 * hour),
    deliverLateMs: draw("late").between(0.5 * hour, 3 * hour),
    answersAsFormer: draw("answers-as-former").next() < 0.5,
    declaredWaitMs: draw("declared-wait").between(1 * minute, 20 * minute),
    declaredRetryMs: draw("declared-retry").between(20 * minute, 60 * minute),
    userTakesMs: draw("user-takes").between(0.5 * hour, 6 * hour),
    offBeforeMs: draw("off-before").between(1 * hour, 5 * hour),
    offAfterMs: hoursOf(draw("off-after"), kind.offAtDeadlineHours),
    upgradeMs: hoursOf(draw("upgrade"), kind.upgradesItself?.hours),
    reportLagMs: hoursOf(draw("report-lag"), kind.reportLagHours),
    fullReportMs: draw("full-report").between(23.5 * hour, 24.5 * hour),
    losesReport: () => losses.next() < (kind.losesReports ?? 0),
    pollAfter: () => polls.between(3.5 * hour, 4.5 * hour),
  };
}
