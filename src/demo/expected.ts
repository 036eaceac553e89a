/** How each kind of simulated device must end: the demo's table of expected ends. */
import type { KindName } from "../../simulator/index.ts";

export interface ExpectedEnd {
  readonly state: string;
  /** "|" parts alternatives: where a job continues for days, the moment at which it is looked at decides. */
  readonly reason: string;
  /** True when the device must install once and be seen on the target's version; else it must not install at all. */
  readonly updated: boolean;
  /** Reasons that its job must have had on the way, each explained to the admin while it held; "|" parts alternatives. */
  readonly onTheWay?: readonly string[];
  /** The InstallAction that the device must have carried out, where it is not InstallASAP. */
  readonly action?: string;
  /** The device, or its user, chose the moment: no window holds. */
  readonly ownMoment?: true;
  /** How many updates other than its OS it must have installed. */
  readonly others?: number;
  /** How often its user brings it to something else. */
  readonly byHand?: number;
  /** How it must be told; absent: by command, or not at all. */
  readonly by?: "declaration" | "either";
  /** It may install after its declared moment, and so outside the window: it could not do it then. */
  readonly late?: true;
}

export const endsSo = (
  { state, reason }: ExpectedEnd,
  job: { readonly state: string; readonly reason: string },
): boolean => job.state === state && reason.split("|").includes(job.reason);

const updated: ExpectedEnd = { state: "done", reason: "updated", updated: true };
const after = (...onTheWay: readonly string[]): ExpectedEnd => ({ ...updated, onTheWay });
const declared: ExpectedEnd = { ...updated, by: "declaration" };
/** Told by declaration, and not brought to the target by it. */
const declaredTo = (state: string, reason: string): ExpectedEnd => ({
  state,
  reason,
  updated: false,
  by: "declaration",
});
const refused = (reason: string): ExpectedEnd => ({ state: "refused", reason, updated: false });

const ENDS: Readonly<Record<KindName, ExpectedEnd>> = {
  "iphone-no-passcode": updated,
  "iphone-late-consent": updated,
  "ipad-already-downloaded": updated,
  "mac-apple-silicon": updated,
  "mac-intel": updated,
  "apple-tv": updated,
  "iphone-unsupervised": refused("not-supervised"),
  "iphone-newer": { state: "done", reason: "already-newer", updated: false },
  "iphone-no-space": { state: "blocked", reason: "insufficient-space", updated: false },
  "iphone-swallows-answer": updated,
  "iphone-not-now": updated,
  "iphone-os-27": declared,
  "ipad-shared": after("logged-in-user"),
  "ipad-download-only": { state: "downloaded", reason: "downloaded", updated: false },
  "ipad-poor-network": after("insufficient-network"),
  "ipad-space-later": after("insufficient-space"),
  "iphone-away-for-days": after("silent|report-awaited"),
  "iphone-ios-11": after("reading-list"),
  "iphone-no-results": updated,
  "iphone-not-seen-yet": after("no-update-said", "no-update"),
  "iphone-on-battery": after("insufficient-power"),
  "iphone-phone-call": after("phone-call"),
  "iphone-purges": updated,
  "iphone-tonight": after("installing"),
  "iphone-user-enrollment": refused("user-enrollment"),
  "iphone-user-installs": { state: "done", reason: "updated-by-itself", updated: true, onTheWay: ["no-update-said"] },
  "mac-failing-scan": after("scan-failed"),
  "mac-force-restart": { ...updated, action: "InstallForceRestart" },
  "mac-install-later": { ...after("waiting-for-user"), action: "InstallLater", ownMoment: true },
  "mac-late-login": updated,
  "mac-macos-11": after("reading-list"),
  "mac-major": updated,
  "mac-major-forced": refused("action-not-for-major"),
  "mac-makes-it-later": { ...updated, action: "InstallLater", ownMoment: true },
  "mac-no-bootstrap-token": { state: "blocked", reason: "bootstrap-token-missing|installs-used-up", updated: false },
  "mac-notify-only": { state: "notified", reason: "notified", updated: false },
  "mac-other-updates": { state: "done", reason: "other-updates-installed", updated: false, others: 3 },
  "mac-power-nap": after("not-now"),
  "iphone-declared": { ...declared, onTheWay: ["in-force|downloading|prepared|installing"] },
  "iphone-declared-unsupervised": declared,
  "ipad-declared-17": declared,
  "mac-declared": declared,
  "mac-declared-14": declared,
  // Its installation can't be authorised: it fails at its moment, and every hour once more.
  "mac-declared-no-token": declaredTo("blocked", "failing"),
  // A Mac must be supervised for either mechanism.
  "mac-declared-unsupervised": refused("not-supervised"),
  "apple-tv-declared": declared,
  // There was never a command for it.
  "vision-declared": declared,
  "iphone-declared-user-now": { ...declared, ownMoment: true },
  "mac-declared-tonight": { ...declared, ownMoment: true },
  "mac-declared-off": { ...declared, late: true },
  // Known before anything is declared.
  "iphone-declared-newer": { state: "done", reason: "already-newer", updated: false },
  "iphone-declared-utc": declared,
  "mac-declared-fails": declaredTo("blocked", "failing"),
  "iphone-declared-fails-first": { ...declared, onTheWay: ["failing"], late: true },
  // Where its first report is lost it is told by command after a day, like one that never reports.
  "iphone-declared-loses-reports": { ...updated, by: "either" },
  "iphone-declared-lags": declared,
  // It says that the declaration is in force and then nothing more, whatever the reason.
  "iphone-declared-ignores": declaredTo("declared", "past-not-begun"),
  "mac-declared-invalid": declaredTo("blocked", "refused-by-device"),
  // What its user installed is newer than the target: not what was declared.
  "iphone-declared-crosses-27": { ...declaredTo("done", "updated-by-itself"), onTheWay: ["prepared"], byHand: 1 },
  // Its OS could take a declaration, so it is given a day to say whether it does; then it is told by command.
  "iphone-declared-silent": after("report-awaited"),
  "iphone-declared-changes": declared,
  "iphone-declared-junk": declared,
  "iphone-declared-not-offered": declaredTo("declared", "past-not-begun"),
};

/** By the name of a kind, as a report gives it; the table has them all, and no other. */
export const EXPECTED_ENDS: Readonly<Record<string, ExpectedEnd>> = ENDS;
