/**
 * Requests to the MDM endpoint byte by byte. The usual ones are answered without the framework: with what the framework answers to the
 * same, and answered when it had all of them (every line was recorded then). A parameter of the content type that no device sends takes a request its way.
 */
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePlist } from "../../simulator/index.ts";
import { FREE_BYTES } from "../../src/http/body/index.ts";
import { CHECKIN, CONNECT, type Device, enrolDevice, startUptick, type Uptick } from "../support/index.ts";
import { type Heard, rawTalk, type Talk } from "../support/raw-https.ts";

let uptick: Uptick;
let device: Device;

beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const idle = (): Buffer => writePlist({ UDID: device.udid, Status: "Idle" });
const token = (): Buffer =>
  writePlist({ UDID: device.udid, Topic: device.profile.mdm.topic, MessageType: "GetBootstrapToken" });
/** The report with blanks after it, which mean nothing. */
const padded = (bytes: number): Buffer => Buffer.concat([idle(), Buffer.alloc(bytes - idle().length, "\n")]);

interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  /** Further lines of the head. */
  readonly lines?: readonly string[];
  readonly body?: Buffer | string;
  /** False: the head says no length. */
  readonly length?: false;
  readonly host?: false;
}

function request(type: string | undefined, parts: Parts = {}): Buffer {
  const { method = "PUT", path = "/mdm", version = "1.1", lines = [], length, host } = parts;
  const body = Buffer.from(parts.body ?? idle());
  const head = [
    `${method} ${path} HTTP/${version}`,
    ...(host === false ? [] : ["Host: localhost"]),
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(length === false ? [] : [`Content-Length: ${body.length}`]),
    ...lines,
  ];
  return joined(`${head.join("\r\n")}\r\n\r\n`, body);
}

const joined = (...pieces: (Buffer | string)[]): Buffer =>
  Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece)));
const headOnly = (type: string, ...lines: string[]): Buffer => request(type, { lines, body: "", length: false });
const chunked = (type: string, ...lines: string[]): Buffer => headOnly(type, "Transfer-Encoding: chunked", ...lines);
const chunk = (body: Buffer): Buffer => joined(`${body.length.toString(16)}\r\n`, body, "\r\n");
const eachByte = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]));

const KEPT = "Connection: keep-alive | Keep-Alive: timeout=75";
const CLOSE = "Connection: close";
const ok = (connection = KEPT): string => `HTTP/1.1 200 OK | content-length: 0 | ${connection}`;
const tokenReply = (connection = KEPT): string =>
  `HTTP/1.1 200 OK | content-type: application/xml; charset=UTF-8 | content-length: ${EMPTY_DICT.length} | ${connection} || ${EMPTY_DICT}`;
const EMPTY_DICT = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict/>
</plist>
`;
const BAD = `HTTP/1.1 400 Bad Request | content-length: 0 | ${KEPT}`;
const FORBIDDEN = `HTTP/1.1 403 Forbidden | content-length: 0 | ${KEPT}`;
const NONE = `HTTP/1.1 404 Not Found | content-length: 0 | ${KEPT}`;
const LARGE = "HTTP/1.1 413 Payload Too Large | connection: close | content-length: 0";
const UNEXPECTED = `HTTP/1.1 417 Expectation Failed | ${KEPT} | Transfer-Encoding: chunked`;
/** Of what is no HTTP. */
const BROKEN =
  'HTTP/1.1 400 Bad Request | Content-Length: 65 | Content-Type: application/json || {"error":"Bad Request","message":"Client Error","statusCode":400}';
const HEAD_TOO_LARGE =
  'HTTP/1.1 431 Request Header Fields Too Large | Content-Length: 114 | Content-Type: application/json || {"error":"Request Header Fields Too Large","message":"Exceeded maximum allowed HTTP header size","statusCode":431}';

type Way = (type: string) => string;
type Row = readonly [what: string, heard: Heard, talk: (by: Way) => Talk | Buffer];

const kept = (...replies: string[]): Heard => [...replies, "kept"];
const closed = (...replies: string[]): Heard => [...replies, "closed"];
/** A row for each word, with the same answer. */
const each = (words: readonly string[], heard: Heard, talk: (word: string, by: Way) => Talk | Buffer): Row[] =>
  words.map((word) => [JSON.stringify(word), heard, (by) => talk(word, by)]);
const said = (lines: readonly string[], heard: Heard): Row[] =>
  each(lines, heard, (line, by) => request(by(CONNECT), { lines: [line] }));

const ROWS: readonly Row[] = [
  ["Idle", kept(ok()), (by) => request(by(CONNECT))],
  ["a check-in with an answer", kept(tokenReply()), (by) => request(by(CHECKIN), { body: token() })],
  ["a report that is none", kept(BAD), (by) => request(by(CONNECT), { body: "<plist" })],
  // Bodies in chunks.
  ["one chunk", kept(ok()), (by) => joined(chunked(by(CONNECT)), chunk(idle()), "0\r\n\r\n")],
  [
    "a chunk for each byte",
    kept(ok()),
    (by) => ({ say: [chunked(by(CONNECT)), ...eachByte(idle()).map(chunk), "0\r\n\r\n"], replies: 1 }),
  ],
  ["trailers", kept(ok()), (by) => joined(chunked(by(CONNECT), "Trailer: X-A"), chunk(idle()), "0\r\nX-A: b\r\n\r\n")],
  [
    "a length in the trailers",
    closed(BROKEN),
    (by) => joined(chunked(by(CONNECT)), chunk(idle()), "0\r\nContent-Length: 4\r\n\r\n"),
  ],
  ["no bytes in chunks", kept(BAD), (by) => joined(chunked(by(CONNECT)), "0\r\n\r\n")],
  ["a chunk whose size is no number", closed(BROKEN), (by) => joined(chunked(by(CONNECT)), "zz\r\n", idle())],
  ["a chunk that is longer than it says", closed(BROKEN), (by) => joined(chunked(by(CONNECT)), "5\r\n", idle())],
  ...said(["Expect: 100-continue", "EXPECT: 100-Continue"], kept("HTTP/1.1 100 Continue", ok())),
  ...said(["Expect: wonders", "Expect:"], kept(UNEXPECTED)),
  [
    "an expectation by HTTP/1.0",
    closed(ok(CLOSE)),
    (by) => request(by(CONNECT), { version: "1.0", lines: ["Expect: 100-continue"] }),
  ],
  ...each(["POST", "GET", "DELETE", "OPTIONS", "PATCH"], kept(NONE), (method, by) => request(by(CONNECT), { method })),
  ["HEAD", kept(`HTTP/1.1 404 Not Found | ${KEPT}`), (by) => request(by(CONNECT), { method: "HEAD" })],
  ["a method in lower case", closed(BROKEN), (by) => request(by(CONNECT), { method: "put" })],
  ...each(["/mdm/", "//mdm", "/mdm%20", "/MDM", "/mdm;x=1", "/./mdm", "*"], kept(NONE), (path, by) =>
    request(by(CONNECT), { path }),
  ),
  ...each(
    ["/mdm?x=1", "/mdm?", "/%6ddm", "https://localhost/mdm", "https://other.example/mdm"],
    kept(ok()),
    (path, by) => request(by(CONNECT), { path }),
  ),
  ["a path that can't be decoded", kept(BAD), (by) => request(by(CONNECT), { path: "/mdm%" })],
  // Headers that come twice, and lengths that lie.
  ["a content type twice", kept(BAD), (by) => request(by(CONNECT), { lines: [`Content-Type: ${CONNECT}`] })],
  ["two content types", kept(BAD), (by) => request(by(CONNECT), { lines: ["Content-Type: text/plain"] })],
  ["a length twice", closed(BROKEN), (by) => request(by(CONNECT), { lines: [`Content-Length: ${idle().length}`] })],
  ["two lengths", closed(BROKEN), (by) => request(by(CONNECT), { lines: ["Content-Length: 3"] })],
  ["a length and chunks", closed(BROKEN), (by) => request(by(CONNECT), { lines: ["Transfer-Encoding: chunked"] })],
  [
    "chunks and a length",
    closed(BROKEN),
    (by) => joined(chunked(by(CONNECT), "Content-Length: 5"), chunk(idle()), "0\r\n\r\n"),
  ],
  ...each(["-1", "+1", "1e3", "0x10", "99999999999999999999", "", "1 1", "5, 5"], closed(BROKEN), (length, by) =>
    joined(headOnly(by(CONNECT), `Content-Length: ${length}`), "01234"),
  ),
  ["a length that is short", closed(BROKEN), (by) => joined(headOnly(by(CONNECT), "Content-Length: 40"), idle())],
  [
    "a body that ends before its length",
    closed(BROKEN),
    (by) => ({ say: [headOnly(by(CONNECT), `Content-Length: ${idle().length + 9}`), idle(), "end"], replies: "all" }),
  ],
  ["no content type", kept(ok()), () => request(undefined)],
  ["a check-in without content type", kept(tokenReply()), () => request(undefined, { body: token() })],
  ...each(
    // biome-ignore format: a list of words
    ["", " ", "application/x-apple-aspen-mdm;", "application/x-apple-aspen-mdm; charset=utf-8", "APPLICATION/X-APPLE-ASPEN-MDM",
      "application/x-apple-aspen-mdm;charset=UTF-8", "application/x-apple-aspen-mdm ; charset=latin1", "\tapplication/x-apple-aspen-mdm"],
    kept(ok()),
    (type) => request(type),
  ),
  ...each(
    [
      "text/html",
      "application/x-apple-aspen-mdm-checkin",
      "application/x-apple-aspen-mdm, text/plain",
      "a",
      "\u00e9/b",
    ],
    kept(BAD),
    (type) => request(type),
  ),
  ...said(
    ["Content-Encoding: gzip", "Accept: text/html;q=9", "Accept-Version: 99", "If-Match: x", "Mdm-Signature: x"],
    kept(ok()),
  ),
  ...said(["Connection: Upgrade\r\nUpgrade: h2c", "Host: b", "Client-Cert: ::", "Connection: keep-alive"], kept(ok())),
  ...said([`X-Long: ${"a".repeat(14_000)}`], kept(ok())),
  ...said([`X-Long: ${"a".repeat(17_000)}`], closed(HEAD_TOO_LARGE)),
  ...said(["X-A: a\r\n b", "X-A : a", "X-A: a\nX-B: b"], closed(BROKEN)),
  ["an empty body", kept(BAD), (by) => request(by(CONNECT), { body: "" })],
  ["neither length nor body", kept(BAD), (by) => headOnly(by(CONNECT))],
  ["the largest that is not counted", kept(ok()), (by) => request(by(CONNECT), { body: padded(FREE_BYTES) })],
  ["one byte more", kept(ok()), (by) => request(by(CONNECT), { body: padded(FREE_BYTES + 1) })],
  [
    "a check-in that is announced as too large",
    closed(LARGE),
    (by) => headOnly(by(CHECKIN), "Content-Length: 1048577"),
  ],
  ["a report that is announced as too large", closed(LARGE), (by) => headOnly(by(CONNECT), "Content-Length: 67108865")],
  [
    "a check-in that becomes too large",
    closed(LARGE),
    (by) => joined(chunked(by(CHECKIN)), ...Array.from({ length: 17 }, () => chunk(Buffer.alloc(65_536)))),
  ],
  // Several on one connection, and slow ones.
  [
    "two in one write",
    kept(tokenReply(), ok()),
    (by) => ({ say: [joined(request(by(CHECKIN), { body: token() }), request(by(CONNECT)))], replies: 2 }),
  ],
  [
    "three in one write, one of them the framework's",
    kept(ok(), tokenReply(), ok()),
    (by) => ({
      say: [joined(request(undefined), request(by(CHECKIN), { body: token() }), request(by(CONNECT)))],
      replies: 3,
    }),
  ],
  [
    "three in one write, one of them refused",
    kept(tokenReply(), NONE, ok()),
    (by) => ({
      say: [
        joined(request(by(CHECKIN), { body: token() }), request(by(CONNECT), { path: "/x" }), request(by(CONNECT))),
      ],
      replies: 3,
    }),
  ],
  // Node answers at once to what it can't read, and closes: whoever sends three without waiting gets none of the first answers.
  [
    "no HTTP between two",
    closed(BROKEN),
    (by) => joined(request(by(CONNECT)), "NONSENSE\r\n\r\n", request(by(CONNECT))),
  ],
  [
    "something after the last",
    closed(BROKEN),
    (by) => joined(request(by(CONNECT), { lines: [CLOSE] }), request(by(CONNECT))),
  ],
  ["byte by byte", kept(ok()), (by) => ({ say: eachByte(request(by(CONNECT))), replies: 1 })],
  ["an empty line before and after", kept(ok()), (by) => joined("\r\n", request(by(CONNECT)), "\r\n")],
  // Half closed: nobody is taken to listen.
  ["an end instead of waiting", closed(), (by) => ({ say: [joined(request(by(CONNECT))), "end"], replies: "all" })],
  [
    "an end in the head",
    closed(BROKEN),
    (by) => ({ say: [request(by(CONNECT)).subarray(0, 30), "end"], replies: "all" }),
  ],
  // Versions, and who wants the connection closed.
  ["HTTP/1.0", closed(ok(CLOSE)), (by) => request(by(CONNECT), { version: "1.0" })],
  ["HTTP/1.0 without host", closed(ok(CLOSE)), (by) => request(by(CONNECT), { version: "1.0", host: false })],
  ["HTTP/1.0, kept", kept(ok()), (by) => request(by(CONNECT), { version: "1.0", lines: ["Connection: keep-alive"] })],
  ["HTTP/9.9", closed(BROKEN), (by) => request(by(CONNECT), { version: "9.9" })],
  [
    "no host",
    closed(`HTTP/1.1 400 Bad Request | ${CLOSE} | Transfer-Encoding: chunked`),
    (by) => request(by(CONNECT), { host: false }),
  ],
  ...said([CLOSE, "Connection: close, keep-alive", "connection: CLOSE"], closed(ok(CLOSE))),
  [
    "an answer, then closed",
    closed(tokenReply(CLOSE)),
    (by) => request(by(CHECKIN), { body: token(), lines: [CLOSE] }),
  ],
];

const WAYS: readonly (readonly [string, Way])[] = [
  ["as devices send it", (type) => type],
  ["by the framework", (type) => `${type}; way=framework`],
];

describe.each(WAYS)("a raw request, %s", (_way, by) => {
  it.each(ROWS)("is answered as ever: %s", async (_what, heard, make) => {
    const talk = make(by);
    // What is closed is closed by the first answer, or the second.
    const replies = heard.at(-1) === "closed" ? ("all" as const) : heard.length - 1;
    const one = Buffer.isBuffer(talk) ? { say: [talk], replies } : talk;
    expect(await rawTalk(uptick.devicePort, device, one)).toEqual(heard);
  });
});

/** Behind a proxy: what the connection has shown is the proxy's own. */
const PROXY_ROWS: readonly (readonly [what: string, heard: string, lines: (cert: string) => string[]])[] = [
  ["once", ok(), (cert) => [cert]],
  ["in other letters", ok(), (cert) => [cert.replace("Client-Cert", "CLIENT-CERT")]],
  ["twice", FORBIDDEN, (cert) => [cert, cert]],
  ["and a second that is empty", FORBIDDEN, (cert) => [cert, "Client-Cert:"]],
  ["joined with itself", FORBIDDEN, (cert) => [`${cert}, ${cert.slice("Client-Cert: ".length)}`]],
  ["cut off", FORBIDDEN, (cert) => [cert.slice(0, -5)]],
  ["empty", FORBIDDEN, () => ["Client-Cert:"]],
  ["not at all", FORBIDDEN, () => []],
];

describe.each(WAYS)("a raw request behind a proxy, %s", (_way, by) => {
  let behind: Uptick;
  let known: Device;
  beforeAll(async () => {
    behind = await startUptick({ flags: { "trusted-proxies": "127.0.0.0/8,::1" } });
    known = await enrolDevice(behind, { proof: "rfc-9440" });
  });
  afterAll(() => behind.close());

  it.each(PROXY_ROWS)("is answered as ever where the certificate is said: %s", async (_what, heard, linesOf) => {
    const cert = `Client-Cert: :${new X509Certificate(known.identity?.certificate ?? "").raw.toString("base64")}:`;
    const body = writePlist({ UDID: known.udid, Status: "Idle" });
    const say = [request(by(CONNECT), { body, lines: linesOf(cert) })];
    expect(await rawTalk(behind.devicePort, known, { say, replies: 1 })).toEqual(kept(heard));
  });
});
