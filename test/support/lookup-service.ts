/** A Software Lookup Service on loopback, with real TLS: it serves a list as Apple's does, or fails as a test asks. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { sampleLookupService } from "../../src/catalog/index.ts";
import type { TestDatabase } from "./database.ts";
import { type TlsAuthority, tlsAuthority } from "./tls-authority.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);

/** Apple's answer of 2026-08-22; undefined where the data are not there. */
export const realList = (): unknown =>
  existsSync(REAL) ? (JSON.parse(readFileSync(REAL, "utf8")) as unknown) : undefined;

/** The sample with its newest releases only: whole, and less than half of it. */
export const SMALL_LIST = ((): unknown => {
  const { PublicAssetSets } = sampleLookupService();
  const few = { ...PublicAssetSets, iOS: PublicAssetSets.iOS.slice(0, 1), macOS: PublicAssetSets.macOS.slice(0, 1) };
  return { PublicAssetSets: few, AssetSets: few };
})();

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** 200 with this body, and no validators. */
export const body =
  (content: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(content);
  };

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers);
    response.end("not what was asked for");
  };

/** A list with an ETag and Last-Modified; 304 to whoever has it. */
export function listOf(json: unknown, how: { readonly gzip?: boolean } = {}): Answer {
  const text = JSON.stringify(json);
  const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`;
  return (response, request) => {
    const { headers } = request;
    const marks = { etag, "last-modified": "Sat, 22 Aug 2026 18:00:00 GMT" };
    if (headers["if-none-match"] === etag) {
      response.writeHead(304, marks);
      response.end();
      return;
    }
    const zipped = how.gzip === true && String(headers["accept-encoding"]).includes("gzip");
    body(zipped ? gzipSync(text) : text, { ...marks, ...(zipped ? { "content-encoding": "gzip" } : {}) })(
      response,
      request,
    );
  };
}

const GZIP = { "content-encoding": "gzip" };

/** What can be wrong with an answer, by the name of the fault. The last two never end: only their reader does. */
export const FAULTS = {
  "an empty body": body(""),
  "an empty object": body("{}"),
  garbage: body("<html>captive portal</html>"),
  "bytes that are not UTF-8": body(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  "gzip that is none": body("no gzip", GZIP),
  "gzip cut off": body(gzipSync(JSON.stringify(sampleLookupService())).subarray(0, 200), GZIP),
  "another compression": body("x", { "content-encoding": "br" }),
  "too large a body": (response) => {
    response.writeHead(200);
    endless(response, Buffer.alloc(64 * 1024, " "));
  },
  "a larger body announced": (response) => {
    response.writeHead(200, { "content-length": String(64 * 1024 * 1024) });
    response.write("{");
  },
  "a gzip bomb": body(gzipSync(Buffer.alloc(64 * 1024 * 1024, " ")), GZIP),
  "status 500": status(500),
  "status 403": status(403),
  "status 204": status(204),
  "status 304 unasked": status(304),
  "a redirect": status(302, { location: "https://example.org/v2/pmv" }),
  "a cut in the middle": (response) => {
    response.writeHead(200, { "content-length": "100000" });
    response.write('{"PublicAssetSets":', () => response.socket?.destroy());
  },
  "a cut before the answer": (response) => void response.socket?.destroy(),
  "no HTTP": (response) => void response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n"),
  "headers that never come": () => undefined,
  "a body that never ends": (response) => {
    response.writeHead(200);
    response.write("{");
  },
} as const satisfies Readonly<Record<string, Answer>>;
export type Fault = keyof typeof FAULTS;

/** Until nobody reads any more. */
function endless(response: ServerResponse, chunk: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}

/** As if nobody had ever asked for a fetch: for what comes after one within the hour. */
export function forgetFetches(uptick: { restart(how: { between(database: TestDatabase): void }): Promise<void> }) {
  return uptick.restart({
    between(database) {
      const row = database.prepare("SELECT value FROM setting WHERE name = 'catalog'").get();
      const value = JSON.parse(String(row?.["value"])) as { fetch?: object };
      const text = JSON.stringify({ ...value, fetch: { ...value.fetch, askedAt: null } });
      database.prepare("UPDATE setting SET value = ? WHERE name = 'catalog'").run(text);
    },
  });
}

export interface FakeLookupService {
  /** Of the service under its right name. */
  readonly url: string;
  readonly caPem: string;
  /** What it answers from now on. */
  answer: Answer;
  /** Headers of all requests so far. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** A request has come, since the last call of this. */
  asked(): Promise<void>;
  close(): Promise<void>;
}

export interface LookupServiceOptions {
  readonly authority?: TlsAuthority;
  /** Name that its certificate is for. Default: the one of `url`. */
  readonly name?: string;
  /** In how many days its certificate ends. */
  readonly days?: number;
}

export async function startLookupService(options: LookupServiceOptions = {}): Promise<FakeLookupService> {
  const authority = options.authority ?? tlsAuthority("Root of a test");
  const { name = "localhost", days } = options;
  const requests: IncomingHttpHeaders[] = [];
  let seen = 0;
  let wake = (): void => undefined;
  const server = createServer(
    authority.server({ name, ...(days === undefined ? {} : { days }) }),
    (request, response) => {
      requests.push(request.headers);
      wake();
      response.on("error", () => undefined);
      here.answer(response, request);
    },
  );
  // Clients that do not trust it, or leave early.
  server.on("tlsClientError", () => undefined);
  server.on("clientError", (_error, socket) => void socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const here: FakeLookupService = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/v2/pmv`,
    caPem: authority.rootPem,
    answer: listOf(sampleLookupService()),
    requests,
    async asked() {
      while (requests.length <= seen) await new Promise<void>((resolve) => (wake = resolve));
      seen = requests.length;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return here;
}
