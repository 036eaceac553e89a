/** The kinds that are updated by declarations: what each does with an enforcement, and how it ends. */
import { appleSiliconMac, appleTv, intelMac, iPad, iPhone, silicon2021, visionPro } from "./hardware.ts";
import type { Kind } from "./kinds.ts";

const phone = { hardware: iPhone, startsOn: { version: "26.5", build: "23F77" }, supervised: true } as const;
const mac = { hardware: appleSiliconMac, startsOn: { version: "26.5", build: "25F71" }, supervised: true } as const;
const intel = { ...mac, hardware: intelMac } as const;

export const declaredKinds = {
  /** Installs and restarts once, at its local deadline. */
  "iphone-declared": phone,
  /** Has no update right to commands, and is enforced all the same: installs once, at its local deadline. */
  "iphone-declared-unsupervised": { ...phone, supervised: false },
  /** iOS 17, the first that can be enforced, without the status items of 18; installs once, at its local deadline. */
  "ipad-declared-17": { hardware: iPad, startsOn: { version: "17.7.10", build: "21H450" }, supervised: true },
  /** Fetches its bootstrap token and installs once, at its local deadline. */
  "mac-declared": mac,
  /** macOS 14, the first that can be enforced: a major, and one restart at its local deadline. */
  "mac-declared-14": { hardware: silicon2021, startsOn: { version: "14.8.7", build: "23J520" }, supervised: true },
  /** Nobody logs in, so no token is escrowed: `failed` from its deadline on, every hour once more; never installs. */
  "mac-declared-no-token": { ...mac, loginHours: [5000, 6000] },
  /** Reports `Error.ConfigurationNotSupported`, and never installs. */
  "mac-declared-unsupervised": { ...mac, supervised: false },
  /** Waits for DeviceConfigured; installs once, at its local deadline. */
  "apple-tv-declared": {
    hardware: appleTv,
    startsOn: { version: "26.5", build: "23L471" },
    supervised: true,
    awaitsConfiguration: true,
  },
  /** Never knew an update command; installs once, at its local deadline. */
  "vision-declared": { hardware: visionPro, startsOn: { version: "26.5", build: "23O6471" }, supervised: true },
  /** Its user takes it from the notification: installs hours after it is prepared, before its deadline. */
  "iphone-declared-user-now": { ...phone, userChooses: "now" },
  /** Its user chooses the night: installs at three in the morning, if the deadline is later. */
  "mac-declared-tonight": { ...mac, userChooses: "tonight" },
  /** Switched off at its deadline: installs one hour after it was switched on again. */
  "mac-declared-off": { ...intel, offAtDeadlineHours: [2, 20] },
  /** Newer than the target: reports `Error.ConfigurationCannotBeApplied`, and never installs. */
  "iphone-declared-newer": { ...phone, startsOn: { version: "26.7", build: "23H10" } },
  /** Reports its deadline in UTC and under the long name; installs once, at its local deadline. */
  "iphone-declared-utc": { ...phone, deadlineInUtc: true, deadlineByLongName: true },
  /** Tries for ever, with a rising count; never installs. */
  "mac-declared-fails": { ...intel, failsTimes: Infinity },
  /** Fails three times, then installs once: at its local deadline, or when it is ready after it. */
  "iphone-declared-fails-first": { ...phone, failsTimes: 3 },
  /** Half of its reports never arrive; installs once, at its local deadline. A full report tells it, within days. */
  "iphone-declared-loses-reports": { ...phone, losesReports: 0.5 },
  /** Its reports are hours old; installs once, at its local deadline. */
  "iphone-declared-lags": { ...phone, reportLagHours: [3, 8] },
  /** Says that its enforcement is active, and never begins; never installs. */
  "iphone-declared-ignores": { ...phone, ignoresDeclarations: true },
  /** Reports `Error.ConfigurationIsInvalid`, and never installs. */
  "mac-declared-invalid": { ...mac, callsInvalid: true },
  /** Its user brings it to OS 27 within two days: from then on `Error.ConfigurationCannotBeApplied`, and no command. */
  "iphone-declared-crosses-27": {
    ...phone,
    upgradesItself: { version: "27.0", build: "24A300", hours: [12, 40] },
  },
  /** Acknowledges the command and never syncs; never installs. */
  "iphone-declared-silent": { ...phone, neverSyncs: true },
  /** Tells only what changed of its declarations, and what it holds no more; installs once, at its local deadline. */
  "iphone-declared-changes": { ...phone, tellsChanges: true },
  /** Its first status report is no JSON; installs once, at its local deadline. */
  "iphone-declared-junk": { ...phone, junkReport: true },
  /** Apple does not offer it the target: the enforcement is active and nothing happens. */
  "iphone-declared-not-offered": { ...phone, offeredUpTo: "26.5" },
} as const satisfies Record<string, Kind>;
