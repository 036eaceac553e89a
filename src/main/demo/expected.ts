/** How each kind of simulated device must end: the demo's table of expected ends. */
export interface ExpectedEnd {
  readonly state: string;
  /** Reasons that count; one of them. */
  readonly reasons: readonly string[];
  /** True when the device must be seen on the target's version. */
  readonly updated: boolean;
}

const updated: ExpectedEnd = { state: "done", reasons: ["updated"], updated: true };

export const EXPECTED_ENDS: Readonly<Record<string, ExpectedEnd>> = {
  "iphone-no-passcode": updated,
  "iphone-late-consent": updated,
  "ipad-already-downloaded": updated,
  "mac-apple-silicon": updated,
  "mac-intel": updated,
  "apple-tv": updated,
  "iphone-unsupervised": { state: "refused", reasons: ["not-supervised"], updated: false },
  "iphone-newer": { state: "done", reasons: ["already-newer"], updated: false },
  "iphone-no-space": { state: "blocked", reasons: ["insufficient-space"], updated: false },
  "iphone-swallows-answer": updated,
  "iphone-not-now": updated,
  "iphone-os-27": { state: "done", reasons: ["already-newer"], updated: false },
};
