/** Where declarations, their keys and status items exist, and for which enrollments. */
import type { Since } from "../commands/shape.ts";
import { compareVersions } from "../os-version.ts";
import type { Platform } from "../platform.ts";

/**
 * Apple's `allowed-enrollments`: `device` is a device enrollment without supervision, `user` a user enrollment. `local` (a
 * device without a server) is left out: such a device never speaks to us.
 */
export type AllowedEnrollment = "supervised" | "device" | "user";

/** Since when, and for whom. Only the system scope (device channel): nothing goes to a user channel. */
export interface DeclarativeSince extends Since {
  readonly enrollments: readonly AllowedEnrollment[];
}

/** A platform that is not named never had it. */
export type DeclarativeSupport = Readonly<Partial<Record<Platform, DeclarativeSince>>>;

/** What is known of the device that a declaration is for. What is unknown is not assumed: nothing is sent on a guess. */
export interface DeclarativeDevice {
  readonly platform: Platform;
  /** e.g. "26.6.2" */
  readonly osVersion?: string | undefined;
  readonly supervised?: boolean | undefined;
  readonly enrollment: "device" | "user";
  /** Changes nothing on the device channel; Apple allows the same there. */
  readonly sharedIPad?: boolean | undefined;
}

export type RefusalCode = "platform" | "version" | "supervision" | "enrollment";

/** Why a device can't have something. */
export interface Refusal {
  readonly code: RefusalCode;
  /** In words, e.g. "needs macOS 15.4 or later". */
  readonly why: string;
}

/** Undefined where Apple's schema allows it. */
export function refusal(support: DeclarativeSupport, device: DeclarativeDevice): Refusal | undefined {
  const since = support[device.platform];
  return sinceRefusal(since, device) ?? (since && enrollmentRefusal(since.enrollments, device));
}

/** The platform and version alone. */
export function sinceRefusal(since: Since | undefined, device: DeclarativeDevice): Refusal | undefined {
  const { platform, osVersion } = device;
  if (since === undefined) return { code: "platform", why: `does not exist on ${platform}` };
  const needs = `needs ${platform} ${since.introduced} or later`;
  if (osVersion === undefined) return { code: "version", why: `${needs}, and the OS version is not known` };
  if (compareVersions(osVersion, since.introduced) < 0) return { code: "version", why: needs };
  if (since.removed !== undefined && compareVersions(osVersion, since.removed) >= 0) {
    return { code: "version", why: `is gone since ${platform} ${since.removed}` };
  }
  return undefined;
}

/** The enrollment and supervision alone. */
export function enrollmentRefusal(
  allowed: readonly AllowedEnrollment[],
  device: DeclarativeDevice,
): Refusal | undefined {
  if (device.enrollment === "user") {
    return allowed.includes("user")
      ? undefined
      : { code: "enrollment", why: "is not allowed in a user enrollment (BYOD)" };
  }
  if (device.supervised === true || allowed.includes("device")) return undefined;
  const known = device.supervised === undefined ? ", and whether the device is supervised is not known" : "";
  return { code: "supervision", why: `needs supervision${known}` };
}
