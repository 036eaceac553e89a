/** What a rehearsal says on a terminal of 80 columns. */
import { SPEED } from "./fast-clock.ts";

const RULE = "=".repeat(72);

/** The first lines, before anything is started. */
export const banner = (devices: number): string[] => [
  RULE,
  "REHEARSAL. Nothing here is real.",
  `A real server, a fake push service and ${devices} simulated devices, on this machine`,
  `only. Time begins on 25 August 2026 and runs ${SPEED} times as fast: one minute is an`,
  "hour. All data is deleted when you press Ctrl-C.",
  RULE,
];

/** Where the server is, and what to type. */
export const instructions = (url: string, token: string): string[] => [
  "",
  `Admin API:  ${url}`,
  `Token:      ${token}`,
  "",
  "In another terminal, in this directory:",
  "",
  `  export UPTICK_URL=${url}`,
  `  export UPTICK_TOKEN=${token}`,
  "",
  "  npx uptick behind",
  "  npx uptick update --to latest-minor --devices all --dry-run",
  "  npx uptick update --to latest-minor --devices all",
  "",
  "The last command makes a plan, and names the command that watches it. The",
  "devices need some minutes. docs/devices.md says what is special about each kind;",
  "some of them need a person, and some can never be updated.",
  "",
];

export const progress = (enrolled: number, all: number): string =>
  enrolled < all
    ? `${enrolled} of ${all} devices are enrolled.`
    : `All ${all} devices are enrolled. Ctrl-C ends the rehearsal.`;
