/** A change that is made as its dry run has shown it: the flags that name the dry run, and what is said of it. */
import { type Command, Option } from "commander";
import type { AsOf, ChangedDecisions } from "../contract/index.ts";
import { changedLines } from "./changed-lines.ts";
import { clean } from "./clean.ts";
import { counted } from "./cli.ts";

export const addShownFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        "--hash <hash>",
        "make the change as this dry run showed it, with --as-of; where too many devices have changed since, nothing is done",
      ).conflicts("dryRun"),
    )
    .addOption(new Option("--as-of <time>", "when that dry run was made, as it printed it").conflicts("dryRun"));

/** The fields of a request that name a dry run. */
export function shownBy(
  command: Command,
  { hash, asOf }: { readonly hash?: string; readonly asOf?: string },
): { readonly hash?: string; readonly asOf?: { readonly decidedAt: string } } {
  if ((hash === undefined) !== (asOf === undefined)) command.error("error: --hash and --as-of name a dry run together");
  return hash === undefined || asOf === undefined ? {} : { hash, asOf: { decidedAt: asOf } };
}

interface Savable {
  readonly hash: string;
  readonly asOf: AsOf;
  readonly savableUntilAt: string;
}

/** `what`: "make this plan". */
export const savableLines = (what: string, { hash, asOf, savableUntilAt }: Savable): string[] => [
  clean(`To ${what} as shown, by ${savableUntilAt},`),
  "repeat the command without --dry-run and with",
  clean(`  --hash ${hash} --as-of ${asOf.decidedAt}`),
];

/** Devices that have changed since the dry run, of a change of standing plans. */
export const sinceLines = (changed: ChangedDecisions | undefined): string[] =>
  changed === undefined || changed.count === 0
    ? []
    : [`${counted(changed.count, "device")} changed since the dry run:`, ...changedLines(changed)];
