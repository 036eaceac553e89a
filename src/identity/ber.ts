/**
 * Reads BER, as Apple devices send it: indefinite lengths and strings in pieces included. asn1js parses; what comes out
 * is one plain tree. Everything here throws on what it can't read; callers say in whose message the fault was.
 */
import { type BaseBlock, fromBER, ObjectIdentifier } from "asn1js";
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

const LIMITS = { maxDepth: 32, maxNodes: 5_000, maxContentLength: 1 << 20, parseEmbedded: false } as const;

/** The one value that `bytes` are; bytes after it are refused. */
export function readBer(bytes: Uint8Array): BerNode {
  const { offset, result } = fromBER(new Uint8Array(bytes), LIMITS);
  if (offset === -1) throw new Error(`no BER: ${result.error}`);
  if (offset !== bytes.length) throw new Error("bytes after the end");
  return nodeOf(result);
}

function nodeOf(block: BaseBlock): BerNode {
  const raw = new Uint8Array(block.valueBeforeDecodeView);
  const tag = raw[0] ?? 0;
  const constructed = (tag & 0x20) !== 0;
  const inner = (block.valueBlock as { readonly value?: unknown }).value;
  if (constructed && !Array.isArray(inner)) throw new Error("constructed without parts");
  return {
    tag,
    raw,
    indefinite: block.lenBlock.isIndefiniteForm,
    content: constructed ? new Uint8Array() : raw.subarray(block.idBlock.blockLength + block.lenBlock.blockLength),
    children: constructed ? (inner as BaseBlock[]).map(nodeOf) : [],
  };
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
  const { result } = fromBER(new Uint8Array(expect(node, 0x06).raw));
  if (!(result instanceof ObjectIdentifier)) throw new Error("expected an object identifier");
  return result.valueBlock.toString();
}

/** The bytes of an OCTET STRING, whole or in pieces, whatever its (implicit) tag. */
export function octetsOf(node: BerNode): Uint8Array {
  return node.children.length === 0 ? node.content : concat(...node.children.map(octetsOf));
}

/** The same value in DER, but for the order of sets: definite lengths, octet strings in one piece. */
export function toDer(node: BerNode): Uint8Array {
  if ((node.tag & 0x20) === 0) return tlv(node.tag, node.content);
  if (node.tag === 0x24) return tlv(0x04, octetsOf(node));
  return tlv(node.tag, ...node.children.map(toDer));
}
