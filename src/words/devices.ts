/** What an admin reads when a device is removed or adopted, or shows a certificate that waits. */

/** What a removed device may still do. Times are text, as an admin reads them; null: not known. */
export interface MayStillParams {
  readonly kind: "command" | "declaration" | "restrictions";
  /** The version that it leads to, where it leads to one. */
  readonly target: string | null;
  /** "2026-12-04T19:00:00.000Z" */
  readonly deliveredAt: string | null;
  /** "2026-12-04T19:00:00", the device's local time. */
  readonly enforceAtLocal: string | null;
}

export function mayStillWords({ kind, target, deliveredAt, enforceAtLocal }: MayStillParams): string {
  const what = target ?? "an update";
  switch (kind) {
    case "command":
      return `An update command was delivered ${deliveredAt === null ? "earlier" : `at ${deliveredAt}`}; the device may still install ${what}.`;
    case "declaration": {
      const when = enforceAtLocal === null ? "" : ` at ${enforceAtLocal.replace("T", " ")} on its own clock`;
      return `The device may still have an update declaration, which installs ${what}${when}.`;
    }
    case "restrictions":
      return "The update settings of its policy stay on the device until its MDM profile is removed.";
  }
}

export const adoptedWords = (dryRun: boolean): string =>
  dryRun ? "This certificate would be adopted." : "This certificate was adopted.";

/** `removed`: an admin removed the device, and it has no push token by which it could be reached. */
export const nothingWaitsWords = (removed: boolean): string =>
  removed
    ? "The device was removed and cannot be reached: no push token is stored. It can be adopted when it speaks again."
    : "No certificate waits for this device.";

/** Added to the verdict of a device that may well be switched on and speak: with the certificate that waits. */
export const CERTIFICATE_WAITS = {
  sentence: "A certificate that is not adopted was presented for this device.",
  remedy:
    "If the certificate is the device's own (after a restore, or a new certificate of your CA), adopt it: uptick adopt. Until then the device gets no commands.",
} as const;
