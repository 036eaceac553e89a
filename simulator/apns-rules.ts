import type { IncomingHttpHeaders } from "node:http2";

export type PushVerdict =
  | { readonly ok: true; readonly status: 200; readonly magic: string; readonly expiration: number }
  | { readonly ok: false; readonly status: number; readonly reason: string };

const no = (status: number, reason: string): PushVerdict => ({ ok: false, status, reason });
const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};

/** Judges a request as Apple's push service does, with its statuses and reasons. */
export function judgePush(request: {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly certificateUid: { readonly uid: string | undefined } | undefined;
  readonly knownToken: boolean;
}): PushVerdict {
  const { headers, body, certificateUid } = request;
  if (certificateUid === undefined) return no(403, "MissingProviderToken");
  if (headers[":method"] !== "POST") return no(405, "MethodNotAllowed");
  const path = /^\/3\/device\/(.*)$/.exec(headers[":path"] ?? "");
  if (path === null) return no(404, "BadPath");
  const token = path[1] ?? "";
  if (token === "") return no(400, "MissingDeviceToken");
  // Apple asks for lower-case hexadecimal; so do we, to catch a client that does otherwise.
  if (!/^(?:[0-9a-f]{2}){8,}$/.test(token)) return no(400, "BadDeviceToken");
  const topic = header(headers, "apns-topic");
  if (topic !== undefined && certificateUid.uid !== undefined && topic !== certificateUid.uid) {
    return no(400, "TopicDisallowed");
  }
  if (topic === undefined && certificateUid.uid === undefined) return no(400, "MissingTopic");
  if ((header(headers, "apns-push-type") ?? "mdm") !== "mdm") return no(400, "InvalidPushType");
  if (!["10", "5"].includes(header(headers, "apns-priority") ?? "10")) return no(400, "BadPriority");
  const expiration = header(headers, "apns-expiration") ?? "0";
  if (!/^\d{1,10}$/.test(expiration)) return no(400, "BadExpirationDate");
  if (body.length === 0) return no(400, "PayloadEmpty");
  if (body.length > 4096) return no(413, "PayloadTooLarge");
  const magic = magicOf(body);
  // The service itself does not read an MDM payload, but a device would drop any other: better to hear it here.
  if (magic === undefined) return no(400, "PayloadEmpty");
  if (!request.knownToken) return no(400, "BadDeviceToken");
  return { ok: true, status: 200, magic, expiration: Number(expiration) };
}

/** The push magic of a body that is exactly `{"mdm": magic}`. */
function magicOf(body: Buffer): string | undefined {
  try {
    const payload: unknown = JSON.parse(body.toString("utf8"));
    if (typeof payload !== "object" || payload === null || Object.keys(payload).join() !== "mdm") return undefined;
    return "mdm" in payload && typeof payload.mdm === "string" && payload.mdm !== "" ? payload.mdm : undefined;
  } catch {
    return undefined;
  }
}
