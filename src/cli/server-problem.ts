/** An error that the server answered with, in its own words. Its code may be one that this version does not know. */
import type { ChangedDecisions, Problem } from "../contract/index.ts";

export class ServerProblem extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly status: number;
  /** Of `dry-run-outdated`: the devices whose decision has changed. */
  readonly changed: ChangedDecisions | undefined;

  constructor({ code, detail, remedy, status, changed }: Problem) {
    super(detail);
    this.name = "ServerProblem";
    this.code = code;
    this.remedy = remedy;
    this.status = status;
    this.changed = changed;
  }
}
