import { declaredKinds } from "./declared-kinds.ts";
import type { Hardware } from "./hardware.ts";
import { appleSiliconMac, appleTv, intelMac, iPad, iPhone, oldIPhone, oldMac, silicon2021 } from "./hardware.ts";
import type { TroubleName } from "./trouble.ts";

/** What stands in the way of a step, from the first time it is met and for so many virtual hours. */
export interface Trouble {
  readonly at: "download" | "install" | "scan";
  /** Status of its UpdateResults, or, where it starts with a number, an error of the whole command. */
  readonly says: TroubleName;
  readonly hours: readonly [number, number];
}

/** How the devices of one kind behave. Every flag that is absent is "no". */
export interface Kind {
  /** What sets it apart, for people. */
  readonly does: string;
  readonly hardware: Hardware;
  readonly startsOn: { readonly version: string; readonly build: string };
  readonly supervised: boolean;
  /** A passcode the user must type before an installation; the range is virtual hours until they consent. */
  readonly consentHours?: readonly [number, number];
  /** The device had already downloaded the newest release by itself. */
  readonly alreadyDownloaded?: true;
  /** Every download meets a full disk. */
  readonly noSpace?: true;
  readonly troubles?: readonly Trouble[];
  /** An iPad that several users share. */
  readonly sharedIpad?: true;
  /** Enrolled by its user: an EnrollmentID in the place of UDID and serial number, and no updates. */
  readonly userEnrollment?: true;
  /** Virtual hours until a user with a secure token logs in; minutes where absent. */
  readonly loginHours?: readonly [number, number];
  /** Asleep on battery for so many virtual hours from the first update command: NotNow to almost everything. */
  readonly powerNapHours?: readonly [number, number];
  /** Its user schedules the installation for the night. */
  readonly tonight?: true;
  /** Schedules InstallLater where InstallASAP was asked for. */
  readonly makesItLater?: true;
  /** The first download is gone when the installation is asked for. */
  readonly purges?: true;
  /** Never gives UpdateResults. */
  readonly noResults?: true;
  /** Its user installs the download by hand. */
  readonly userInstalls?: true;
  /** Out of reach for so many virtual hours, soon after its enrollment. */
  readonly awayHours?: readonly [number, number];
  /** Has updates besides its OS: Safari, configuration data, firmware. */
  readonly otherUpdates?: true;
  /** The restart for an installation comes before the answer to the command that asked for it. */
  readonly swallowsAnswer?: true;
  /** How many commands it answers with NotNow before it takes one. */
  readonly notNow?: readonly [number, number];
  /** Speaks SCEP as old clients do: 3DES and SHA-1 where the server allows them. */
  readonly oldScep?: true;
  /** Waits for DeviceConfigured after enrollment. */
  readonly awaitsConfiguration?: true;
  /** Its declarative management does not work: the command that switches it on is refused as an unknown one. */
  readonly declarative?: false;
  /** Switches declarative management on and then never says a word of it. */
  readonly neverSyncs?: true;
  /** Takes an enforcement for valid and active, and never acts on it. */
  readonly ignoresDeclarations?: true;
  /** Calls every enforcement invalid. */
  readonly callsInvalid?: true;
  /** Apple offers it nothing newer than this. */
  readonly offeredUpTo?: string;
  /** How many declared downloads fail before one succeeds; Infinity for a device that tries for ever. */
  readonly failsTimes?: number;
  /** What its user does with a declared update once it is prepared, if the deadline is later than that. */
  readonly userChooses?: "now" | "tonight";
  /** Switched off from some time before a declared deadline until so many virtual hours after it. */
  readonly offAtDeadlineHours?: readonly [number, number];
  /** Its user brings it to this release by themselves, so many virtual hours after its enrollment. */
  readonly upgradesItself?: {
    readonly version: string;
    readonly build: string;
    readonly hours: readonly [number, number];
  };
  /** Which share of its status reports goes astray, while the device takes them for sent. */
  readonly losesReports?: number;
  /** Its status reports arrive so many virtual hours after what they tell. */
  readonly reportLagHours?: readonly [number, number];
  /** Tells of `management.declarations` only what changed, `_removed` of what it holds no more; others tell all of it. */
  readonly tellsChanges?: true;
  /** Its first status report is not JSON. */
  readonly junkReport?: true;
  /** Reports `target-local-date-time` converted to UTC (seen on iOS 26). */
  readonly deadlineInUtc?: true;
  /** Calls that key `softwareupdate.target-local-date-time` (seen on iOS 26). */
  readonly deadlineByLongName?: true;
}

const iOS26 = { version: "26.5", build: "23F77" };
const macOS26 = { version: "26.5", build: "25F71" };
const macOS15 = { version: "15.7.7", build: "24G720" };
// Their stories are about commands, so none of them can be told by declarations.
const commands = { supervised: true, declarative: false } as const;
const phone = { hardware: iPhone, startsOn: iOS26, ...commands } as const;
const pad = { hardware: iPad, startsOn: iOS26, ...commands } as const;
const intel = { hardware: intelMac, startsOn: macOS26, ...commands } as const;
const silicon = { hardware: appleSiliconMac, startsOn: macOS26, ...commands } as const;

const commandKinds = {
  "iphone-no-passcode": { does: "downloads and installs as asked", ...phone },
  "iphone-late-consent": {
    does: "has a passcode; the user agrees hours later; silent for hours after a restart. Some users schedule the installation: then asking again installs at once",
    ...phone,
    consentHours: [3, 14],
  },
  "ipad-already-downloaded": {
    does: "has the newest release already: `Default` installs at once",
    ...pad,
    alreadyDownloaded: true,
  },
  "mac-apple-silicon": {
    does: "escrows a bootstrap token at login, fetches it before it installs, and installs with no other",
    ...silicon,
  },
  "mac-intel": { does: "needs no token", ...intel },
  "apple-tv": {
    does: "waits for DeviceConfigured, speaks SCEP with 3DES and SHA-1 where offered",

    hardware: appleTv,
    startsOn: { version: "26.5", build: "23L471" },
    ...commands,
    oldScep: true,
    awaitsConfiguration: true,
  },
  "iphone-unsupervised": {
    does: "refuses update commands",
    ...phone,
    supervised: false,
  },
  // An invented release above every target, below the next major.
  "iphone-newer": {
    does: "runs something newer than any release on offer",
    ...phone,
    startsOn: { version: "26.7", build: "23H10" },
  },
  "iphone-no-space": {
    does: "every download meets a full disk",
    ...phone,
    noSpace: true,
  },
  "iphone-swallows-answer": {
    does: "restarts at the install command before it answers, and comes back on the new version",
    ...phone,
    swallowsAnswer: true,
  },
  "iphone-not-now": {
    does: "answers NotNow a few times first",
    ...phone,
    notNow: [2, 4],
  },
  "iphone-os-27": {
    does: "knows none of the four update commands any more",
    hardware: iPhone,
    startsOn: { version: "27.0", build: "24A300" },
    supervised: true,
  },
  "ipad-shared": {
    does: "a Shared iPad: refuses to install (12077) until its user has logged out",
    ...pad,
    sharedIpad: true,
    troubles: [{ at: "install", says: "12077", hours: [0.5, 1.5] }],
  },
  "ipad-download-only": { does: "an iPad like others, for plans that only download", ...pad },
  "ipad-poor-network": {
    does: "`DownloadInsufficientNetwork` for hours",
    ...pad,
    troubles: [{ at: "download", says: "DownloadInsufficientNetwork", hours: [2, 5] }],
  },
  "ipad-space-later": {
    does: "`DownloadInsufficientSpace` for hours, then someone makes room",
    ...pad,
    troubles: [{ at: "download", says: "DownloadInsufficientSpace", hours: [3, 9] }],
  },
  "iphone-away-for-days": {
    does: "out of reach for 25 to 30 hours soon after its enrollment",
    ...phone,
    awayHours: [25, 30],
  },
  "iphone-ios-11": {
    does: "takes a ProductKey only, and does not tell its time zone",
    hardware: oldIPhone,
    startsOn: { version: "11.2.6", build: "15D100" },
    supervised: true,
  },
  "iphone-no-results": {
    does: "takes update commands and never gives UpdateResults",
    ...phone,
    noResults: true,
  },
  "iphone-not-seen-yet": {
    does: "finds no update (12048) for hours",
    ...phone,
    troubles: [{ at: "download", says: "12048", hours: [2, 6] }],
  },
  "iphone-on-battery": {
    does: "too little power to download, and later to install",

    ...phone,
    troubles: [
      { at: "download", says: "DownloadInsufficientPower", hours: [1, 4] },
      { at: "install", says: "InstallInsufficientPower", hours: [0.5, 1.5] },
    ],
  },
  "iphone-phone-call": {
    does: "a call is in progress when it is to install",

    ...phone,
    troubles: [{ at: "install", says: "InstallPhoneCallInProgress", hours: [0.2, 0.8] }],
  },
  "iphone-purges": {
    does: "its download is gone when it is to install: `Idle`, and not downloaded",
    ...phone,
    purges: true,
  },
  "iphone-tonight": {
    does: "its user schedules the night: says Installing for hours; ordered again, it installs at once and records a violation",
    ...phone,
    tonight: true,
  },
  "iphone-user-enrollment": {
    does: "has an EnrollmentID in the place of UDID and serial number; refuses update commands",
    hardware: iPhone,
    startsOn: iOS26,
    supervised: false,
    userEnrollment: true,
  },
  "iphone-user-installs": {
    does: "its user installs the download by hand; ordered after that, it finds no update (12048)",
    ...phone,
    userInstalls: true,
  },
  "mac-failing-scan": {
    does: "its search for updates fails (12050) for hours",
    ...intel,
    troubles: [{ at: "scan", says: "12050", hours: [1, 4] }],
  },
  "mac-force-restart": { does: "an Intel Mac like others, for plans that force the restart", ...intel },
  "mac-install-later": { does: "its user puts an install off at least once, one day each", ...intel },
  "mac-late-login": {
    does: "Apple silicon whose first login, and so its bootstrap token, comes after most of a day",
    ...silicon,
    loginHours: [14, 20],
  },
  "mac-macos-11": {
    does: "takes a ProductKey only",
    hardware: oldMac,
    startsOn: { version: "11.7.10", build: "20G1427" },
    supervised: true,
  },
  "mac-major": {
    does: "macOS 15: a new major installs with InstallASAP only",
    hardware: silicon2021,
    startsOn: macOS15,
    ...commands,
  },
  "mac-major-forced": {
    does: "as `mac-major`, for a plan that Apple's commands can't carry out",
    hardware: silicon2021,
    startsOn: macOS15,
    ...commands,
  },
  "mac-makes-it-later": {
    does: "answers `InstallLater` to `InstallASAP`, and installs an hour later",
    ...intel,
    makesItLater: true,
  },
  "mac-no-bootstrap-token": {
    does: "Apple silicon to which nobody logs in: downloads, and never begins to install",
    ...silicon,
    loginHours: [5000, 6000],
  },
  "mac-notify-only": { does: "an Intel Mac like others, for plans that only tell its user", ...intel },
  "mac-other-updates": {
    does: "has Safari, configuration data and firmware to update; its list is as old as its last scan",
    ...intel,
    otherUpdates: true,
  },
  "mac-power-nap": {
    does: "asleep on battery for hours: NotNow to almost everything",
    ...silicon,
    powerNapHours: [2, 5],
  },
} as const satisfies Record<string, Kind>;

/**
 * The one list of kinds, by their stable names: how a plan for each must end, and what documents say of it, is held to
 * this list. A new kind is a new entry; a new behaviour is a new key of `Kind`.
 */
export const kinds = { ...commandKinds, ...declaredKinds } as const satisfies Record<string, Kind>;

/** The name of a kind, for example `mac-intel`. */
export type KindName = keyof typeof kinds;

/** The names of the kinds whose stories are about update commands, in the order of the table. */
export const kindNames = Object.keys(commandKinds) as readonly KindName[];

/** The names of the kinds that are updated by declarations, in the order of their table. */
export const declaredKindNames = Object.keys(declaredKinds) as readonly KindName[];

/** All names: those of the kinds told by commands, then those of the declared ones. */
export const allKindNames: readonly KindName[] = [...kindNames, ...declaredKindNames];
