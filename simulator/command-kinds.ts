/** The kinds whose stories are about update commands. */
import { appleSiliconMac, appleTv, intelMac, iPad, iPhone, oldIPhone, oldMac, silicon2021 } from "./hardware.ts";
import type { Kind } from "./kind.ts";

const iOS26 = { version: "26.5", build: "23F77" };
const macOS26 = { version: "26.5", build: "25F71" };
const macOS15 = { version: "15.7.7", build: "24G720" };
// Their stories are about commands, so none of them can be told by declarations.
const commands = { supervised: true, declarative: false } as const;
const phone = { hardware: iPhone, startsOn: iOS26, ...commands } as const;
const pad = { hardware: iPad, startsOn: iOS26, ...commands } as const;
const intel = { hardware: intelMac, startsOn: macOS26, ...commands } as const;
const silicon = { hardware: appleSiliconMac, startsOn: macOS26, ...commands } as const;

export const commandKinds = {
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
    does: "has an EnrollmentID instead of UDID and serial number; refuses update commands",
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
