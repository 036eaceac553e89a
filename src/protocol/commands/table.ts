/** The commands we know by Apple's RequestType: those we write ourselves, and what we only check. */
import type { CommandDescription } from "./description.ts";
import {
  declarativeManagement,
  deviceConfigured,
  deviceInformation,
  installProfile,
  removeProfile,
  restartDevice,
  securityInfo,
} from "./other-commands.ts";
import { settings } from "./settings.ts";
import type { FieldValues } from "./shape.ts";
import { availableOSUpdates, osUpdateStatus, scheduleOSUpdate, scheduleOSUpdateScan } from "./update-commands.ts";

const table = {
  ScheduleOSUpdate: scheduleOSUpdate,
  ScheduleOSUpdateScan: scheduleOSUpdateScan,
  AvailableOSUpdates: availableOSUpdates,
  OSUpdateStatus: osUpdateStatus,
  DeviceInformation: deviceInformation,
  SecurityInfo: securityInfo,
  DeviceConfigured: deviceConfigured,
  RestartDevice: restartDevice,
  DeclarativeManagement: declarativeManagement,
  InstallProfile: installProfile,
  RemoveProfile: removeProfile,
} as const satisfies Record<string, CommandDescription>;

/** RequestTypes of the commands we write ourselves. */
export type RequestType = keyof typeof table;

/** A command by its RequestType, with the fields its description names. */
export type Command = {
  [R in RequestType]: { readonly requestType: R } & FieldValues<(typeof table)[R]["fields"]>;
}[RequestType];

export const REQUEST_TYPES = Object.keys(table) as readonly RequestType[];

export const isRequestType = (name: string): name is RequestType => Object.hasOwn(table, name);

/** Commands that an admin hands in and we check, but don't write. */
const checked = { Settings: settings } as const satisfies Record<string, CommandDescription>;

const byName: ReadonlyMap<string, CommandDescription> = new Map(Object.entries({ ...table, ...checked }));

/** The description of a command, or undefined for a RequestType we don't describe. */
export function describeCommand(requestType: string): CommandDescription | undefined {
  return byName.get(requestType);
}
