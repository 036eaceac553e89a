import { signedData } from "./cms.ts";
import { X509Certificate } from "node:crypto";
import type { MdmPayload } from "./profile.ts";
import type { PlistDict } from "./plist.ts";
import { text, writePlist } from "./plist.ts";
import type { DeviceIdentity } from "./scep-client.ts";
import type { HttpReply, Transport } from "./transport.ts";
import { reasonOf } from "./transport.ts";

/** What became of one request: `ok` holds the body; `unenrolled` is a 401, or a 403 that says so. */
export type Delivery =
  | { readonly outcome: "ok"; readonly body: Buffer }
  | { readonly outcome: "unreachable"; readonly why: string; readonly status: number | undefined }
  | { readonly outcome: "unenrolled"; readonly why: string };

/** Speaks to the two URLs of the MDM payload as the enrolled device. Never rejects. */
export interface MdmClient {
  /** From now on it speaks with this identity. */
  become(identity: DeviceIdentity): void;
  /** The identity it speaks with. */
  identity(): DeviceIdentity;
  checkIn(message: PlistDict): Promise<Delivery>;
  /** `status` is the report's own, for whoever watches. */
  report(body: Buffer, status?: string): Promise<Delivery>;
}

const kinds = {
  checkIn: "application/x-apple-aspen-mdm-checkin",
  connect: "application/x-apple-aspen-mdm; charset=UTF-8",
} as const;

/** The client of one enrolled device. `who` (UDID or EnrollmentID) goes into every check-in message. */
export function createMdmClient(
  mdm: MdmPayload,
  first: DeviceIdentity,
  transport: Transport,
  who: PlistDict,
): MdmClient {
  let identity = first;
  /** DER, read when a message is signed. */
  let certificate: Buffer | undefined;

  async function put(url: string, contentType: string, body: Buffer, what = "check-in"): Promise<Delivery> {
    const headers: Record<string, string> = { "content-type": contentType, "user-agent": "MDM/1.0" };
    if (mdm.signMessage) {
      certificate ??= new X509Certificate(identity.certificate).raw;
      const signer = { certificate, key: identity.keyObject };
      headers["mdm-signature"] = signedData({ content: body, detached: true, signer, digest: "sha256" }).toString(
        "base64",
      );
    }
    try {
      return judge(await transport.request({ method: "PUT", url, headers, body, what }));
    } catch (error) {
      return { outcome: "unreachable", why: reasonOf(error), status: undefined };
    }
  }

  return {
    become(next) {
      identity = next;
      certificate = undefined;
      transport.identify({ cert: next.certificate, key: next.key });
    },
    identity: () => identity,
    checkIn: (message) => {
      const body = writePlist({ ...message, Topic: mdm.topic, ...who });
      return put(mdm.checkInUrl, kinds.checkIn, body, text(message, "MessageType"));
    },
    report: (body, status = "Idle") => put(mdm.serverUrl, kinds.connect, body, status),
  };
}

function judge(reply: HttpReply): Delivery {
  if (reply.status >= 200 && reply.status <= 299) return { outcome: "ok", body: reply.body };
  if (reply.status === 401) return { outcome: "unenrolled", why: "401" };
  if (reply.status === 403 && reply.body.includes("com.apple.unrecognized.device")) {
    return { outcome: "unenrolled", why: "403 com.apple.unrecognized.device" };
  }
  return { outcome: "unreachable", why: `status ${reply.status}`, status: reply.status };
}
