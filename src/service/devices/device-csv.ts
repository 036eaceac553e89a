/** A device of the list as a row of CSV. */
import type { DeviceView } from "../../contract/index.ts";
import { csvLine } from "../../csv/index.ts";

type Column = readonly [heading: string, value: (device: DeviceView) => string | null];
const COLUMNS: readonly Column[] = [
  ["serial", (device) => device.serial],
  ["udid", (device) => device.udid],
  ["name", (device) => device.name],
  ["model", (device) => device.model],
  ["platform", (device) => device.platform],
  ["version", (device) => device.osVersion],
  ["enrollment", (device) => device.enrollment],
  ["class", ({ compliance }) => compliance?.class ?? null],
  ["reason", ({ compliance }) => compliance?.reason ?? null],
  ["sentence", ({ compliance }) => compliance?.sentence ?? null],
  ["flags", ({ compliance }) => compliance?.flags.join(" ") ?? null],
  ["target", ({ compliance }) => compliance?.target ?? null],
  ["newest offered", ({ compliance }) => compliance?.newest ?? null],
  ["deadline", ({ compliance }) => compliance?.deadlineAt ?? null],
  ["plan", ({ compliance }) => compliance?.planId ?? null],
  ["last seen", ({ lastSeenAt }) => (lastSeenAt === null ? null : new Date(lastSeenAt).toISOString())],
];

export const csvHeading = (): string => csvLine(COLUMNS.map(([heading]) => heading));
export const deviceCsv = (device: DeviceView): string => csvLine(COLUMNS.map(([, valueOf]) => valueOf(device)));
