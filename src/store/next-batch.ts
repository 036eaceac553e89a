/**
 * Which of the asks that wait are done together next. Somebody waits for most of them: a device, a person. Of those for which nobody
 * does (`Transaction.patient`) a batch takes a few, and as many more as batches stay short; the others overtake what is left of them.
 */

/** Patient asks in one batch. The least of them are some milliseconds. */
const LEAST = 16;
const MOST = 64;
/** ms that a batch takes: below the first it may have more patient asks, above the second it must have fewer. */
const SHORT = 8;
const LONG = 12;
const STEP = 8;

export interface NextBatch {
  /** Takes the asks of the next batch from the queue, in their order; at least one of a queue that has one. */
  take<A extends Queued>(queue: A[]): A[];
  /** How long (ms) the last batch took: whoever waits, waits for about two of them. */
  took(ms: number): void;
}

export interface Queued {
  readonly patient: boolean;
}

/** `most`: asks in a batch. */
export function nextBatch(most: number): NextBatch {
  let patientMost = LEAST;
  let isFull = false;
  return {
    take<A extends Queued>(queue: A[]): A[] {
      const batch: A[] = [];
      let [patient, left] = [0, 0];
      for (const ask of queue) {
        const fits = batch.length < most && (!ask.patient || patient < patientMost);
        if (fits && ask.patient) patient += 1;
        if (fits) batch.push(ask);
        else queue[left++] = ask;
      }
      queue.length = left;
      isFull = patient === patientMost;
      return batch;
    },
    took(ms) {
      if (ms > LONG) patientMost = Math.max(LEAST, patientMost - STEP);
      else if (ms < SHORT && isFull) patientMost = Math.min(MOST, patientMost + STEP);
    },
  };
}
