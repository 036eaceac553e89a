/** SCEP requests made by hand, over the real listener. */
import https from "node:https";
import type { Uptick } from "./uptick.ts";

export interface ScepReply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** `query` as it stands in the request line, from its question mark on. */
export function scep(
  uptick: Uptick,
  method: string,
  query: string,
  body?: Buffer | string,
  more: Readonly<Record<string, string>> = {},
): Promise<ScepReply> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-pki-message", ...more };
    const options = { host: "localhost", port: uptick.devicePort, path: `/scep${query}`, method, headers };
    const sent = https.request({ ...options, ca: uptick.server.caPem, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"] ?? "",
          body: Buffer.concat(parts),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
