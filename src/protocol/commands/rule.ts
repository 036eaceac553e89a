/** What Apple's schema forbids, as values: a refusal is shown to the admin, not thrown. */
import type { Platform } from "../platform.ts";

/** What we know of the device a command is for. What is unknown never refuses. */
export interface CommandTarget {
  readonly platform: Platform;
  /** e.g. "26.6.2" */
  readonly osVersion?: string | undefined;
  readonly supervised?: boolean | undefined;
  readonly enrollment: "device" | "user";
  /** AccessRights of the enrollment, a sum of bits. */
  readonly accessRights?: number | undefined;
  /** No command here asks for it or forbids it; here for those that will. */
  readonly sharedIpad?: boolean | undefined;
}

/** A rule that a command breaks. */
export interface Rule {
  /** Path of the key, e.g. "Updates[0].ProductVersion"; the RequestType when it is about the command itself. */
  readonly key: string;
  /** The rule in words, e.g. "ProductVersion needs macOS 12.0 or later". */
  readonly text: string;
  /** Schema file of apple/device-management, and the key in it. */
  readonly source: string;
}
