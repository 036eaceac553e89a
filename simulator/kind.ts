/** What a kind of simulated device can be made of. */
import type { Hardware } from "./hardware.ts";
import type { TroubleName } from "./trouble-names.ts";

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
  /** Enrolled by its user: an EnrollmentID instead of UDID and serial number, and no updates. */
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
  /** How many declared downloads fail before one succeeds; Infinity for a device whose downloads always fail. */
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
  /** Tells of `management.declarations` only what changed, `_removed` for what it no longer holds; others tell all of it. */
  readonly tellsChanges?: true;
  /** Its first status report is not JSON. */
  readonly junkReport?: true;
  /** Reports `target-local-date-time` converted to UTC (seen on iOS 26). */
  readonly deadlineInUtc?: true;
  /** Calls that key `softwareupdate.target-local-date-time` (seen on iOS 26). */
  readonly deadlineByLongName?: true;
}
