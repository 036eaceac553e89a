/** What a pause, a halt or an exclusion does to devices, by how far their updates are. */
import type { PauseDryRun } from "../../contract/index.ts";
import { counted } from "../cli.ts";

const byWay = (what: string, { command, declaration }: PauseDryRun["waiting"]): string[] =>
  command + declaration === 0
    ? []
    : [`  ${counted(command + declaration, "device")}: ${what} (${command} by command, ${declaration} by declaration)`];

export const fateLines = (run: Omit<PauseDryRun, "devices">): string[] => [
  ...(run.notGiven === 0 ? [] : [`  ${counted(run.notGiven, "device")}: has no job yet, and gets none`]),
  ...byWay("nothing of the update has reached it; withdrawn", run.waiting),
  ...byWay("downloading, downloaded or declared; not installed", run.underWay),
  ...byWay("the install command was delivered or its moment has passed; watched to its end", run.beyondRecall),
  ...(run.installed === 0 ? [] : [`  ${counted(run.installed, "device")}: installed; nothing happens`]),
];
