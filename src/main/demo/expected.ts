/** How each kind of simulated device must end: the demo's table of expected ends. */
export interface ExpectedEnd {
  readonly state: string;
  readonly reason: string;
  /** True when the device must install once and be seen on the target's version; else it must not install at all. */
  readonly updated: boolean;
}

const updated: ExpectedEnd = { state: "done", reason: "updated", updated: true };

export const EXPECTED_ENDS: Readonly<Record<string, ExpectedEnd>> = {
  "iphone-no-passcode": updated,
  "iphone-late-consent": updated,
  "ipad-already-downloaded": updated,
  "mac-apple-silicon": updated,
  "mac-intel": updated,
  "apple-tv": updated,
  "iphone-unsupervised": { state: "refused", reason: "not-supervised", updated: false },
  "iphone-newer": { state: "done", reason: "already-newer", updated: false },
  "iphone-no-space": { state: "blocked", reason: "insufficient-space", updated: false },
  "iphone-swallows-answer": updated,
  "iphone-not-now": updated,
  "iphone-os-27": { state: "refused", reason: "commands-removed", updated: false },
};
