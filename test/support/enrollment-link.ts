/** The MDM endpoint as Safari sees it: requests without a certificate, by hand, over the real listener. */
import type { IncomingHttpHeaders } from "node:http";
import https from "node:https";
import type { NewEnrollmentLink } from "../../src/contract/index.ts";
import type { Uptick } from "./uptick.ts";

export interface PageReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** `path` as it stands in the request line. */
export function browse(uptick: Uptick, path: string, method = "GET"): Promise<PageReply> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port: uptick.devicePort, path, method };
    const sent = https.request({ ...options, ca: uptick.server.caPem, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString("utf8") });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** A link as an admin makes it, and its path. */
export async function newLink(
  uptick: Uptick,
  request: { uses?: number; hours?: number; note?: string } = {},
): Promise<NewEnrollmentLink & { readonly path: string; readonly token: string }> {
  const link = await uptick.web.post<NewEnrollmentLink>("/api/v1/enrollment-links", request);
  const path = new URL(link.url).pathname;
  return { ...link, path, token: path.split("/").at(-1) ?? "" };
}
