/** Reads a property list in either of the forms a device may send. */
import { isBinaryPlist, parseBinaryPlist } from "./parse-binary.ts";
import { parseXmlPlist, type PlistLimits } from "./parse-xml.ts";
import type { PlistValue } from "./value.ts";

/** Binary where it begins with `bplist00`, else XML. @throws UptickError as `parseXmlPlist` and `parseBinaryPlist` do */
export function parsePlist(bytes: Uint8Array, limits: PlistLimits = {}): PlistValue {
  return isBinaryPlist(bytes) ? parseBinaryPlist(bytes, limits) : parseXmlPlist(bytes, limits);
}
