import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseXmlPlist, type PlistValue, redactCommand, redactReport, writeXmlPlist } from "./index.ts";
import { SECRET_KEYS } from "./secret-keys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const dict = (entries: Record<string, PlistValue>): Map<string, PlistValue> => new Map(Object.entries(entries));
const textOf = (data: Uint8Array): string => Buffer.from(data).toString("latin1");

/** `inner` as the only object of a binary property list, and that of another, and so on. */
function packed(levels: number, inner: Uint8Array): Uint8Array {
  const [before, behind]: [Buffer[], Buffer[]] = [[], []];
  for (let size = inner.length, i = 0; i < levels; i += 1) {
    const head = Buffer.from("bplist00\x4f\x12\0\0\0\0", "latin1");
    head.writeUInt32BE(size, 10);
    const trailer = Buffer.alloc(33);
    trailer.set([8, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    trailer.writeUInt32BE(head.length + size, 29);
    size += head.length + trailer.length;
    before.push(head);
    behind.push(trailer);
  }
  return Buffer.concat([...before.reverse(), inner, ...behind]);
}

/** The text, and what is packed into it. */
function everyText(data: Uint8Array): string {
  const text = textOf(data);
  const inner = Array.from(text.matchAll(/<data>([^<]+)/g), ([, base64 = ""]) =>
    everyText(Buffer.from(base64, "base64")),
  );
  return [text, ...inner].join("\n");
}

describe("redaction", () => {
  it("gives back the very bytes where nothing is secret", () => {
    const odd = bytes(
      "<plist  version='1.0'><dict ><key>ServerToken</key><string>ä</string><key>a</key><array/></dict></plist>",
    );
    expect(redactReport(odd)).toBe(odd);
    expect(redactCommand(odd)).toBe(odd);
  });

  it.each(SECRET_KEYS.map((key) => [key]))("cuts %s out at any depth, and keeps the rest", (key) => {
    const hidden = "s3cr3t-value";
    const input = writeXmlPlist(
      dict({
        a: [dict({ [key]: hidden, b: 1n })],
        c: dict({ [key]: bytes(hidden) }),
        d: dict({ [key]: dict({ e: hidden }) }),
      }),
    );
    expect(parseXmlPlist(redactReport(input))).toEqual(
      dict({
        a: [dict({ [key]: "[redacted]", b: 1n })],
        c: dict({ [key]: new Uint8Array() }),
        d: dict({ [key]: "[redacted]" }),
      }),
    );
  });

  it("looks into profiles inside data: cuts a plain one, leaves out a signed one, keeps a harmless one", () => {
    const profile = (entries: Record<string, PlistValue>) => writeXmlPlist(dict({ PayloadContent: [dict(entries)] }));
    const command = (payload: Uint8Array) => writeXmlPlist(dict({ Command: dict({ Payload: payload }) }));
    const plain = profile({ Challenge: "s3cr3t", Name: "CA" });
    const signed = new Uint8Array([0x30, 0x80, ...plain, 0, 0]);
    const harmless = command(profile({ Name: "CA" }));
    expect(redactCommand(command(plain))).toEqual(command(profile({ Challenge: "[redacted]", Name: "CA" })));
    expect(redactCommand(command(signed))).toEqual(command(new Uint8Array()));
    expect(redactCommand(harmless)).toBe(harmless);
    const late = new Uint8Array([0xef, 0xbb, 0xbf, 0x0a, 0x09, ...plain.subarray(plain.indexOf("<".charCodeAt(0), 1))]);
    expect(redactCommand(command(late))).toEqual(command(profile({ Challenge: "[redacted]", Name: "CA" })));
  });

  it("leaves bytes alone that are no property list, unless they name a secret", () => {
    const junk = bytes("<plist><dict><key>Status</key>");
    expect(redactReport(junk)).toBe(junk);
    for (const text of [
      "<plist><dict><key>UnlockToken</key><data>AAAA</data>",
      "<plist><dict><key>Unlock&#84;oken</key><data>AAAA</data>",
      "bplist00\x5ePushMagic_s3cr3t",
      "<\0k\0e\0y\0>\0P\0I\0N\0<\0/\0k\0e\0y\0>\0",
    ]) {
      expect(textOf(redactReport(bytes(text)))).toMatch(/^\[\d+ bytes that are no property list/);
    }
  });

  it.each(["<key", ">", "<key>", "<key> ", ">a", "><", "<key>a</key", "bplist00", "&", "\0", "<data>aaaa", "{["])(
    "ends on an unreadable answer of 8 MiB of %j",
    (word) => {
      const junk = bytes(word.repeat((8 * 1024 * 1024) / word.length));
      expect(redactReport(junk)).toBe(junk);
      const naming = bytes(`${textOf(junk)}<key>pin</key>`);
      expect(textOf(redactReport(naming))).toMatch(/^\[\d+ bytes that are no property list/);
    },
  );

  it("looks into data in data, and empties what is packed deeper than anything of Apple's", () => {
    const secret = writeXmlPlist(dict({ Token: "s3cr3t" }));
    const harmless = writeXmlPlist(dict({ Name: "CA" }));
    for (const levels of [1, 2, 3, 4, 5, 15_000]) {
      expect(everyText(redactReport(packed(levels, secret)))).not.toContain("s3cr3t");
      expect(everyText(redactReport(packed(levels, harmless))).includes(textOf(harmless))).toBe(levels <= 4);
    }
  });

  it("changes nothing the second time, and never throws", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom(...SECRET_KEYS, "Other"),
        fc.string({ unit: "grapheme-ascii" }),
        (data, key, text) => {
          redactReport(data);
          const once = redactReport(writeXmlPlist(dict({ [key]: data, list: [dict({ [key]: text })] })));
          expect(redactReport(once)).toEqual(once);
        },
      ),
    );
  });
});
