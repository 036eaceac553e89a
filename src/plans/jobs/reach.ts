/** Whether a device can be woken: what Apple's push service made of the pushes that were sent to it. */

/** Why pushes do not reach a device. */
export type PushTroubleCode =
  /** Apple no longer accepts the device's push token (410 Unregistered, 400 BadDeviceToken). */
  | "push-token-dead"
  /** Apple does not accept the token with the topic of our push certificate (DeviceTokenNotForTopic and the like). */
  | "push-topic-refused"
  /** The connection or the push certificate is refused; no device can be pushed. */
  | "push-certificate-refused"
  /** Apple's push service does not answer, or asks to wait, again and again. */
  | "push-service-unreachable"
  /** Apple refused the push for another reason. */
  | "push-refused"
  /** The device has never sent a push token, or it was lost. */
  | "push-token-missing";

export interface PushTrouble {
  readonly code: PushTroubleCode;
  /** Apple's own reason, or that of the connection. */
  readonly reason: string;
  /** Since when pushes have failed for this cause, ms UTC. */
  readonly since: number;
}

export interface Reach {
  /** Pushes that Apple accepted since the device was last heard. */
  readonly pushesAccepted: number;
  /** Null while pushes are accepted, or none was tried. */
  readonly trouble: PushTrouble | null;
  /** When the device last sent anything, ms UTC. */
  readonly lastSeenAt: number | null;
}

/** A device that has been heard within this time is switched on and has a network. */
const RECENT = 25 * 3_600_000;

export const speaks = (reach: Reach | undefined, now: number): boolean =>
  reach !== undefined && reach.lastSeenAt !== null && now - reach.lastSeenAt < RECENT;
