/** One row of a table of errors. */
export interface ErrorEntry {
  /** HTTP status on the admin API. */
  readonly status: number;
  /** One sentence: when this happens. */
  readonly when: string;
  /** What to do, in terms of whoever meets it: for an error of the API, its fields and routes. */
  readonly remedy: string;
  /** What to do in terms of commands, where the API's remedy names fields or routes. */
  readonly command?: string;
}
