/** An error that the server answered with, in its own words. Its code may be one that this version does not know. */
import type { Problem } from "../contract/index.ts";

export class ServerProblem extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly status: number;

  constructor({ code, detail, remedy, status }: Problem) {
    super(detail);
    this.name = "ServerProblem";
    this.code = code;
    this.remedy = remedy;
    this.status = status;
  }
}
