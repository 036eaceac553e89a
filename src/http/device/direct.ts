/**
 * The usual request of a device, answered on node:https itself: the framework costs more than all else that the main thread does
 * for it. What is not the usual request takes the framework's way, which is the measure: both give the same answer
 * (`test/routes/usual-request.test.ts`).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { FREE_BYTES } from "../body/index.ts";
import type { MdmEndpoint } from "../../service/index.ts";
import { contentTypeOf, messageFrom } from "./message.ts";
import { peerCertificate } from "./peer.ts";
import { answerDevice, type DeviceReply } from "./reply.ts";
import type { Trust } from "./who.ts";

/** As Apple's devices send it, and proxies leave it. */
const USUAL_TYPE = /^application\/x-apple-aspen-mdm(?:-checkin)?(?:; ?charset=UTF-8)?$/i;

/** Takes the request and answers it; false: it is for another. */
export type Direct = (request: IncomingMessage, response: ServerResponse) => boolean;

/** `stopping`: the server is to stop, so that an answer is the last on its connection. */
export function directAnswer(endpoint: MdmEndpoint, trust: Trust, stopping: () => boolean): Direct {
  async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    let reply: DeviceReply;
    try {
      reply = await answerDevice(endpoint, messageFrom(request, { bytes: body }, trust));
    } catch (error) {
      endpoint.failed(error);
      reply = { status: 503 };
    }
    if (stopping()) response.setHeader("connection", "close");
    send(response, reply);
  }

  return (request, response) => {
    const length = usualLength(request);
    if (length === undefined) return false;
    // Read while the connection is sure to be there: a client may be gone by the time its body has come.
    peerCertificate(request.socket);
    let body: Buffer | undefined;
    let size = 0;
    request.on("data", (part: Buffer) => {
      // Not before something comes, and not from Node's pool: whoever is handed the body would be handed the pool.
      body ??= Buffer.allocUnsafeSlow(length);
      body.set(part, size);
      size += part.length;
    });
    request.on("end", () => void answer(request, response, body ?? Buffer.alloc(0)));
    // The connection broke: nobody hears an answer.
    request.on("error", () => response.destroy());
    return true;
  };
}

/** Bytes of the body of a request that is the usual one; undefined where it is not. */
function usualLength({ method, url, headers }: IncomingMessage): number | undefined {
  if (method !== "PUT" || url !== "/mdm" || headers.expect !== undefined) return undefined;
  if (headers["transfer-encoding"] !== undefined || !USUAL_TYPE.test(headers["content-type"] ?? "")) return undefined;
  const length = Number(headers["content-length"]);
  // What is larger is counted in the budget of all bodies.
  return length > 0 && length <= FREE_BYTES ? length : undefined;
}

function send(response: ServerResponse, reply: DeviceReply): void {
  const { status, body } = reply;
  if (body === undefined) {
    response.writeHead(status, { "content-length": 0 }).end();
    return;
  }
  response.writeHead(status, { "content-type": contentTypeOf(reply), "content-length": body.length }).end(body);
}
