/** Devices that a plan leaves out, since their decision is not the one that its dry run showed. */
import type { ChangedDecisions } from "../contract/index.ts";
import { clean } from "./clean.ts";
import { deviceName } from "./job-words.ts";

/** A line for each of the first; the rest as a number. */
export function changedLines({ count, devices }: ChangedDecisions, most = devices.length): string[] {
  const named = devices.slice(0, most);
  const more = count - named.length;
  return [
    ...named.map(({ device, sentence }) => {
      const serial = device.serial === null ? "" : ` (${device.serial})`;
      return clean(`  ${deviceName(device)}${serial}: ${sentence}`);
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
