/** The 403 that tells a device in Setup Assistant to update before it enrolls. Source: mdm/errors/softwareupdate.required.yaml. */
import type { Support } from "../commands/shape.ts";
import type { Platform } from "../platform.ts";

/** Where a device takes it. */
export const UPDATE_REQUIRED_SUPPORT = {
  iOS: { introduced: "17.0" },
  macOS: { introduced: "14.0" },
  visionOS: { introduced: "26.0" },
} as const satisfies Support;

/** No Apple TV and no Watch takes it, whatever it says of itself. */
export const takesUpdateRequired = (platform: Platform): boolean => Object.hasOwn(UPDATE_REQUIRED_SUPPORT, platform);

/** A release, as the 403 names it. */
export interface RequiredRelease {
  /** As Apple lists it, letter by letter: "26.6.1". */
  readonly version: string;
  /** A Background Security Improvement on that version: its letter ("a"), and the build that it has then. */
  readonly improvement?: { readonly letter: string; readonly build: string };
}

/** The text of `OSVersion`: "26.6.1", or "26.3.1 (a)" for an improvement. */
export const requiredText = ({ version, improvement }: RequiredRelease): string =>
  improvement === undefined ? version : `${version} (${improvement.letter})`;

/** What the header must name: a device reads no body of another type. */
export const UPDATE_REQUIRED_TYPE = "application/json";

/**
 * The body. Only an improvement has a build: a version is installed with whichever build Apple offers to the model.
 * @param words `description` is for the device's log, `message` for the person at the device
 */
export function updateRequired(
  release: RequiredRelease,
  words: { readonly description: string; readonly message: string },
): string {
  const { improvement } = release;
  return JSON.stringify({
    code: "com.apple.softwareupdate.required",
    description: words.description,
    message: words.message,
    details: {
      OSVersion: requiredText(release),
      ...(improvement === undefined ? {} : { BuildVersion: improvement.build }),
    },
  });
}
