/** The profile that carries restrictions to a device. It has nothing to do with the one that enrolls. */
import type { PlistValue } from "../plist/value.ts";
import { writeXmlPlist } from "../plist/write-xml.ts";
import type { Restrictions } from "./restrictions-for.ts";

/** Always the same: a new profile of this identifier replaces the one before, and RemoveProfile names it. */
export const RESTRICTIONS_PROFILE = "uptick.restrictions";

const NAMES = {
  "com.apple.applicationaccess": "Update deferrals",
  "com.apple.SoftwareUpdate": "Automatic updates",
} as const;

/**
 * The profile as an XML property list, unsigned: it only ever travels on the connection that the device trusts its commands
 * on. Source: mdm/profiles (com.apple.applicationaccess, com.apple.SoftwareUpdate). `newId`: a fresh UUID for each payload.
 */
export function restrictionsProfile({ payloads }: Restrictions, newId: () => string): Uint8Array {
  const content = [...payloads].map(([type, keys]): PlistValue => {
    const said = [...keys].map(([key, value]): [string, PlistValue] => [
      key,
      typeof value === "number" ? BigInt(value) : value,
    ]);
    return new Map<string, PlistValue>([
      ["PayloadType", type],
      ["PayloadVersion", 1n],
      ["PayloadIdentifier", `${RESTRICTIONS_PROFILE}.${type}`],
      ["PayloadUUID", newId().toUpperCase()],
      ["PayloadDisplayName", NAMES[type]],
      ...said,
    ]);
  });
  return writeXmlPlist(
    new Map<string, PlistValue>([
      ["PayloadType", "Configuration"],
      ["PayloadVersion", 1n],
      ["PayloadIdentifier", RESTRICTIONS_PROFILE],
      ["PayloadUUID", newId().toUpperCase()],
      ["PayloadDisplayName", "OS update settings"],
      ["PayloadDescription", "How this device treats updates of its OS, as its organization asks."],
      ["PayloadScope", "System"],
      ["PayloadContent", content],
    ]),
  );
}
