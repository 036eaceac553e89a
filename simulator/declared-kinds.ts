/** The kinds that are updated by declarations: what each does with an enforcement, and how it ends. */
import { appleSiliconMac, appleTv, intelMac, iPad, iPhone, silicon2021, visionPro } from "./hardware.ts";
import type { Kind } from "./kind.ts";

const phone = { hardware: iPhone, startsOn: { version: "26.5", build: "23F77" }, supervised: true } as const;
const mac = { hardware: appleSiliconMac, startsOn: { version: "26.5", build: "25F71" }, supervised: true } as const;
const intel = { ...mac, hardware: intelMac } as const;

export const declaredKinds = {
  "iphone-declared": {
    does: "`waiting`, `downloading`, `prepared`; at its local deadline `installing`, one restart, `none`",
    ...phone,
  },
  "iphone-declared-unsupervised": {
    does: "as `iphone-declared`, without being supervised",
    ...phone,
    supervised: false,
  },
  "ipad-declared-17": {
    does: "as `iphone-declared`, from iPadOS 17, which has no `softwareupdate.device-id`",
    hardware: iPad,
    startsOn: { version: "17.7.10", build: "21H450" },
    supervised: true,
  },
  "mac-declared": {
    does: "as `iphone-declared`, on Apple silicon: fetches its bootstrap token at the deadline",
    ...mac,
  },
  "mac-declared-14": {
    does: "as `mac-declared`, from macOS 14: a new major",
    hardware: silicon2021,
    startsOn: { version: "14.8.7", build: "23J520" },
    supervised: true,
  },
  "mac-declared-no-token": {
    does: "nobody logs in, so no token is escrowed: `failed` at its deadline, and again every hour",
    ...mac,
    loginHours: [5000, 6000],
  },
  "mac-declared-unsupervised": {
    does: "`Error.ConfigurationNotSupported`",
    ...mac,
    supervised: false,
  },
  "apple-tv-declared": {
    does: "as `iphone-declared`, once it has waited for DeviceConfigured",
    hardware: appleTv,
    startsOn: { version: "26.5", build: "23L471" },
    supervised: true,
    awaitsConfiguration: true,
  },
  "vision-declared": {
    does: "as `iphone-declared`; it never knew an update command",
    hardware: visionPro,
    startsOn: { version: "26.5", build: "23O6471" },
    supervised: true,
  },
  "iphone-declared-user-now": {
    does: "its user installs hours after it is prepared",
    ...phone,
    userChooses: "now",
  },
  "mac-declared-tonight": {
    does: "its user chooses the night, where the deadline leaves one",
    ...mac,
    userChooses: "tonight",
  },
  "mac-declared-off": {
    does: "off at its deadline for hours: installs an hour after it is on again",
    ...intel,
    offAtDeadlineHours: [2, 20],
  },
  "iphone-declared-newer": {
    does: "runs something newer: `Error.ConfigurationCannotBeApplied`",
    ...phone,
    startsOn: { version: "26.7", build: "23H10" },
  },
  "iphone-declared-utc": {
    does: "tells its deadline in UTC without saying so (`…T…`, no zone), as `softwareupdate.target-local-date-time`",
    ...phone,
    deadlineInUtc: true,
    deadlineByLongName: true,
  },
  "mac-declared-fails": {
    does: "tries again and again with a rising count",
    ...intel,
    failsTimes: Infinity,
  },
  "iphone-declared-fails-first": {
    does: "fails three times, then succeeds",
    ...phone,
    failsTimes: 3,
  },
  "iphone-declared-loses-reports": {
    does: "half of its status reports never arrive",
    ...phone,
    losesReports: 0.5,
  },
  "iphone-declared-lags": {
    does: "its status reports are hours old",
    ...phone,
    reportLagHours: [3, 8],
  },
  "iphone-declared-ignores": {
    does: "says it is active, and does nothing",
    ...phone,
    ignoresDeclarations: true,
  },
  "mac-declared-invalid": {
    does: "`Error.ConfigurationIsInvalid`",
    ...mac,
    callsInvalid: true,
  },
  "iphone-declared-crosses-27": {
    does: "its user brings it to OS 27 within two days: from then on `Error.ConfigurationCannotBeApplied`",
    ...phone,
    upgradesItself: { version: "27.0", build: "24A300", hours: [12, 40] },
  },
  "iphone-declared-silent": {
    does: "acknowledges the command and never syncs",
    ...phone,
    neverSyncs: true,
  },
  "iphone-declared-changes": {
    does: "tells only what changed of `management.declarations`, and `_removed` for what it no longer holds",
    ...phone,
    tellsChanges: true,
  },
  "iphone-declared-junk": {
    does: "its first status report is no JSON",
    ...phone,
    junkReport: true,
  },
  "iphone-declared-not-offered": {
    does: "Apple offers it nothing newer: active, and nothing happens",
    ...phone,
    offeredUpTo: "26.5",
  },
} as const satisfies Record<string, Kind>;
