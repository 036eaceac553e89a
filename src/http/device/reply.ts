/** The device face as a function: a request in, a reply out. Fastify only carries it (routes.ts). */
import { isUptickError, UptickError } from "../../errors/index.ts";
import { decodeCheckin } from "../../protocol/index.ts";
import type { DeviceFace } from "../../service/index.ts";

export interface DeviceRequest {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** DER of the client certificate that the TLS handshake proved; undefined when none was sent. */
  readonly certificate: Uint8Array | undefined;
}

/**
 * 200 (with a property list or nothing), 400, 403 with an empty body, 410 (only for UserAuthenticate) or 503. There is no
 * 401 in this type: to a device it would mean "remove your enrollment profile".
 */
export interface DeviceReply {
  readonly status: 200 | 400 | 403 | 410 | 503;
  readonly body?: Uint8Array;
}

const CHECKIN = "application/x-apple-aspen-mdm-checkin";
const CONNECT = "application/x-apple-aspen-mdm";

export async function answerDevice(face: DeviceFace, request: DeviceRequest): Promise<DeviceReply> {
  const shown = request.certificate === undefined ? undefined : face.identify(request.certificate);
  if (shown === undefined) return { status: 403 };
  try {
    const type = request.contentType.split(";")[0]?.trim().toLowerCase();
    if (type !== CHECKIN && type !== CONNECT) {
      throw new UptickError("message-invalid", `The content type is "${request.contentType.slice(0, 100)}".`, {
        remedy: `Devices send ${CHECKIN} or ${CONNECT}; look at the proxy in between.`,
      });
    }
    const answer =
      type === CHECKIN
        ? await face.checkin(shown, decodeCheckin(request.body))
        : await face.connect(shown, request.body);
    if (answer.status !== 200 || answer.body === undefined) return { status: answer.status };
    return { status: 200, body: answer.body };
  } catch (error) {
    return troubled(face, shown.fingerprint, error);
  }
}

/** A request that was refused before it was a message: noted where an admin sees it, if we know whose it was. */
export function noteUnread(face: DeviceFace, certificate: Uint8Array | undefined, error: UptickError): void {
  const shown = certificate === undefined ? undefined : face.identify(certificate);
  if (shown !== undefined) face.rejected(shown.fingerprint, error);
}

/** What can't be read is the device's fault and a 400; everything else is ours and a 503, so that the device tries again. */
function troubled(face: DeviceFace, fingerprint: string, error: unknown): DeviceReply {
  if (isUptickError(error) && error.status >= 400 && error.status < 500 && error.code !== "store-conflict") {
    face.rejected(fingerprint, error);
    return { status: 400 };
  }
  face.failed(error);
  return { status: 503 };
}
