/** Jobs as they stand when they are over. */
import type { FinalState } from "./state.ts";
import type { Job, JobTarget, Said } from "./job.ts";

/** A job that has ended, or one that was over before it began: that keeps only how it ended, and what was wanted. */
export type Ended = Job | Over;
export interface Over extends Said, Pick<Job, "since"> {
  readonly state: FinalState;
  readonly finishedAt?: number;
  readonly ended?: Said;
  readonly target?: undefined;
  readonly wanted?: JobTarget;
}
