/** One hostile request to the MDM endpoint as small data, and the bytes that it stands for. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { CHECKIN, CONNECT } from "../support/device.ts";
import { damage, type Edit, edits, type Format } from "./edits.ts";
import { CHECKINS, COMMAND, inBinary, REPORTS, UDID } from "./messages.ts";

export interface FaceCase {
  /** Which valid message it begins from; SCEP's come after check-ins and reports. */
  readonly message: number;
  readonly whose: Whose;
  readonly proof: Proof;
  readonly binary: boolean;
  /** Damage to the message, to the value that proves the identity, and to the request's head as a whole. */
  readonly body: readonly Edit[];
  readonly shown: readonly Edit[];
  readonly head: readonly Edit[];
  /** What else is odd about it: numbers of `ODDITIES`. */
  readonly odd: readonly number[];
}

/** Whose UDID the message names. */
const WHOSE = ["own", "own", "own", "other's", "nobody's"] as const;
export type Whose = (typeof WHOSE)[number];
const PROOFS = ["rfc-9440", "rfc-9440", "rfc-9440", "escaped-pem", "signature", "none", "stranger", "twice"] as const;
export type Proof = (typeof PROOFS)[number];

/** What a request is made of: all that the stage knows and a case does not. */
export interface Cast {
  readonly own: string;
  readonly other: string;
  /** The command that the device has been given. */
  readonly command: string;
  /** Headers that prove the identity, for a body. */
  prove(proof: Proof, body: Buffer): readonly (readonly [string, string])[];
  /** PKIOperations, valid ones. */
  readonly operations: readonly Buffer[];
}

interface Draft {
  method: string;
  path: string;
  headers: [string, string][];
  body: Buffer;
  /** "exact" says its length, "chunked" goes in pieces, "none" says no length; the others lie. */
  framing: "exact" | "chunked" | "none" | "short" | "long" | "broken chunks";
  /** The request is said twice in one go. */
  twice: boolean;
}

export const PLAIN = [...CHECKINS, ...REPORTS];
const SCEP = ["GetCACaps", "GetCACert", "GET", "POST", "GET", "POST"] as const;

const some = (maxLength: number, weight: number): fc.Arbitrary<Edit[]> =>
  fc.oneof(
    { weight, arbitrary: fc.constant<Edit[]>([]) },
    { weight: 1, arbitrary: edits.map((all) => all.slice(0, maxLength)) },
  );

// biome-ignore format: a list of words
const METHODS = ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PRI", "put", "X", ""];
// biome-ignore format: a list of words
const PATHS = [
  "/mdm", "/mdm/", "/mdm/checkin", "/mdm/connect", "/checkin", "/connect", "/MDM", "//mdm", "/mdm?device=x&wait=60", "/mdm%00", "/%6ddm",
  "/mdm;x=1", "/mdm#x", "/mdm%2e%2e", "/../mdm", "/mdm%", "/mdm%ff", "*", "http://[", "http://localhost/mdm", "/scep", "/scep?operation", "/scep?operation=",
  "/scep?operation=GetCACert&operation=GetCACaps", "/scep?operation=PKIOperation&message[a]=b", "/scep?operation=__proto__",
  "/scep?operation=PKIOperation&message=%00", `/scep?operation=PKIOperation&message=${"A".repeat(14_000)}`, "/enroll/x", "/api/v1/devices", "/healthz", "/", "",
  `/${"a".repeat(12_000)}`, `/mdm?${"a&".repeat(5000)}`, `/scep?${"operation=GetCACaps&".repeat(600)}`, "/mdm/\u202e", "/mdm\u001b[2J", "\u00ff",
];
// biome-ignore format: a list of words
const TYPES = [
  CHECKIN, CONNECT, "application/x-apple-aspen-mdm", "application/xml", "text/html", "application/json", "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x", "application/x-pki-message", `${CHECKIN}; charset=UTF-16`, `${CONNECT}; charset=`, "APPLICATION/X-APPLE-ASPEN-MDM",
  "a/b/c", ";;;", "", "\u0001", "\u00ff", `a/${"b".repeat(9000)}`, "constructor", "__proto__/__proto__",
];
// biome-ignore format: a list of words
const HEADERS: readonly (readonly [string, string])[] = [
  ["Content-Encoding", "gzip"], ["Content-Encoding", "deflate, br, nonsense"], ["Transfer-Encoding", "gzip, chunked"], ["Transfer-Encoding", "identity"],
  ["Transfer-Encoding", "chunked, chunked"], ["Content-Length", "-1"], ["Content-Length", "1"], ["Content-Length", "18446744073709551616"], ["Content-Length", "1e3"],
  ["Content-Length", "67108865"], ["Content-Length", "0x10"], ["Expect", "100-continue"], ["Expect", "nonsense"], ["Host", ""], ["Host", "a b"], ["Host", "[::"],
  ["Authorization", "Basic Og=="], ["Authorization", "Bearer x"], ["Cookie", "a=b"], ["Cookie", ";".repeat(9000)], ["X-Forwarded-For", "127.0.0.1"],
  ["X-Forwarded-Client-Cert", "By=x"], ["Forwarded", "for=_"], ["Upgrade", "websocket"], ["Upgrade", "h2c"], ["Connection", "Upgrade, HTTP2-Settings"], ["Connection", "Content-Length"],
  ["Keep-Alive", "timeout=99999999999"], ["If-None-Match", "*"], ["If-Match", "x"], ["If-Modified-Since", "nonsense"], ["Range", "bytes=0-0,-1"], ["Accept", "text/html;q=9"],
  ["Accept", ""], ["Accept-Encoding", "*;q=0"], ["Accept-Version", "99"], ["Origin", "null"], ["X-HTTP-Method-Override", "DELETE"], ["Trailer", "Mdm-Signature"], ["TE", "trailers"],
  ["Mdm-Signature", ""], ["Mdm-Signature", "MIAGCSqGSIb3DQEHAqCAMIACAQExAAAA"], ["Client-Cert", ""], ["Client-Cert", "::"], ["X-Large", "a".repeat(12_000)], ["__proto__", "x"],
  ["constructor", "x"], ["", "x"], ["A B", "x"], ["X-Bytes", "\u0000"], ["X-Bytes", "\u007f\u0080\u00ff"], ["X-Bytes", "a\rb"], ["X-Bytes", "a\nInjected: b"], ["Content-Type", "text/plain"],
];

/** Each changes the draft of a request in one way. */
const ODDITIES: readonly ((draft: Draft) => void)[] = [
  ...METHODS.map((method) => (draft: Draft) => void (draft.method = method)),
  ...PATHS.map((path) => (draft: Draft) => void (draft.path = path)),
  ...TYPES.map((type) => (draft: Draft) => {
    draft.headers = draft.headers.map(([name, value]) => [name, name === "Content-Type" ? type : value]);
  }),
  ...HEADERS.map(
    ([name, value]) =>
      (draft: Draft) =>
        void draft.headers.push([name, value]),
  ),
  ...(["chunked", "none", "short", "long", "broken chunks"] as const).map((framing) => (draft: Draft) => {
    draft.framing = framing;
  }),
  (draft) => void (draft.headers = draft.headers.filter(([name]) => name !== "Content-Type")),
  (draft) => void (draft.headers = draft.headers.filter(([name]) => name !== "Host")),
  (draft) => void (draft.headers = draft.headers.flatMap((header) => [header, header])),
  (draft) => void draft.headers.push(...Array.from({ length: 1990 }, (): [string, string] => ["A", "b"])),
  (draft) => void (draft.twice = true),
  (draft) => void (draft.body = Buffer.alloc(0)),
  (draft) => void (draft.body = Buffer.concat([draft.body, Buffer.alloc(1_100_000, " ")])),
  (draft) => {
    draft.body = gzipSync(draft.body);
    draft.headers.push(["Content-Encoding", "gzip"]);
  },
];

export const faceCase: fc.Arbitrary<FaceCase> = fc.record({
  message: fc.nat(PLAIN.length + SCEP.length - 1),
  whose: fc.constantFrom(...WHOSE),
  proof: fc.constantFrom(...PROOFS),
  binary: fc.nat(3).map((nth) => nth === 3),
  body: edits,
  shown: some(2, 9),
  head: some(3, 14),
  odd: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(ODDITIES.length - 1), { maxLength: 3 }) },
  ),
});

/** All that is written to the connection. `ends`: nobody knows how long a server waits for more, so nothing more comes. */
export function requestOf(one: FaceCase, cast: Cast): { readonly bytes: Buffer; readonly ends: boolean } {
  const draft = one.message < PLAIN.length ? messageDraft(one, cast) : scepDraft(one, cast);
  const shown = cast.prove(one.proof, draft.body).map(([name, value]): [string, string] => {
    const bytes = damage("text", Buffer.from(value), one.shown, []);
    return [
      name,
      bytes
        .toString("latin1")
        .replace(/[\r\n]/g, "")
        .slice(0, 14_000),
    ];
  });
  draft.headers.push(...shown);
  for (const nth of one.odd) ODDITIES[nth]?.(draft);
  const once = written(draft, one.head);
  const bytes = draft.twice ? Buffer.concat([once, once]) : once;
  return { bytes, ends: one.head.length > 0 || one.odd.length > 0 };
}

function messageDraft({ message, whose, binary, body }: FaceCase, cast: Cast): Draft {
  const udid = whose === "own" ? cast.own : whose === "other's" ? cast.other : "0000-NOBODY";
  const text = (PLAIN[message] ?? Buffer.alloc(0)).toString("utf8");
  const valid = Buffer.from(text.replaceAll(UDID, udid).replaceAll(`>${COMMAND}<`, `>${cast.command}<`));
  const format: Format = binary ? "binary" : "xml";
  return {
    method: "PUT",
    path: "/mdm",
    headers: [
      ["Host", "localhost"],
      ["Content-Type", message < CHECKINS.length ? CHECKIN : CONNECT],
    ],
    body: damage(format, binary ? inBinary(valid) : valid, body, PLAIN),
    framing: "exact",
    twice: false,
  };
}

function scepDraft({ message, body }: FaceCase, { operations }: Cast): Draft {
  const nth = message - PLAIN.length;
  const kind = SCEP[nth] ?? "POST";
  const operation = damage("ber", operations[nth % operations.length] ?? Buffer.alloc(0), body, operations);
  const inQuery = `PKIOperation&message=${encodeURIComponent(operation.toString("base64").slice(0, 12_000))}`;
  const post = kind === "POST";
  return {
    method: post ? "POST" : "GET",
    path: `/scep?operation=${post ? "PKIOperation" : kind === "GET" ? inQuery : kind}`,
    headers: [
      ["Host", "localhost"],
      ...(post ? [["Content-Type", "application/x-pki-message"] as [string, string]] : []),
    ],
    body: post ? operation : Buffer.alloc(0),
    framing: post ? "exact" : "none",
    twice: false,
  };
}

function written({ method, path, headers, body, framing, twice }: Draft, head: readonly Edit[]): Buffer {
  const length: readonly string[] =
    framing === "none"
      ? []
      : framing.includes("chunk")
        ? ["Transfer-Encoding: chunked"]
        : [
            `Content-Length: ${body.length + (framing === "short" ? -Math.min(body.length, 7) : framing === "long" ? 7 : 0)}`,
          ];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
    ...(twice ? [] : ["Connection: close"]),
  ];
  const top = damage("text", Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head, []);
  return Buffer.concat([top, framing.includes("chunk") ? chunks(body, framing === "chunked") : body]);
}

/** In pieces; the last one of those that are broken says more than there is. */
function chunks(body: Buffer, whole: boolean): Buffer {
  const half = body.length >> 1;
  const pieces = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0);
  const said = pieces.flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
  return Buffer.concat([...said, Buffer.from(whole ? "0\r\n\r\n" : "fffffffffffffff\r\nx\r\n-1\r\n")]);
}
