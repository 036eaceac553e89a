/**
 * Damage to valid messages, as fast-check values: each edit is small data, so a failing case shrinks to few edits at low
 * positions. Positions are fractions of what is there, so an edit fits every message.
 */
import fc from "fast-check";

export type Format = "xml" | "binary" | "ber" | "text";

/** `at` and `to` are positions in 1/65536 of the message (or of its pieces); `token` is the number of a token. */
export interface Edit {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly to: number;
  readonly token: number;
  readonly times: number;
}

const KINDS = [
  "flip",
  "cut",
  "drop",
  "double",
  "move",
  "insert",
  "replace",
  "repeat",
  "splice",
  "dropPiece",
  "doublePiece",
  "movePiece",
  "replacePiece",
  "encode",
] as const;

const position = fc.nat(0xffff);
export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: position,
  to: position,
  token: fc.nat(0xffff),
  times: fc.oneof({ weight: 9, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(3000) }),
});

/** Edits of one message: seldom none, mostly a few. */
export const edits: fc.Arbitrary<Edit[]> = fc.array(edit, { maxLength: 5 });

/** Damaged messages grow no larger than this: what is larger is refused by its size alone. */
const LARGEST = 1 << 20;

// biome-ignore format: a list of words
const XML_TOKENS = [
  "<plist>", "</plist>", "<dict>", "</dict>", "<dict/>", "<array>", "</array>", "<array/>", "<key>", "</key>",
  "<key/>", "<string>", "</string>", "<string/>", "<data>", "</data>", "<integer>", "</integer>", "<real>", "<date>",
  "<true/>", "<false/>", "<key>Token</key>", "<key>Status</key>", "<key>UDID</key>", "<key>CommandUUID</key>",
  "<string>Idle</string>", "<key>MessageType</key>", "<key>__proto__</key>", "<string>constructor</string>",
  "<integer>-9223372036854775808</integer>", "<integer>18446744073709551616</integer>", `<integer>${"9".repeat(400)}</integer>`,
  "<integer>0x1f</integer>", "<real>nan</real>", "<real>1e999</real>", "<real>-infinity</real>",
  "<date>0000-00-00T00:00:00Z</date>", "<date>9999-12-31T23:59:60Z</date>", "<data>====</data>", "<data>AA==</data>",
  '<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>', '<!DOCTYPE plist SYSTEM "file:///etc/passwd">',
  "<!DOCTYPE", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", '<?xml version="1.1"?>', '<?xml version="1.0" encoding="UTF-16"?>',
  "&a;", "&amp;", "&#0;", "&#27;", "&#xD800;", "&#x10FFFF;", "&#99999999999;", "&lt;", "\0", "\u0007", "\u001b[2J", "\u202e",
  "\ufeff", "\ufffe", "\u{1f600}", " ", "\r", "\t", "x", "<", ">", "&", '"', "'", "=",
] as const;

// biome-ignore format: a list of words
const BER_TOKENS = [
  "00", "0000", "30", "3080", "3000", "31", "3180", "24", "2480", "0400", "0480", "a0", "a080", "a000", "80", "8000", "81ff", "82ffff",
  "83ffffff", "84ffffffff", "847fffffff", "8500000000ff", "ff", "1f", "1fffffff7f", "3f", "0101ff", "020100", "0200", "02810100", "0209ff0000000000000000",
  "0500", "0600", "060180", "06022a80", "0609ffffffffffffffff7f", "06092a864886f70d010702", "0303000102", "030101", "0c00", "1e0141", "1300", "170d",
  "30820001", "3003020101", "308002010100", "3081803081803081803081",
] as const;

// biome-ignore format: a list of words
const TEXT_TOKENS = [
  ":", "::", "=", "==", "%", "%00", "%zz", "%25", "+", " ", "\t", "\n", "A", "AAAA", "-----BEGIN CERTIFICATE-----",
  "-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----", "\0", "\u00ff", "ÿ", "é", ",", ";", '"',
] as const;

/** Markers and numbers of binary property lists: every type, lengths that lie, trailers. */
// biome-ignore format: a list of words
const BINARY_TOKENS = [
  "00", "08", "09", "0f", "10", "13", "14", "15", "1f", "137fffffffffffffff", "138000000000000000", "14ffffffffffffffffffffffffffffffff",
  "22", "23", "227fc00000", "237ff0000000000000", "33", "33fff0000000000000", "337fefffffffffffff", "40", "4f", "4f13ffffffffffffffff",
  "4f12ffffffff", "50", "5f", "5f1000", "5f11ffff", "60", "61d800", "61dc00", "6f", "6f11ffff", "80", "a0", "a100", "a101", "af", "af1000",
  "af13ffffffffffffffff", "c100", "d0", "d10000", "d10101", "df", "df11ffff", "ff", "01", "02", "0000000000000000", "ffffffffffffffff",
  "0000000000000001", "62706c6973743030", "62706c6973743031",
] as const;

const TOKENS: Readonly<Record<Format, readonly Buffer[]>> = {
  xml: XML_TOKENS.map((token) => Buffer.from(token)),
  binary: BINARY_TOKENS.map((token) => Buffer.from(token, "hex")),
  ber: BER_TOKENS.map((token) => Buffer.from(token, "hex")),
  text: TEXT_TOKENS.map((token) => Buffer.from(token)),
};

/** Bytes that no text in UTF-8 has: overlong forms, halves of a pair, cut-off characters. */
const NOT_UTF8 = ["c080", "e080af", "eda080", "f4908080", "fe", "c3", "f0808081"].map((hex) => Buffer.from(hex, "hex"));

export function tokensOf(format: Format): readonly Buffer[] {
  return TOKENS[format];
}

/** The message after all edits. `others` are what can be spliced in. */
export function damage(
  format: Format,
  message: Uint8Array,
  done: readonly Edit[],
  others: readonly Uint8Array[],
): Buffer {
  let bytes: Buffer = Buffer.from(message);
  for (const one of done) bytes = apply(format, bytes, one, others).subarray(0, LARGEST);
  return bytes;
}

function apply(
  format: Format,
  bytes: Buffer,
  { kind, at, to, token, times }: Edit,
  others: readonly Uint8Array[],
): Buffer {
  const place = (fraction: number, size = bytes.length): number => Math.floor((fraction / 0x10000) * size);
  const [from, until] = [place(Math.min(at, to)), place(Math.max(at, to))];
  const words = TOKENS[format];
  const word = words[token % words.length] ?? Buffer.alloc(0);
  const near = Math.min(until, from + (token % 64) + 1);
  const put = (start: number, end: number, ...middle: Uint8Array[]): Buffer =>
    Buffer.concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)]);
  const most = Math.max(1, Math.floor(LARGEST / 4 / Math.max(1, word.length)));
  switch (kind) {
    case "flip": {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[from] = (flipped[from] ?? 0) ^ (1 << (token & 7));
      return flipped;
    }
    case "cut":
      return token % 2 === 0 ? bytes.subarray(0, from) : bytes.subarray(from);
    case "drop":
      return put(from, near);
    case "double":
      return put(until, until, bytes.subarray(from, near));
    case "move":
      return Buffer.concat([
        bytes.subarray(0, from),
        bytes.subarray(near, until),
        bytes.subarray(from, near),
        bytes.subarray(until),
      ]);
    case "insert":
      return put(from, from, token % 8 === 0 ? (NOT_UTF8[times % NOT_UTF8.length] ?? word) : word);
    case "replace":
      return put(from, near, word);
    case "repeat":
      return put(from, from, ...Array.from({ length: Math.min(times, most) }, () => word));
    case "splice": {
      const other = Buffer.from(others[token % Math.max(1, others.length)] ?? bytes);
      return Buffer.concat([bytes.subarray(0, from), other.subarray(place(to, other.length))]);
    }
    case "encode":
      return encode(bytes, token);
    default:
      return inPieces(format, bytes, { kind, at, to, token, times });
  }
}

function encode(bytes: Buffer, token: number): Buffer {
  const text = bytes.toString("utf8");
  const wide = Buffer.from(text, "utf16le");
  switch (token % 5) {
    case 0:
      return Buffer.concat([Buffer.from([0xff, 0xfe]), wide]);
    case 1:
      return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]);
    case 2:
      return wide;
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    default:
      return Buffer.from(bytes.toString("base64"));
  }
}

/** Edits between the parts that the format itself has, so that what comes out is often well formed. */
function inPieces(format: Format, bytes: Buffer, { kind, at, to, token }: Edit): Buffer {
  if (format === "ber") return inTree(bytes, { kind, at, to, token });
  if (format === "binary") return inObjects(bytes, { kind, at, to, token });
  const pieces =
    format === "xml" ? (bytes.toString("latin1").match(/<[^>]*>|[^<]+/g) ?? []) : bytes.toString("latin1").split("");
  const words = TOKENS[format];
  const [a, b] = [at, to].map((fraction) => Math.floor((fraction / 0x10000) * pieces.length)) as [number, number];
  const piece = pieces[a] ?? "";
  if (kind === "dropPiece") pieces.splice(a, 1);
  else if (kind === "doublePiece") pieces.splice(b, 0, piece);
  else if (kind === "movePiece") [pieces[a], pieces[b]] = [pieces[b] ?? "", piece];
  else pieces[a] = (words[token % words.length] ?? Buffer.alloc(0)).toString("latin1");
  return Buffer.from(pieces.join(""), "latin1");
}

/**
 * The bytes of one object, or one offset of the table, become another's, and all offsets are right again: lists that hold
 * themselves, one object used many times, keys that are no texts.
 */
function inObjects(bytes: Buffer, { kind, at, to, token }: Omit<Edit, "times">): Buffer {
  const trailer = bytes.length - 32;
  const size = bytes[trailer + 6] ?? 0;
  const count = trailer > 8 ? Number(bytes.readBigUInt64BE(trailer + 8)) : 0;
  const table = trailer > 8 ? Number(bytes.readBigUInt64BE(trailer + 24)) : 0;
  if (size < 1 || size > 4 || count < 1 || table + count * size > trailer) return bytes;
  const offsets = Array.from({ length: count }, (_none, nth) => bytes.readUIntBE(table + nth * size, size));
  const ends = offsets.map((offset) => Math.min(table, ...offsets.filter((other) => other > offset)));
  const objects = offsets.map((offset, nth) => bytes.subarray(Math.min(offset, table), ends[nth]));
  const [a, b] = [at, to].map((fraction) => Math.floor((fraction / 0x10000) * count)) as [number, number];
  const [one, other] = [objects[a] ?? Buffer.alloc(0), objects[b] ?? Buffer.alloc(0)];
  const words = TOKENS.binary;
  if (kind === "dropPiece") objects[a] = Buffer.alloc(0);
  else if (kind === "doublePiece") objects[b] = one;
  else if (kind === "movePiece") [objects[a], objects[b]] = [other, one];
  // A reference of it becomes another, or it becomes a word.
  else if (token % 2 === 0 && one.length > 1) {
    const changed = Buffer.from(one);
    changed[1 + (token % (one.length - 1))] = b & 0xff;
    objects[a] = changed;
  } else objects[a] = words[token % words.length] ?? one;
  let end = 8;
  const places = objects.map((object) => {
    const place = Buffer.alloc(4);
    place.writeUInt32BE(end);
    end += object.length;
    return place;
  });
  const closing = Buffer.from(bytes.subarray(trailer));
  closing[6] = 4;
  closing.writeBigUInt64BE(BigInt(end), 24);
  return Buffer.concat([bytes.subarray(0, 8), ...objects, ...places, closing]);
}

interface Tlv {
  tag: number;
  content: Buffer;
  children: Tlv[] | undefined;
}

/** Reads as much of DER as there is; what is none stays content. */
function treeOf(bytes: Buffer, depth = 0): Tlv[] | undefined {
  const nodes: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined || first === 0x80 || first > 0x84) return undefined;
    const size = first < 0x80 ? 0 : first & 0x7f;
    const length =
      size === 0 ? first : bytes.subarray(at + 2, at + 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
    const from = at + 2 + size;
    if (from + length > bytes.length) return undefined;
    const content = bytes.subarray(from, from + length);
    nodes.push({ tag, content, children: (tag & 0x20) !== 0 && depth < 20 ? treeOf(content, depth + 1) : undefined });
    at = from + length;
  }
  return nodes;
}

function written(nodes: readonly Tlv[], endless: Tlv | undefined): Buffer {
  return Buffer.concat(
    nodes.map((node) => {
      const content = node.children === undefined ? node.content : written(node.children, endless);
      if (node === endless && (node.tag & 0x20) !== 0)
        return Buffer.concat([Buffer.from([node.tag, 0x80]), content, Buffer.alloc(2)]);
      const size =
        content.length < 0x80
          ? [content.length]
          : [0x83, content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff];
      return Buffer.concat([Buffer.from([node.tag, ...size]), content]);
    }),
  );
}

/** A whole node is dropped, doubled, moved or replaced, and all lengths above it are right again. */
function inTree(bytes: Buffer, { kind, at, to, token }: Omit<Edit, "times">): Buffer {
  const tree = treeOf(bytes);
  if (tree === undefined) return bytes;
  const places: { readonly list: Tlv[]; readonly nth: number }[] = [];
  const visit = (list: Tlv[]): void => {
    for (const [nth, node] of list.entries()) {
      places.push({ list, nth });
      if (node.children !== undefined) visit(node.children);
    }
  };
  visit(tree);
  const pick = (fraction: number) => places[Math.floor((fraction / 0x10000) * places.length)];
  const [a, b] = [pick(at), pick(to)];
  const node = a?.list[a.nth];
  if (a === undefined || b === undefined || node === undefined) return bytes;
  let endless: Tlv | undefined;
  if (kind === "dropPiece") a.list.splice(a.nth, 1);
  // A copy of what holds it would be a tree without end.
  else if (kind === "doublePiece")
    b.list.splice(b.nth, 0, { tag: node.tag, content: written([node], undefined), children: undefined });
  else if (kind === "movePiece") a.list.splice(a.nth, 1, ...a.list.splice(b.nth % a.list.length, 1), node);
  else if (token % 3 === 0) endless = node;
  else if (token % 3 === 1) node.tag = token >> 8;
  else {
    const word = TOKENS.ber[token % TOKENS.ber.length] ?? Buffer.alloc(0);
    a.list[a.nth] = { tag: node.tag, content: word, children: undefined };
  }
  return written(tree, endless);
}
