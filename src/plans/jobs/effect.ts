/** What must be done when a job has moved. Returned by `step`, carried out by the service. */
import type { Purpose } from "./job.ts";

export type Effect =
  | {
      readonly kind: "send";
      readonly purpose: Purpose;
      /** Does harm when delivered twice: delivered only once. */
      readonly once: boolean;
      readonly notBefore?: number;
      readonly notAfter?: number;
    }
  /** Take the command back from the queue: withdrawn if it never left, else its answer is given up as lost. */
  | { readonly kind: "withdraw"; readonly purpose: Purpose }
  | { readonly kind: "push" }
  /** Tell the device to sync its declarations. */
  | { readonly kind: "sync" }
  /** Ask what must be known of the device (after every job). */
  | { readonly kind: "refreshFacts" };

/** Tells the device to sync, and wakes it for that. */
export const SYNC: readonly Effect[] = [{ kind: "sync" }, { kind: "push" }];
