/** The answers to DeviceInformation and SecurityInfo: dictionaries of facts, kept whole. */
import { isDict, type PlistDict } from "../plist/value.ts";

/** By query; what the device does not know it leaves out. Source: mdm/commands/information.device.yaml (QueryResponses). */
export function decodeDeviceInformation(body: PlistDict): PlistDict {
  return dictAt(body, "QueryResponses");
}

/** Source: mdm/commands/information.security.yaml (SecurityInfo). */
export function decodeSecurityInfo(body: PlistDict): PlistDict {
  return dictAt(body, "SecurityInfo");
}

/** Empty when the key is absent or no dictionary: the report's bytes keep what was there instead. */
function dictAt(body: PlistDict, key: string): PlistDict {
  const value = body.get(key);
  return isDict(value) ? value : new Map();
}
