/** An error that the server answered with, in its own words. */
export { ServerProblem } from "../client/index.ts";
