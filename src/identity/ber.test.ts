import { type BaseBlock, fromBER, ObjectIdentifier } from "asn1js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BerNode, oidOf, readBer } from "./ber.ts";
import { concat, oid, tlv } from "./der.ts";

const END = Uint8Array.of(0, 0);
const indefinite = (tag: number, ...content: Uint8Array[]): Uint8Array =>
  concat(Uint8Array.of(tag, 0x80), ...content, END);
const OCTETS = tlv(0x04, Uint8Array.of(1, 2, 3));

/** Any tree of values, with definite and indefinite lengths. */
const tree: fc.Arbitrary<Uint8Array> = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.uint8Array({ maxLength: 200 }).map((bytes) => tlv(0x04, bytes)),
    fc.integer({ min: 0, max: 255 }).map((byte) => tlv(0x02, Uint8Array.of(byte))),
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa1, 0x24), fc.boolean(), fc.array(tie("value"), { maxLength: 4 }))
      .map(([tag, open, items]) => (open ? indefinite(tag, ...items) : tlv(tag, ...items))),
  ),
})).value;

/** Every node whole, in order, its parts behind it. */
const outline = (node: BerNode): unknown[] => [Buffer.from(node.raw).toString("hex"), ...node.children.map(outline)];
function outlineOf(block: BaseBlock): unknown[] {
  const raw = Buffer.from(block.valueBeforeDecodeView);
  const inner = (block.valueBlock as { readonly value?: unknown }).value;
  const parts = ((raw[0] ?? 0) & 0x20) !== 0 && Array.isArray(inner) ? (inner as BaseBlock[]) : [];
  return [raw.toString("hex"), ...parts.map(outlineOf)];
}

describe("BER", () => {
  it("is read with definite and with indefinite lengths", () => {
    const node = readBer(indefinite(0x30, OCTETS, indefinite(0x24, OCTETS)));
    expect([node.indefinite, node.children.map(({ tag, indefinite: open }) => [tag, open])]).toEqual([
      true,
      [
        [0x04, false],
        [0x24, true],
      ],
    ]);
  });

  it("gives back the tree that was written, byte for byte", () => {
    fc.assert(
      fc.property(tree, (bytes) => {
        const node = readBer(bytes);
        expect(Buffer.from(node.raw).equals(bytes)).toBe(true);
        const parts = (of: BerNode): number => of.children.reduce((sum, child) => sum + parts(child), 1);
        expect(parts(node)).toBeGreaterThan(0);
      }),
    );
  });

  it("is the tree that asn1js reads, wherever it reads one", () => {
    fc.assert(
      fc.property(tree, (bytes) => {
        const theirs = attempt(() => fromBER(bytes, { parseEmbedded: false }));
        // asn1js looks into values too: what is in an OCTET STRING in pieces must be one.
        const readable = theirs !== undefined && theirs.offset === bytes.length;
        expect(readable ? outline(readBer(bytes)) : []).toEqual(readable ? outlineOf(theirs.result) : []);
      }),
      { numRuns: 2000 },
    );
  });

  it("never does anything but throw an error on garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => attempt(() => readBer(bytes))).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a tag alone", Uint8Array.of(0x30)],
    ["bytes after the end", concat(OCTETS, Uint8Array.of(0))],
    ["a length beyond the end", Uint8Array.of(0x04, 0x05, 1)],
    ["a child beyond its parent", Uint8Array.of(0x30, 0x03, 0x04, 0x05, 1)],
    ["an indefinite length without an end", Uint8Array.of(0x30, 0x80, 0x04, 0x00)],
    ["a primitive value of indefinite length", Uint8Array.of(0x04, 0x80, 0, 0)],
    ["a length of five bytes", Uint8Array.of(0x04, 0x85, 0, 0, 0, 0, 0)],
    ["a length of 4 GB", Uint8Array.of(0x04, 0x84, 0xff, 0xff, 0xff, 0xff)],
    ["a tag of two bytes", Uint8Array.of(0x1f, 0x81, 0x00)],
    ["an end where a value should be", concat(Uint8Array.of(0x30, 0x02), END)],
    ["33 levels", Array.from({ length: 34 }).reduce<Uint8Array>((inner) => tlv(0x30, inner), OCTETS)],
    ["10,000 levels", concat(...Array.from({ length: 10_000 }, () => Uint8Array.of(0x30, 0x80)))],
    // Its parent's end would be taken for its own.
    ["an end outside its parent", indefinite(0x30, Uint8Array.of(0x30, 0x03, 0x30, 0x80, 0))],
    ["more than 1 MiB", tlv(0x04, new Uint8Array((1 << 20) - 4))],
    ["5,001 parts", tlv(0x30, ...Array.from({ length: 5_001 }, () => Uint8Array.of(0x05, 0x00)))],
  ])("is refused: %s", (_what, bytes) => {
    expect(() => readBer(bytes)).toThrow(Error);
  });
});

describe("BER at its limits", () => {
  it.each<[string, Uint8Array]>([
    ["32 levels", Array.from({ length: 32 }).reduce<Uint8Array>((inner) => tlv(0x30, inner), OCTETS)],
    ["5,000 parts", tlv(0x30, ...Array.from({ length: 4_999 }, () => Uint8Array.of(0x05, 0x00)))],
    ["1 MiB", tlv(0x04, new Uint8Array((1 << 20) - 5))],
    ["a length of four bytes", Uint8Array.of(0x04, 0x84, 0, 0, 0, 1, 7)],
  ])("is read: %s", (_what, bytes) => {
    expect(readBer(bytes).raw).toEqual(bytes);
  });

  it.each([
    [0, [0]],
    [0x7f, [0x7f]],
    [0x80, [0x81, 0x80]],
    [0xff, [0x81, 0xff]],
    [0x100, [0x82, 1, 0]],
    [0xffff, [0x82, 0xff, 0xff]],
    [0x10000, [0x83, 1, 0, 0]],
  ])("has a length of %i bytes in as few bytes as DER wants", (length, written) => {
    const bytes = tlv(0x04, new Uint8Array(length));
    expect([...bytes.subarray(1, 1 + written.length)]).toEqual(written);
    expect(readBer(bytes).content).toHaveLength(length);
  });
});

describe("object identifiers", () => {
  it.each(["1.2.840.113549.1.7.2", "2.16.840.1.113733.1.9.2", "2.5.4.3", "0.9.2342.19200300.100.1.1", "2.999.1"])(
    "%s is read",
    (text) => {
      expect(oidOf(readBer(oid(text)))).toBe(text);
      expect(fromBER(oid(text)).result).toBeInstanceOf(ObjectIdentifier);
    },
  );

  it.each([[[]], [[0x80, 0x01]], [[0x2a, 0x80]], [[0x2a, ...Array<number>(9).fill(0xff), 0x7f]]])(
    "%j is refused",
    (content) => {
      expect(() => oidOf(readBer(tlv(0x06, Uint8Array.from(content))))).toThrow(Error);
    },
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
