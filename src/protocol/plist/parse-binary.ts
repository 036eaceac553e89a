/**
 * Strict reader of binary property lists (`bplist00`), as CoreFoundation's CFBinaryPList.c describes them. Ours because the
 * format lets one object be used many times: 144 bytes can stand for a tree that fills the memory, and a list can hold
 * itself. So every use counts against a budget of nodes, and nesting is bounded, which ends cycles too.
 */
import { type ErrorCode, UptickError } from "../../errors/index.ts";
import type { PlistLimits } from "./parse-xml.ts";
import { MAX_DEPTH, type PlistValue } from "./value.ts";

const MAGIC = "bplist00";
const TRAILER = 32;
/** Seconds from 1970 to 2001, where the format's dates begin. */
const EPOCH_2001 = 978_307_200;
const YEAR_10000 = 253_402_300_800_000;
const YEAR_0 = -62_167_219_200_000;

/** True where a binary property list begins; what follows may still be none. */
export function isBinaryPlist(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && Buffer.from(bytes.subarray(0, MAGIC.length)).toString("latin1") === MAGIC;
}

/**
 * Reads one binary property list into the values that XML gives too. What XML can't say is refused: UID, null, sets, dates
 * out of the years 0 to 9999, reals that are not finite. Fractions of a second are dropped.
 * @throws UptickError `plist-invalid`, or `plist-too-large` (bytes, nodes with every use of an object counted, or more than
 * 64 levels)
 */
export function parseBinaryPlist(bytes: Uint8Array, limits: PlistLimits = {}): PlistValue {
  const maxBytes = limits.maxBytes ?? 1024 * 1024;
  if (bytes.length > maxBytes) {
    const text = `The property list has ${bytes.length} bytes; at most ${maxBytes} are read.`;
    throw new UptickError("plist-too-large", text);
  }
  return new Reader(bytes, limits.maxNodes ?? 65_536, maxBytes).read();
}

class Reader {
  readonly #bytes: Buffer;
  readonly #maxNodes: number;
  readonly #maxText: number;
  #nodes = 0;
  /** Bytes of strings and data, every use counted: a long one that is shared is copied for each reader after us. */
  #text = 0;
  #refSize = 0;
  #offsetSize = 0;
  #objects = 0;
  #table = 0;

  constructor(bytes: Uint8Array, maxNodes: number, maxText: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#maxNodes = maxNodes;
    this.#maxText = maxText;
  }

  read(): PlistValue {
    if (!isBinaryPlist(this.#bytes)) fail("it does not begin with bplist00");
    const trailer = this.#bytes.length - TRAILER;
    if (trailer < MAGIC.length + 2) fail("it is cut off");
    this.#offsetSize = this.#bytes.readUInt8(trailer + 6);
    this.#refSize = this.#bytes.readUInt8(trailer + 7);
    this.#objects = this.#count(this.#bytes.readBigUInt64BE(trailer + 8));
    const top = this.#count(this.#bytes.readBigUInt64BE(trailer + 16));
    this.#table = this.#count(this.#bytes.readBigUInt64BE(trailer + 24));
    for (const size of [this.#offsetSize, this.#refSize]) if (size < 1 || size > 8) fail(`a number of ${size} bytes`);
    if (this.#objects < 1 || this.#table < MAGIC.length + 1) fail("it has no objects");
    // The table ends where the trailer begins: nothing may hide in between.
    if (this.#table + this.#objects * this.#offsetSize !== trailer) fail("its offset table is of another size");
    return this.#object(top, 1);
  }

  #count(value: bigint): number {
    return value <= BigInt(this.#bytes.length) ? Number(value) : fail("a number points outside of it");
  }

  /** A big-endian unsigned number of 1 to 8 bytes that must lie within the file. */
  #number(at: number, size: number): number {
    if (at + size > this.#bytes.length - TRAILER) fail("it is cut off");
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + this.#bytes.readUInt8(at + i);
    return value;
  }

  #object(ref: number, level: number): PlistValue {
    if ((this.#nodes += 1) > this.#maxNodes) fail(`it has more than ${this.#maxNodes} elements`, "plist-too-large");
    if (ref >= this.#objects) fail(`object ${ref} is not there`);
    const at = this.#number(this.#table + ref * this.#offsetSize, this.#offsetSize);
    if (at < MAGIC.length || at >= this.#table) fail(`object ${ref} lies outside`);
    const marker = this.#bytes.readUInt8(at);
    const low = marker & 0x0f;
    switch (marker >> 4) {
      case 0x0:
        return low === 8 ? false : low === 9 ? true : fail(`the marker ${marker}`);
      case 0x1:
        return this.#integer(at + 1, low);
      case 0x2:
        return { real: this.#real(at + 1, low) };
      case 0x3:
        return low === 3 ? this.#date(at + 1) : fail(`the marker ${marker}`);
      case 0x4:
        return new Uint8Array(this.#span(at, low, 1));
      case 0x5:
        return this.#ascii(this.#span(at, low, 1));
      case 0x6:
        return this.#utf16(this.#span(at, low, 2));
      case 0xa:
        return this.#refs(this.#span(at, low, this.#refSize), level).map((one) => this.#object(one, level + 1));
      case 0xd:
        return this.#dict(this.#span(at, low, 2 * this.#refSize), level);
      default:
        return fail(`the marker ${marker}, which is of no value that XML has`);
    }
  }

  /** What belongs to a marker with a length: `unit` bytes each. */
  #span(at: number, low: number, unit: number): Buffer {
    let from = at + 1;
    let length = low;
    if (low === 0x0f) {
      const marker = this.#number(from, 1);
      if (marker >> 4 !== 1 || (marker & 0x0f) > 3) fail("a length that is no number");
      const size = 2 ** (marker & 0x0f);
      length = this.#number(from + 1, size);
      from += 1 + size;
    }
    const end = from + length * unit;
    if (end > this.#table) fail("it is cut off");
    const kind = this.#bytes.readUInt8(at) >> 4;
    if (kind < 0xa && (this.#text += end - from) > this.#maxText) fail("its texts are too long", "plist-too-large");
    return this.#bytes.subarray(from, end);
  }

  #integer(at: number, low: number): bigint {
    if (low > 4 || at + 2 ** low > this.#table) fail("an integer that is cut off or too long");
    if (low === 0) return BigInt(this.#bytes.readUInt8(at));
    if (low === 1) return BigInt(this.#bytes.readUInt16BE(at));
    if (low === 2) return BigInt(this.#bytes.readUInt32BE(at));
    // Only from 8 bytes on is there a sign; 16 bytes carry what is above the signed range of 64 bits.
    if (low === 3) return this.#bytes.readBigInt64BE(at);
    const value = (this.#bytes.readBigInt64BE(at) << 64n) | this.#bytes.readBigUInt64BE(at + 8);
    return value >= -(2n ** 63n) && value < 2n ** 64n ? value : fail("an integer has more than 64 bits");
  }

  #real(at: number, low: number): number {
    if ((low !== 2 && low !== 3) || at + 2 ** low > this.#table) fail("a real that is cut off or of another size");
    const value = low === 2 ? this.#bytes.readFloatBE(at) : this.#bytes.readDoubleBE(at);
    return Number.isFinite(value) ? value : fail("a real is not finite");
  }

  #date(at: number): Date {
    const ms = Math.floor(this.#real(at, 3) + EPOCH_2001) * 1000;
    return ms >= YEAR_0 && ms < YEAR_10000 ? new Date(ms) : fail("a date is out of the years 0 to 9999");
  }

  #ascii(bytes: Buffer): string {
    return bytes.every((byte) => byte < 0x80) ? bytes.toString("latin1") : fail("a text is not ASCII as it says");
  }

  #utf16(bytes: Buffer): string {
    const text = Buffer.from(bytes).swap16().toString("utf16le");
    return text.isWellFormed() ? text : fail("a text is not UTF-16");
  }

  #refs(span: Buffer, level: number): number[] {
    if (level > MAX_DEPTH) fail(`it nests deeper than ${MAX_DEPTH} levels`, "plist-too-large");
    const count = span.length / this.#refSize;
    if (this.#nodes + count > this.#maxNodes) fail(`it has more than ${this.#maxNodes} elements`, "plist-too-large");
    return Array.from({ length: count }, (_none, i) => {
      let ref = 0;
      for (let k = 0; k < this.#refSize; k += 1) ref = ref * 256 + span.readUInt8(i * this.#refSize + k);
      return ref;
    });
  }

  #dict(span: Buffer, level: number): ReadonlyMap<string, PlistValue> {
    const refs = this.#refs(span, level);
    const size = refs.length / 2;
    const dict = new Map<string, PlistValue>();
    for (let i = 0; i < size; i += 1) {
      const key = this.#object(refs[i] ?? 0, level + 1);
      if (typeof key !== "string") return fail("a key is no text");
      if (dict.has(key)) fail(`the key "${key.slice(0, 40)}" is there twice`);
      dict.set(key, this.#object(refs[size + i] ?? 0, level + 1));
    }
    return dict;
  }
}

function fail(what: string, code: ErrorCode = "plist-invalid"): never {
  throw new UptickError(code, `Binary property list: ${what}.`);
}
