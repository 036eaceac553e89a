/** How a message of a device is answered. */
import type { ErrorCode } from "../../errors/index.ts";
import type { Forbidden, ForbiddenReason } from "../enrollment/caller.ts";

/**
 * 200 with a body (or none), or an empty refusal: 403, 410 for UserAuthenticate, 404 for a declaration that is withdrawn,
 * 503 where nothing can be said. There is no way to say anything that would unenroll a device.
 */
export type DeviceAnswer =
  | { readonly status: 200; readonly body: Uint8Array | undefined; readonly json?: true }
  | { readonly status: 403; readonly refused: RefusedIdentity }
  | { readonly status: 404 | 410 | 503 };

/** Whose identity was not admitted, and why. */
export interface RefusedIdentity {
  readonly reason: ErrorCode;
  /** What the device calls itself. */
  readonly udid: string;
  /** The enrollment that the certificate belongs to. */
  readonly owner: string | null;
}

const REASONS: Readonly<Record<ForbiddenReason, ErrorCode>> = {
  "other-device": "certificate-of-another-device",
  "not-bound-to-it": "certificate-not-bound",
  superseded: "certificate-superseded",
  ended: "certificate-ended",
  "names-another": "certificate-names-another",
};

/** An empty 403. */
export const refusal = ({ reason, owner }: Forbidden, udid: string): DeviceAnswer => ({
  status: 403,
  refused: { reason: REASONS[reason], owner, udid },
});
