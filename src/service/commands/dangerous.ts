/** Commands of the raw command API that take a device away from its user or from us: none goes out without its name said again. */
import type { PlistDict } from "../../protocol/index.ts";

/** What each of them does, as the end of a sentence. */
const DANGEROUS: Readonly<Record<string, string>> = {
  EraseDevice: "erases the device",
  DeviceLock: "locks its user out",
  ClearPasscode: "takes the passcode off the device",
  ShutDownDevice: "switches the device off until someone switches it on",
};

/** What the command would do that must be meant; undefined when it needs no such word. `ours`: our profile's identifier. */
export function dangerOf(requestType: string, body: PlistDict, ours: string): string | undefined {
  if (Object.hasOwn(DANGEROUS, requestType)) return DANGEROUS[requestType];
  if (requestType === "RemoveProfile" && body.get("Identifier") === ours) return "ends the device's enrollment here";
  const profile = requestType === "InstallProfile" ? body.get("Payload") : undefined;
  // Signed or not, a profile's text stands in it as it is.
  if (profile instanceof Uint8Array && Buffer.from(profile).includes(ours)) return "replaces the enrollment profile";
  return undefined;
}
