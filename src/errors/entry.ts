/** One row of a table of errors. */
export interface ErrorEntry {
  /** HTTP status on the admin API. */
  readonly status: number;
  /** One sentence: when this happens. */
  readonly when: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}
