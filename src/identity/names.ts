/** Reads distinguished names. */
import { type BerNode, oidOf, parts } from "./ber.ts";
import { TAG } from "./der.ts";

export interface NamePart {
  /** Dotted object identifier. */
  readonly type: string;
  readonly value: string;
}

const SHORT: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "0.9.2342.19200300.100.1.1": "UID",
};

/** Text of any of ASN.1's string types. */
export function textOf(node: BerNode): string {
  const bytes = Buffer.from(node.content);
  if (node.tag === 0x0c) return bytes.toString("utf8");
  // BMPString is UTF-16, big end first.
  if (node.tag === 0x1e && bytes.length % 2 === 0) return bytes.swap16().toString("utf16le");
  return bytes.toString("latin1");
}

export function readName(node: BerNode | undefined): readonly NamePart[] {
  return parts(node, TAG.sequence).flatMap((group) =>
    parts(group, TAG.set).map((pair) => {
      const [type, value] = parts(pair, TAG.sequence);
      if (value === undefined) throw new Error("a name without a value");
      return { type: oidOf(type), value: textOf(value) };
    }),
  );
}

/** For people to read: `CN=…, O=…`. */
export function nameText(name: readonly NamePart[]): string {
  return name.map(({ type, value }) => `${SHORT[type] ?? type}=${value}`).join(", ");
}
