/** What a device tells of itself when it asks for its enrollment profile in Setup Assistant. */
import { UptickError } from "../../errors/index.ts";
import { type AnswerFields, type AnswerItem, readItem } from "../answers/field.ts";
import { type Platform, platformOf } from "../platform.ts";
import { parsePlist } from "../plist/parse.ts";
import { isDict } from "../plist/value.ts";

/** Source: other/machineinfo.yaml; the other keys there are not read. */
export const machineInfoFields = {
  udid: { key: "UDID", kind: "string" },
  serial: { key: "SERIAL", kind: "string" },
  /** Product type, e.g. "iPhone17,1". */
  product: { key: "PRODUCT", kind: "string" },
  /** Build without the improvement, e.g. "23G83". */
  build: { key: "VERSION", kind: "string" },
  /** iOS 17, macOS 14. */
  osVersion: { key: "OS_VERSION", kind: "string" },
  supplementalBuild: { key: "SUPPLEMENTAL_BUILD_VERSION", kind: "string" },
  /** "(a)" where a Background Security Improvement is installed. */
  supplementalExtra: { key: "SUPPLEMENTAL_OS_VERSION_EXTRA", kind: "string" },
  /** What Apple lists a Mac by. iOS 17.4, macOS 14.4. */
  softwareUpdateDeviceId: { key: "SOFTWARE_UPDATE_DEVICE_ID", kind: "string" },
  /** The server may answer that an update is required. Absent: it may not. */
  canRequestSoftwareUpdate: { key: "MDM_CAN_REQUEST_SOFTWARE_UPDATE", kind: "boolean" },
  /** The device updates before it enrolls in any case, and the server may choose the version. macOS 26.1. */
  mandatorySoftwareUpdate: { key: "MANDATORY_SOFTWARE_UPDATE_REQUIRED", kind: "boolean" },
} as const satisfies AnswerFields;

/**
 * Looser than the schema: each key may be absent, and an empty text or a value of another type counts as absent, so that what is
 * not understood never keeps a device from its profile.
 */
export type MachineInfo = Omit<AnswerItem<typeof machineInfoFields>, "extra" | "malformed"> & {
  /** By its product type; absent where that is not known here. */
  readonly platform?: Platform;
};

/**
 * Reads the property list inside a MachineInfo message. Its signature is verified elsewhere.
 * @throws UptickError `plist-invalid`, `plist-too-large`; `message-invalid` for what is no dictionary
 */
export function readMachineInfo(bytes: Uint8Array): MachineInfo {
  const value = parsePlist(bytes);
  if (!isDict(value)) throw new UptickError("message-invalid", "A MachineInfo is not a dictionary.");
  const said = new Map([...value].filter(([, given]) => given !== ""));
  const { extra: _others, malformed: _nothingKnown, ...machine } = readItem(machineInfoFields, said);
  const platform = platformOf({ productName: machine.product });
  return platform === undefined ? machine : { ...machine, platform };
}
