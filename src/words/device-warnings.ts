/** The words of warnings that are about devices. */
import type { DeviceTrouble } from "../store/index.ts";

/** The devices that a warning is about. */
export interface AffectedDevices {
  readonly devices: number;
  /** Some of them, as an admin calls them. */
  readonly names: readonly string[];
  /** The newest error, of the device that had it. */
  readonly newest: DeviceTrouble | undefined;
}

/** What the words of each are filled with, beside the devices. */
export interface DeviceWarningParams {
  "identities-end": object;
  /** Whether this server still accepts identities that have ended. */
  "identities-ended": { readonly endedIdentities: "accept" | "refuse" };
  "devices-to-adopt": object;
  "certificates-to-adopt": object;
  "serials-shared": object;
  "macs-need-help": object;
  "push-tokens-dead": object;
  /** Topic of this server's push certificate. */
  "topics-differ": { readonly topic: string };
  "fell-back": object;
  "exclusions-end": object;
}

type Words = {
  readonly [C in keyof DeviceWarningParams]: {
    readonly sentence: (params: DeviceWarningParams[C] & AffectedDevices) => string;
    readonly remedy: (params: DeviceWarningParams[C]) => string;
  };
};

const counted = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);

export const DEVICE_WARNING_WORDS: Words = {
  "identities-end": {
    sentence: ({ devices: n }) => `The identities of ${counted(n)} end within 30 days and have not been renewed.`,
    remedy: () => "Bring silent devices online; enroll again the devices that refuse the renewal.",
  },
  "identities-ended": {
    sentence: ({ devices: n, endedIdentities }) =>
      `The identities of ${counted(n)} have ended. The server ${endedIdentities === "accept" ? "still accepts" : "refuses"} them.`,
    remedy: ({ endedIdentities }) =>
      endedIdentities === "accept"
        ? "They are renewed as soon as the devices are heard; enroll again the devices that refuse the renewal."
        : "Set expired-identities to accept so that they can be renewed, or enroll these devices again.",
  },
  "devices-to-adopt": {
    sentence: ({ devices: n }) =>
      `${counted(n)} came with a certificate of this server's CA but ${n === 1 ? "is" : "are"} not known here.`,
    remedy: () => "See which devices wait with uptick adopt --all --dry-run, and adopt them with uptick adopt.",
  },
  "certificates-to-adopt": {
    sentence: ({ devices: n }) =>
      `A certificate that is not known here was presented for ${counted(n)}. Uptick keeps to the certificate it knows until an admin adopts the other.`,
    remedy: () =>
      "After a restore this is expected. Compare fingerprint and subject with uptick adopt --all --dry-run, then adopt the certificate with uptick adopt.",
  },
  "serials-shared": {
    sentence: ({ devices: n }) => `${counted(n)} have the serial number of another device here.`,
    remedy: () =>
      "A Mac whose logic board was replaced keeps its serial number and gets another UDID: remove the enrollment that is gone with uptick remove ID.",
  },
  "macs-need-help": {
    sentence: ({ devices: n }) =>
      `${n === 1 ? "1 Mac with a pending update" : `${n} Macs with a pending update`} cannot install it unattended: no bootstrap token is escrowed, or the Mac does not accept it for updates.`,
    remedy: () =>
      "Let a user with a secure token log in once on each, before the deadline: the Mac then escrows its token.",
  },
  "push-tokens-dead": {
    sentence: ({ devices: n }) =>
      `${counted(n)} cannot be pushed: Apple does not accept the push token, or the device has sent none. ${n === 1 ? "It acts" : "They act"} only when ${n === 1 ? "it contacts" : "they contact"} the server without a push.`,
    remedy: () =>
      "Connect the devices to a network and restart them: a device sends a new token when it has one. Enroll again the devices that stay silent.",
  },
  "topics-differ": {
    sentence: ({ devices: n, topic }) =>
      `${counted(n)} enrolled with another push topic than that of the push certificate (${topic}) and cannot be pushed.`,
    remedy: () => "Import the push certificate with the devices' topic, or enroll these devices again.",
  },
  "fell-back": {
    sentence: ({ devices: n }) =>
      `${counted(n)} ${n === 1 ? "runs" : "run"} an older OS than the one on which ${n === 1 ? "its" : "their"} newest plan had ended.`,
    remedy: () => "Make a new plan for these devices.",
  },
  "exclusions-end": {
    sentence: ({ devices: n }) =>
      `The ${n === 1 ? "exclusion of 1 device ends" : `exclusions of ${n} devices end`} within 7 days: plans then continue with ${n === 1 ? "it" : "them"}.`,
    remedy: () => "If a device must not be updated yet, exclude it again until a later date with uptick exclude.",
  },
};
