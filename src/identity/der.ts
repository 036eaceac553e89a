/** Writes single DER values and puts them together, for what is signed or compared byte by byte. asn1js encodes the values. */
import { Integer, Null, ObjectIdentifier, OctetString, PrintableString } from "asn1js";

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  /** Context tags `[n]`, constructed. */
  context0: 0xa0,
  context1: 0xa1,
} as const;

export function concat(...chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

/** Tag, length in as few bytes as possible, content. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  if (body.length < 0x80) return concat(Uint8Array.of(tag, body.length), body);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  return concat(Uint8Array.of(tag, 0x80 | length.length, ...length), body);
}

export const sequence = (...items: readonly Uint8Array[]): Uint8Array => tlv(TAG.sequence, ...items);

/** SET OF: DER wants its members in the order of their bytes. */
export function set(...items: readonly Uint8Array[]): Uint8Array {
  return tlv(TAG.set, ...[...items].sort((a, b) => Buffer.compare(a, b)));
}

export const oid = (value: string): Uint8Array => new Uint8Array(new ObjectIdentifier({ value }).toBER());
export const integer = (value: number): Uint8Array => new Uint8Array(new Integer({ value }).toBER());
export const octets = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(new OctetString({ valueHex: new Uint8Array(bytes) }).toBER());
export const printable = (value: string): Uint8Array => new Uint8Array(new PrintableString({ value }).toBER());
export const nothing = (): Uint8Array => new Uint8Array(new Null().toBER());

/** AlgorithmIdentifier with NULL parameters, or with those given. */
export const algorithm = (id: string, parameters: Uint8Array = nothing()): Uint8Array => sequence(oid(id), parameters);
