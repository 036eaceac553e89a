/** A job's verdict in words, for tests that hold a job to what an admin reads of it. */
import { type Job, type ListNote, type Reach, verdictOf as codesOf } from "../../plans/index.ts";
import { verdictWords, type VerdictWords } from "./verdict.ts";

export const verdictOf = (job: Job, now: number, reach?: Reach, listed?: ListNote): VerdictWords =>
  verdictWords(codesOf(job, now, reach, listed));
