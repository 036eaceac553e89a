/** A small writer of binary property lists for tests; `assemble` writes whatever objects it is given, sense or not. */
import { isArray, isDict, isReal, type PlistValue } from "./value.ts";

/** Objects by their bytes, the first on top; numbers of one byte. */
export function assemble(objects: readonly (readonly number[] | Buffer)[], trailer: Partial<Trailer> = {}): Buffer {
  const offsets: number[] = [];
  let at = 8;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const end = Buffer.alloc(32);
  const { offsetSize = 2, refSize = 1, count = objects.length, top = 0, table = at } = trailer;
  end.writeUInt8(offsetSize, 6);
  end.writeUInt8(refSize, 7);
  end.writeBigUInt64BE(BigInt(count), 8);
  end.writeBigUInt64BE(BigInt(top), 16);
  end.writeBigUInt64BE(BigInt(table), 24);
  const numbers = offsets.map((offset) => {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(offset);
    return bytes;
  });
  return Buffer.concat([Buffer.from("bplist00"), ...objects.map((one) => Buffer.from(one)), ...numbers, end]);
}

interface Trailer {
  readonly offsetSize: number;
  readonly refSize: number;
  readonly count: number;
  readonly top: number;
  readonly table: number;
}

/** The value as a binary property list; at most 255 objects, no integers beyond 64 bits with sign. */
export function writeBinary(value: PlistValue): Buffer {
  const objects: Buffer[] = [];
  const head = (kind: number, length: number): Buffer =>
    Buffer.from(length < 15 ? [(kind << 4) | length] : [(kind << 4) | 15, 0x11, length >> 8, length & 255]);
  function add(one: PlistValue): number {
    const index = objects.push(Buffer.alloc(0)) - 1;
    objects[index] = bytesOf(one);
    return index;
  }
  function bytesOf(one: PlistValue): Buffer {
    if (typeof one === "boolean") return Buffer.from([one ? 9 : 8]);
    if (typeof one === "string") {
      const utf16 = Buffer.from(one, "utf16le").swap16();
      return Buffer.concat([head(6, one.length), utf16]);
    }
    if (typeof one === "bigint") {
      const bytes = Buffer.alloc(9, 0x13);
      bytes.writeBigInt64BE(one, 1);
      return bytes;
    }
    if (one instanceof Uint8Array) return Buffer.concat([head(4, one.length), one]);
    if (one instanceof Date || isReal(one)) {
      const bytes = Buffer.alloc(9, one instanceof Date ? 0x33 : 0x23);
      bytes.writeDoubleBE(one instanceof Date ? one.getTime() / 1000 - 978_307_200 : one.real, 1);
      return bytes;
    }
    if (isArray(one)) return Buffer.concat([head(10, one.length), Buffer.from(one.map(add))]);
    if (!isDict(one)) throw new Error("no value");
    return Buffer.concat([
      head(13, one.size),
      Buffer.from([...one.keys()].map(add)),
      Buffer.from([...one.values()].map(add)),
    ]);
  }
  add(value);
  return assemble(objects);
}
