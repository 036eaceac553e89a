/** What a plan means for one device, before anything is done: the sentences of a dry run, and of devices without a job. */
import type { Decision, JobSeed } from "../plans/index.ts";
import { heldBackClauses } from "./verdict/held-back.ts";
import { LATE_MOMENT, movedDueWords } from "./deadlines.ts";
import { localTime } from "./local-time.ts";
import { mechanismWords } from "./verdict/mechanism.ts";
import { causeOf, remedyOf } from "./verdict/reasons.ts";
import { sentenceOf } from "./verdict/verdict.ts";

export interface DecisionWords {
  readonly sentence: string;
  readonly remedy?: string;
}

/** `release`: the release as an admin writes it; null for updates other than its OS. `onBeta`: it runs a beta of it. */
export interface JobDecision
  extends Pick<Extract<Decision, { kind: "job" }>, "job" | "losesDownload" | "listed" | "heldBack" | "movedDue"> {
  readonly release: string | null;
  readonly onBeta: boolean;
  /** By command, the moment before which its install is not ordered (ms UTC). */
  readonly installsFrom?: number;
}

/** A device that gets a job. */
export function jobDecisionWords({
  job,
  losesDownload,
  listed,
  heldBack = {},
  movedDue,
  release,
  onBeta,
  installsFrom,
}: JobDecision): DecisionWords {
  const { bootstrapToken, mechanism, because, from } = job;
  const goal = release === null ? "Updates other than macOS" : `To ${release}`;
  const how = mechanism === undefined ? commandHow(job, installsFrom) : declaredHow(job);
  const warning = bootstrapToken === undefined ? undefined : `bootstrap-token-${bootstrapToken}`;
  const beta = onBeta ? causeOf("runs-beta", { version: from.version, build: from.build ?? "" }) : undefined;
  const sentences = [
    `${goal} by ${mechanism ?? "command"}: ${how}${because === undefined ? "" : ` (${mechanismWords(because)})`}.`,
    ...(beta === undefined ? [] : [`Now ${beta}.`]),
    ...(listed === undefined ? [] : [`Not sure: ${causeOf(listed.code, listed.params)}.`]),
    ...(warning === undefined ? [] : [`It may not install unattended: ${causeOf(warning, {})}.`]),
    ...heldBackClauses(heldBack).map((clause) => `${clause[0]?.toUpperCase()}${clause.slice(1)}.`),
    ...(movedDue === undefined ? [] : [movedDueWords(movedDue)]),
    ...(job.moment === undefined ? [] : [LATE_MOMENT]),
    ...(losesDownload === undefined ? [] : [LOSSES[losesDownload]]),
  ];
  const asked = warning ?? listed?.code;
  return withRemedy(sentences.join(" "), asked === undefined ? undefined : remedyOf(asked));
}

/** What an admin should know of targets in words, before the plan is made (targets T3): `latest` may be read as "whatever is newest". */
export const targetNotes = (words: readonly string[], allowMajor: boolean): string[] =>
  allowMajor
    ? []
    : [...new Set(words)]
        .filter((word) => word === "latest" || word === "n-1")
        .map(
          (word) =>
            `${word} stays in the major version that each device runs. Use --allow-major to cross major versions.`,
        );

/** How many devices of a plan with a window or a deadline may be anywhere (targets D10): nobody knows their zone, and none is named. */
export const zoneNotes = (devices: number): string[] =>
  devices === 0
    ? []
    : [
        `No time zone is known or named for ${devices === 1 ? "1 device" : `${devices} devices`}. By declaration a device uses its own clock; by command Uptick judges windows in UTC, and orders the install when every time zone has reached the deadline. Name the zone with --zone or uptick zone.`,
      ];

/** How many devices of a standing plan another one governs, since it comes first in the order (targets G4). */
export const orderNotes = (devices: number): string[] =>
  devices === 0
    ? []
    : [
        `Another standing plan comes first in the order and governs ${devices === 1 ? "1 of these devices" : `${devices} of these devices`}. Give the plan another place with --order or uptick plan order.`,
      ];

/** The largest crowd of devices of one zone that install from one moment (targets L2). */
export const crowdNotes = (crowd: Crowd | null): string[] =>
  crowd === null
    ? []
    : [
        `${crowd.devices} devices in the time zone ${crowd.zone} share one moment${sharedMoment(crowd)}: they download and restart together. Spread them over the hours before it with --spread-hours.`,
      ];

interface Crowd {
  readonly devices: number;
  readonly zone: string;
  readonly at: string | null;
  readonly ring: string | null;
}

function sharedMoment({ at, ring }: Crowd): string {
  if (at !== null) return `, ${at.replace("T", " ")}`;
  return ring === null ? " for each release" : ` for each release in the ring ${ring}`;
}

/** A device that gets none: it is where the plan would bring it, or a rule forbids it. */
export function otherDecisionWords({ kind, reason, params }: Exclude<Decision, { kind: "job" }>): DecisionWords {
  return withRemedy(sentenceOf(kind === "compliant" ? "done" : "refused", reason, params), remedyOf(reason));
}

const withRemedy = (sentence: string, remedy: string | undefined): DecisionWords => ({
  sentence,
  ...(remedy === undefined ? {} : { remedy }),
});

/** What it costs to replace the declaration that the device has. */
const LOSSES = {
  will: "It throws away what it has downloaded for the plan that this one replaces.",
  may: "It may throw away what it has downloaded for the plan that this one replaces.",
} as const;

/** What a declaration makes the device do and when. */
function declaredHow({ enforcement, window, zone, zoneKnown, zoneNamed: named }: JobSeed): string {
  if (enforcement === undefined) return "as its declaration says";
  const clock = enforcement.local.slice(0, 16).replace("T", " ");
  const where = zoneKnown
    ? zone
    : named === true
      ? `its own clock, zone unknown, ${zone} named for it`
      : "its own clock, zone unknown";
  switch (enforcement.from) {
    case "deadline":
      return `it downloads, and installs from ${clock} (${where})`;
    case "window":
      return `it downloads, and installs from ${clock} (${where}), when its window ${window?.from ?? ""}-${window?.to ?? ""} is open`;
    case "moment":
      return `it downloads, and installs from ${clock} (${where})`;
    case "soon":
      return `it downloads, and installs from ${clock} (${zoneKnown ? zone : `${zone} assumed, zone unknown`}), the earliest time that a declaration can set`;
  }
}

const EVERYWHERE = ", when its install time has come in every time zone";
const ALONE = ", with nothing ordered before, because it can't be ordered to download only";

/** What is done by command and when. */
function commandHow(job: JobSeed, installsFrom: number | undefined): string {
  const { action, window, zone, zoneKnown, zoneNamed: named, maxUserDeferrals, twoSteps } = job;
  const where = zoneKnown ? zone : `${zone} (zone unknown, ${named === true ? "named for it" : "assumed"})`;
  const hours = window === undefined ? undefined : `between ${window.from} and ${window.to}`;
  const when =
    installsFrom === undefined
      ? hours === undefined
        ? "as soon as it is downloaded"
        : `${hours} ${where}`
      : `from ${localTime(installsFrom, zone)} ${hours === undefined ? "" : `${hours} `}${where}${zoneKnown || named === true ? "" : EVERYWHERE}${twoSteps ? "" : ALONE}`;
  const later = installsFrom === undefined ? "" : `${when}, `;
  switch (action) {
    case "DownloadOnly":
      return "download only";
    case "NotifyOnly":
      return "download and notify the user";
    case "InstallLater":
      return maxUserDeferrals === undefined
        ? `download, then install ${later}at a moment that the Mac chooses`
        : `download, then install ${later}when its user agrees, who may put it off ${maxUserDeferrals} ${maxUserDeferrals === 1 ? "time" : "times"}`;
    case "InstallForceRestart":
      return `install ${when} and restart, whether or not work is saved`;
    default:
      return `install ${when}`;
  }
}
