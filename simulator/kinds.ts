import type { SimPlatform } from "./releases.ts";
import type { TroubleName } from "./trouble.ts";

/** The hardware facts a device reports. */
export interface Hardware {
  readonly platform: SimPlatform;
  /** Product type, for example `iPhone14,2`. */
  readonly productName: string;
  readonly modelName: string;
  /** `SoftwareUpdateDeviceID`: the board id of a Mac, the product type elsewhere. Apple TV has none. */
  readonly softwareUpdateDeviceId?: string;
  readonly appleSilicon?: boolean;
  /** The last major version there is for it; none is absent. */
  readonly lastMajor?: number;
}

/** What stands in the way of a step, from the first time it is met and for so many virtual hours. */
export interface Trouble {
  readonly at: "download" | "install" | "scan";
  /** Status of its UpdateResults, or, where it starts with a number, an error of the whole command. */
  readonly says: TroubleName;
  readonly hours: readonly [number, number];
}

/** How the devices of one kind behave. Every flag that is absent is "no". */
export interface Kind {
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
  /** Out of reach for so many virtual hours, soon after its enrolment. */
  readonly awayHours?: readonly [number, number];
  /** Has updates besides its OS: Safari, configuration data, firmware. */
  readonly otherUpdates?: true;
  /** The restart for an installation comes before the answer to the command that asked for it. */
  readonly swallowsAnswer?: true;
  /** How many commands it answers with NotNow before it takes one. */
  readonly notNow?: readonly [number, number];
  /** Speaks SCEP as old clients do: 3DES and SHA-1 where the server allows them. */
  readonly oldScep?: true;
  /** Waits for DeviceConfigured after enrolment. */
  readonly awaitsConfiguration?: true;
}

const iPhone: Hardware = {
  platform: "iOS",
  productName: "iPhone14,2",
  modelName: "iPhone 13 Pro",
  softwareUpdateDeviceId: "iPhone14,2",
};
const iPad: Hardware = {
  platform: "iOS",
  productName: "iPad13,4",
  modelName: "iPad Pro 11-inch (3rd generation)",
  softwareUpdateDeviceId: "iPad13,4",
};
const appleSiliconMac: Hardware = {
  platform: "macOS",
  productName: "Mac14,2",
  modelName: "MacBook Air (M2, 2022)",
  softwareUpdateDeviceId: "J413AP",
  appleSilicon: true,
};
const intelMac: Hardware = {
  platform: "macOS",
  productName: "MacBookPro16,1",
  modelName: "MacBook Pro (16-inch, 2019)",
  softwareUpdateDeviceId: "J152FAP",
  appleSilicon: false,
};
const appleTv: Hardware = {
  platform: "tvOS",
  productName: "AppleTV14,1",
  modelName: "Apple TV 4K (3rd generation)",
};

const oldIPhone: Hardware = {
  platform: "iOS",
  productName: "iPhone6,1",
  modelName: "iPhone 5s",
  lastMajor: 12,
};
const oldMac: Hardware = {
  platform: "macOS",
  productName: "MacBookPro11,4",
  modelName: "MacBook Pro (15-inch, 2015)",
  appleSilicon: false,
  lastMajor: 12,
};
const silicon2021: Hardware = {
  platform: "macOS",
  productName: "MacBookPro18,3",
  modelName: "MacBook Pro (14-inch, 2021)",
  softwareUpdateDeviceId: "J314sAP",
  appleSilicon: true,
};

const iOS26 = { version: "26.5", build: "23F77" };
const macOS26 = { version: "26.5", build: "25F71" };
const macOS15 = { version: "15.7.7", build: "24G720" };
const phone = { hardware: iPhone, startsOn: iOS26, supervised: true } as const;
const pad = { hardware: iPad, startsOn: iOS26, supervised: true } as const;
const intel = { hardware: intelMac, startsOn: macOS26, supervised: true } as const;
const silicon = { hardware: appleSiliconMac, startsOn: macOS26, supervised: true } as const;

/** All kinds by their stable names. A new kind is a new entry; a new behaviour is a new key of `Kind`. */
export const kinds = {
  "iphone-no-passcode": { hardware: iPhone, startsOn: iOS26, supervised: true },
  "iphone-late-consent": { hardware: iPhone, startsOn: iOS26, supervised: true, consentHours: [3, 14] },
  "ipad-already-downloaded": { hardware: iPad, startsOn: iOS26, supervised: true, alreadyDownloaded: true },
  "mac-apple-silicon": { hardware: appleSiliconMac, startsOn: macOS26, supervised: true },
  "mac-intel": { hardware: intelMac, startsOn: macOS26, supervised: true },
  "apple-tv": {
    hardware: appleTv,
    startsOn: { version: "26.5", build: "23L471" },
    supervised: true,
    oldScep: true,
    awaitsConfiguration: true,
  },
  "iphone-unsupervised": { hardware: iPhone, startsOn: iOS26, supervised: false },
  // An invented release above every target, below the next major.
  "iphone-newer": { hardware: iPhone, startsOn: { version: "26.7", build: "23H10" }, supervised: true },
  "iphone-no-space": { hardware: iPhone, startsOn: iOS26, supervised: true, noSpace: true },
  "iphone-swallows-answer": { hardware: iPhone, startsOn: iOS26, supervised: true, swallowsAnswer: true },
  "iphone-not-now": { hardware: iPhone, startsOn: iOS26, supervised: true, notNow: [2, 4] },
  "iphone-os-27": { hardware: iPhone, startsOn: { version: "27.0", build: "24A300" }, supervised: true },
  "ipad-shared": { ...pad, sharedIpad: true, troubles: [{ at: "install", says: "12077", hours: [0.5, 1.5] }] },
  "ipad-download-only": pad,
  "ipad-poor-network": { ...pad, troubles: [{ at: "download", says: "DownloadInsufficientNetwork", hours: [2, 5] }] },
  "ipad-space-later": { ...pad, troubles: [{ at: "download", says: "DownloadInsufficientSpace", hours: [3, 9] }] },
  "iphone-away-for-days": { ...phone, awayHours: [25, 30] },
  "iphone-ios-11": { hardware: oldIPhone, startsOn: { version: "11.2.6", build: "15D100" }, supervised: true },
  "iphone-no-results": { ...phone, noResults: true },
  "iphone-not-seen-yet": { ...phone, troubles: [{ at: "download", says: "12048", hours: [2, 6] }] },
  "iphone-on-battery": {
    ...phone,
    troubles: [
      { at: "download", says: "DownloadInsufficientPower", hours: [1, 4] },
      { at: "install", says: "InstallInsufficientPower", hours: [0.5, 1.5] },
    ],
  },
  "iphone-phone-call": {
    ...phone,
    troubles: [{ at: "install", says: "InstallPhoneCallInProgress", hours: [0.2, 0.8] }],
  },
  "iphone-purges": { ...phone, purges: true },
  "iphone-tonight": { ...phone, tonight: true },
  "iphone-user-enrollment": { hardware: iPhone, startsOn: iOS26, supervised: false, userEnrollment: true },
  "iphone-user-installs": { ...phone, userInstalls: true },
  "mac-failing-scan": { ...intel, troubles: [{ at: "scan", says: "12050", hours: [1, 4] }] },
  "mac-force-restart": intel,
  "mac-install-later": intel,
  "mac-late-login": { ...silicon, loginHours: [14, 20] },
  "mac-macos-11": { hardware: oldMac, startsOn: { version: "11.7.10", build: "20G1427" }, supervised: true },
  "mac-major": { hardware: silicon2021, startsOn: macOS15, supervised: true },
  "mac-major-forced": { hardware: silicon2021, startsOn: macOS15, supervised: true },
  "mac-makes-it-later": { ...intel, makesItLater: true },
  "mac-no-bootstrap-token": { ...silicon, loginHours: [5000, 6000] },
  "mac-notify-only": intel,
  "mac-other-updates": { ...intel, otherUpdates: true },
  "mac-power-nap": { ...silicon, powerNapHours: [2, 5] },
} as const satisfies Record<string, Kind>;

/** The name of a kind, for example `mac-intel`. */
export type KindName = keyof typeof kinds;

/** The names of all kinds, in the order of the table. */
export const kindNames = Object.keys(kinds) as readonly KindName[];
