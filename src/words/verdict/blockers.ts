/**
 * What stands in a device's way. Most of it follows from what the device answered; the detail that it gave is added after a colon.
 * `version-unreadable` is a refusal too and stands there.
 */
import type { BlockerCode } from "../../plans/index.ts";
import type { Words } from "./fragments.ts";

export const BLOCKERS: Readonly<
  Record<Exclude<BlockerCode, "version-unreadable">, Words & { readonly cause: string }>
> = {
  "insufficient-space": { cause: "the device has too little free space", remedy: "Free some space on the device." },
  "insufficient-power": {
    cause: "the device's battery is too low and it is not plugged in",
    remedy: "Plug the device in.",
  },
  "insufficient-network": {
    cause: "the device's network is not good enough for the download",
    remedy: "Bring the device to a good Wi-Fi network.",
  },
  "download-failed": { cause: "the download failed" },
  "requires-computer": {
    cause: "this device can only get the update from a computer it is tethered to",
    remedy: "Update the device from a computer with Finder or Apple Configurator.",
  },
  "phone-call": { cause: "a phone call was in progress" },
  "install-failed": { cause: "the install failed without a stated reason" },
  "bootstrap-token-missing": {
    cause: "the Mac needs a bootstrap token to install without its user, and none is escrowed here",
    remedy:
      "Let a user with a secure token log in once: the Mac then escrows its token, and the job continues automatically. Or let its user accept the update.",
  },
  "bootstrap-token-disallowed": {
    cause: "the Mac does not let a bootstrap token authorise an install, so its user must",
    remedy: "Let its user accept the update, or allow it in the Mac's recoveryOS (Startup Security Utility).",
  },
  "later-not-allowed": { cause: "the Mac does not allow this update to be deferred", remedy: "Use --action install." },
  "logged-in-user": {
    cause: "a user is logged in on this Shared iPad",
    remedy: "Ask the user to log out. Uptick tries again automatically.",
  },
  passcode: {
    cause: "the update needs its user's passcode",
    remedy: "Ask the user to unlock the device and to enter the passcode when the update asks for it.",
  },
  "declaration-in-place": {
    cause: "a declaration on the device manages its updates, so the device refuses update commands",
    remedy: "Wait until the device has dropped its former declaration; Uptick tells it to sync.",
  },
  "declaration-invalid": { cause: "the device refuses what the declaration says" },
  "return-to-service": {
    cause: "the device is in Return to Service with app preservation, which keeps its OS as it is",
    remedy: "Update the device when it is next erased and enrolled, before its setup ends.",
  },
  "update-service-away": { cause: "the device's own update service did not answer" },
  "refused-for-good": { cause: "the device refuses the update for good" },
  "user-rejected": { cause: "the user declined", remedy: "Ask the user to accept the update." },
  unauthorized: { cause: "the device does not accept this command from this server" },
  "unknown-command": { cause: "the device does not know this command" },
  "scan-failed": {
    cause: "the Mac's search for updates failed",
    remedy: "See that the Mac reaches Apple's update servers.",
  },
  "no-update": {
    cause: "the device says that no update is available to it",
    remedy: "See that no restriction hides the update from the device, and that Apple offers it to this model.",
  },
  "not-offered-by-device": {
    cause: "the device does not list this update",
    remedy: "See that no restriction hides the update from the device, and that Apple offers it to this model.",
  },
  "download-not-starting": { cause: "the download was ordered several times and did not start" },
  "install-not-starting": {
    cause: "the install was ordered several times and did not happen",
    remedy: "Ask the user to accept the update, or look at the device.",
  },
  "version-not-told": { cause: "the device does not say which version it runs" },
  "format-error": { cause: "the device could not read our command (this is an internal fault)" },
  "command-forbidden": { cause: "Apple does not allow the command on this device" },
  "device-error": { cause: "the device answered with an error" },
};
