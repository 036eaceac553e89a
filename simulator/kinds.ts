import type { SimPlatform } from "./releases.ts";

/** The hardware facts a device reports. */
export interface Hardware {
  readonly platform: SimPlatform;
  /** Product type, for example `iPhone14,2`. */
  readonly productName: string;
  readonly modelName: string;
  /** `SoftwareUpdateDeviceID`: the board id of a Mac, the product type elsewhere. Apple TV has none. */
  readonly softwareUpdateDeviceId?: string;
  readonly appleSilicon?: boolean;
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

const iOS26 = { version: "26.5", build: "23F77" };
const macOS26 = { version: "26.5", build: "25F71" };

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
} as const satisfies Record<string, Kind>;

/** The name of a kind, for example `mac-intel`. */
export type KindName = keyof typeof kinds;

/** The names of all kinds, in the order of the table. */
export const kindNames = Object.keys(kinds) as readonly KindName[];
