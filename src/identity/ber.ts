/**
 * Reads BER, as Apple devices send it: indefinite lengths and strings in pieces included. What comes out is one plain tree.
 * Everything here throws on what it can't read; callers say in whose message the fault was.
 *
 * Ours because every message of a device that signs goes through it: asn1js takes 320 µs for one signature of 2 KB, this
 * 4 µs (`npm run bench` shows what that makes of a poll). ber.test.ts compares the two.
 */
import { concat, tlv } from "./der.ts";

export interface BerNode {
  /** Class, constructed bit and number in one byte, as written: 0x30 is a SEQUENCE. */
  readonly tag: number;
  /** The node whole, as it was sent. */
  readonly raw: Uint8Array;
  readonly indefinite: boolean;
  /** Content of a primitive node; empty for a constructed one. */
  readonly content: Uint8Array;
  /** Empty for a primitive node. */
  readonly children: readonly BerNode[];
}

const MAX_DEPTH = 32;
const MAX_NODES = 5_000;
const MAX_BYTES = 1 << 20;
const NOTHING = new Uint8Array();
const NO_CHILDREN: readonly BerNode[] = [];

/** The one value that `bytes` are; bytes after it are refused. */
export function readBer(bytes: Uint8Array): BerNode {
  if (bytes.length > MAX_BYTES) throw new Error("too long");
  const reader = new Reader(bytes);
  const node = reader.node(0, bytes.length, 0);
  if (reader.at !== bytes.length) throw new Error("bytes after the end");
  return node;
}

class Reader {
  readonly #bytes: Uint8Array;
  #nodes = 0;
  /** Where the node that was read last ended. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  node(start: number, end: number, depth: number): BerNode {
    if (depth > MAX_DEPTH) throw new Error("too deep");
    if ((this.#nodes += 1) > MAX_NODES) throw new Error("too many parts");
    const tag = this.#byte(start, end);
    // Tags of more than one byte, and the mark of an end where a value should be: no message that is read here has them.
    if ((tag & 0x1f) === 0x1f || tag === 0) throw new Error(`tag ${tag}`);
    const constructed = (tag & 0x20) !== 0;
    const first = this.#byte(start + 1, end);
    if (first === 0x80) {
      if (!constructed) throw new Error("a primitive value without a length");
      const children = this.#until(start + 2, end, depth);
      return { tag, raw: this.#bytes.subarray(start, this.at), indefinite: true, content: NOTHING, children };
    }
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (lengthBytes > 4) throw new Error("a length without end");
    let length = first < 0x80 ? first : 0;
    for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + this.#byte(start + 2 + i, end);
    const from = start + 2 + lengthBytes;
    const to = from + length;
    if (to > end) throw new Error("cut off");
    const children = constructed ? this.#within(from, to, depth) : NO_CHILDREN;
    this.at = to;
    const content = constructed ? NOTHING : this.#bytes.subarray(from, to);
    return { tag, raw: this.#bytes.subarray(start, to), indefinite: false, content, children };
  }

  #within(from: number, to: number, depth: number): BerNode[] {
    const children: BerNode[] = [];
    for (let at = from; at < to; at = this.at) children.push(this.node(at, to, depth + 1));
    return children;
  }

  /** Children up to the two zero bytes that end an indefinite length. */
  #until(from: number, end: number, depth: number): BerNode[] {
    const children: BerNode[] = [];
    let at = from;
    while (this.#byte(at, end) !== 0 || this.#byte(at + 1, end) !== 0) {
      children.push(this.node(at, end, depth + 1));
      at = this.at;
    }
    this.at = at + 2;
    return children;
  }

  #byte(at: number, end: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined || at >= end) throw new Error("cut off");
    return byte;
  }
}

/** The parts of a node that must have this tag. */
export function parts(node: BerNode | undefined, tag: number): readonly BerNode[] {
  return expect(node, tag).children;
}

/** The node itself, if it is there and has this tag. */
export function expect(node: BerNode | undefined, tag: number): BerNode {
  if (node?.tag !== tag) throw new Error(`expected tag ${tag}, found ${node?.tag ?? "nothing"}`);
  return node;
}

/** A dotted object identifier. */
export function oidOf(node: BerNode | undefined): string {
  const { content } = expect(node, 0x06);
  const arcs: number[] = [];
  let arc = 0;
  let within = false;
  for (const byte of content) {
    // A digit of nothing in front would give one identifier two spellings.
    if (!within && byte === 0x80) throw new Error("an object identifier with a leading zero");
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new Error("an object identifier too large");
    within = (byte & 0x80) !== 0;
    if (within) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first, ...rest] = arcs;
  if (first === undefined || within) throw new Error("an object identifier cut off");
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join(".");
}

/** The bytes of an OCTET STRING, whole or in pieces, whatever its (implicit) tag. */
export function octetsOf(node: BerNode): Uint8Array {
  return node.children.length === 0 ? node.content : concat(...node.children.map(octetsOf));
}

/** The same value in DER, except for the order of sets: definite lengths, octet strings in one piece. */
export function toDer(node: BerNode): Uint8Array {
  if ((node.tag & 0x20) === 0) return tlv(node.tag, node.content);
  if (node.tag === 0x24) return tlv(0x04, octetsOf(node));
  return tlv(node.tag, ...node.children.map(toDer));
}
