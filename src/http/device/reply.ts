/** The MDM endpoint as a function: a request in, a reply out. Fastify only carries it (routes.ts). */
import { isUptickError, UptickError } from "../../errors/index.ts";
import { decodeCheckin, isCheckin, peekAppleId, peekCommandUuid } from "../../protocol/index.ts";
import type { MdmEndpoint, Presented } from "../../service/index.ts";
import type { Unproven } from "./unproven.ts";

export interface DeviceRequest {
  /** The value of each Content-Type line. Where there is none, the message says what it is; there may not be two. */
  readonly contentTypes: readonly string[];
  /** The body, or its beginning where `oversize` says that it was too large. */
  readonly body: Uint8Array;
  readonly oversize?: { readonly size: number; readonly commandUuid: string | undefined };
  /** DER of the client certificate that the TLS handshake proved; undefined when none was sent. */
  readonly certificate: Uint8Array | undefined;
  /** Why there is no certificate, where there is none. */
  readonly unproven: () => Unproven;
  /** IP address of the client. */
  readonly address: string | null;
}

/**
 * 200 (with a property list, JSON or nothing), 400, 413, 403 with an empty body, 404 (only for a declaration that was
 * withdrawn), 410 (only for UserAuthenticate) or 503. There is no
 * 401 in this type: to a device it would mean "remove your enrollment profile".
 */
export interface DeviceReply {
  readonly status: 200 | 400 | 403 | 404 | 410 | 413 | 503;
  readonly body?: Uint8Array;
  /** The body is JSON; without it, a property list. */
  readonly json?: true;
}

const CHECKIN = "application/x-apple-aspen-mdm-checkin";
const CONNECT = "application/x-apple-aspen-mdm";

/** True for the content type of reports, which may be larger than check-ins, and where there is none. */
export const mayBeReport = (contentType: string | undefined): boolean => [CONNECT, ""].includes(mediaOf(contentType));

const mediaOf = (contentType = ""): string => contentType.split(";")[0]?.trim().toLowerCase() ?? "";

/** Some proxies drop the content type. What is too large for a check-in is a report. */
function mediaOfMessage({ contentTypes, body, oversize }: DeviceRequest): string {
  const [contentType, ...more] = contentTypes;
  const media = [mediaOf(contentType), ...more].join(", ");
  if (media !== "") return media;
  return oversize === undefined && isCheckin(body) ? CHECKIN : CONNECT;
}

export async function answerDevice(endpoint: MdmEndpoint, request: DeviceRequest): Promise<DeviceReply> {
  const shown = identified(endpoint, request);
  if (shown === undefined) return { status: 403 };
  const type = mediaOfMessage(request);
  try {
    if (type !== CHECKIN && type !== CONNECT) {
      throw new UptickError("message-invalid", `The content type is "${type.slice(0, 100)}".`, {
        remedy: `Devices send ${CHECKIN} or ${CONNECT}; look at the proxy in between.`,
      });
    }
    if (request.oversize !== undefined) {
      throw new UptickError("plist-too-large", `A message of ${request.oversize.size} bytes is larger than is read.`);
    }
    const answer =
      type === CHECKIN
        ? await endpoint.checkin(shown, decodeCheckin(request.body))
        : await endpoint.connect(shown, request.body);
    if (answer.status === 403) {
      const { reason, udid, owner } = answer.refused;
      endpoint.refused({ reason, udid, owner, fingerprint: shown.fingerprint, address: request.address });
    }
    if (answer.status !== 200 || answer.body === undefined) return { status: answer.status };
    return { status: 200, body: answer.body, ...(answer.json === true ? { json: true as const } : {}) };
  } catch (error) {
    if (type !== CONNECT) return troubled(endpoint, shown.fingerprint, request, error);
    return answerTroubled(endpoint, shown.fingerprint, request, error);
  }
}

/** Who speaks, if that is proved and may be; else the refusal is noted. */
function identified(endpoint: MdmEndpoint, request: DeviceRequest): Presented | undefined {
  const { certificate, unproven, address, body } = request;
  const shown = certificate === undefined ? { refused: unproven(), fingerprint: null } : endpoint.identify(certificate);
  if (!("refused" in shown)) return shown;
  const { refused: reason, ...more } = shown;
  endpoint.refused({ reason, ...more, udid: peekAppleId(body) ?? null, address });
  return undefined;
}

/** As `troubled`; but an answer that names a known command is kept and ends it, and the device may forget it: 200. */
async function answerTroubled(
  endpoint: MdmEndpoint,
  fingerprint: string,
  request: DeviceRequest,
  error: unknown,
): Promise<DeviceReply> {
  const { oversize, body: bytes } = request;
  const refusal = troubled(endpoint, fingerprint, request, error);
  const reply: DeviceReply = refusal.status === 400 && oversize !== undefined ? { status: 413 } : refusal;
  if (reply.status === 503 || !isUptickError(error)) return reply;
  const commandUuid = oversize === undefined ? peekCommandUuid(bytes) : oversize.commandUuid;
  try {
    return (await endpoint.unreadable(fingerprint, { commandUuid, error, bytes })) ? { status: 200 } : reply;
  } catch (failure) {
    return troubled(endpoint, fingerprint, request, failure);
  }
}

/**
 * A report that is larger than is read was refused before it was a message. True: it has ended its command, and the device
 * may forget it. Only where the connection or a proxy says whose it is: a signature is over what nobody has read.
 */
export async function endsUnread(
  endpoint: MdmEndpoint,
  certificate: Uint8Array | undefined,
  error: UptickError,
): Promise<boolean> {
  const shown = certificate === undefined ? undefined : endpoint.identify(certificate);
  if (shown === undefined || "refused" in shown) return false;
  try {
    return await endpoint.endless(shown.fingerprint, error);
  } catch (failure) {
    endpoint.failed(failure);
    return false;
  }
}

/** A request that was refused before it was a message: noted where an admin sees it. */
export function noteUnread(
  endpoint: MdmEndpoint,
  { certificate, address }: { readonly certificate: Uint8Array | undefined; readonly address: string | null },
  error: UptickError,
): void {
  const shown = certificate === undefined ? undefined : endpoint.identify(certificate);
  // A certificate that is refused proves nothing.
  const fingerprint = shown === undefined || "refused" in shown ? null : shown.fingerprint;
  endpoint.refused({ ...saidBy(error), fingerprint, udid: null, address });
}

const saidBy = ({ code, message, remedy }: UptickError) => ({ reason: code, sentence: message, remedy });

/** What can't be read is the device's fault and a 400; everything else is ours and a 503, so that the device tries again. */
function troubled(endpoint: MdmEndpoint, fingerprint: string, request: DeviceRequest, error: unknown): DeviceReply {
  if (isUptickError(error) && error.status >= 400 && error.status < 500 && error.code !== "store-conflict") {
    const { address, body } = request;
    endpoint.refused({ ...saidBy(error), fingerprint, udid: peekAppleId(body) ?? null, address });
    return { status: 400 };
  }
  endpoint.failed(error);
  return { status: 503 };
}
