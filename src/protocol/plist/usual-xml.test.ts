/** The short way of reading is held to the general one: it says the same, or nothing. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import { type PlistValue, writeXmlPlist } from "../index.ts";
import { readXml } from "./parse-xml.ts";
import { readUsualXml } from "./usual-xml.ts";

const MOST = 65_536;
const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`;
const whole = (inner: string, tail = "\n</plist>\n"): string => `${HEAD}\n${inner}${tail}`;

const general = (text: string, most = MOST): PlistValue | undefined => {
  try {
    return readXml(text, most);
  } catch (error) {
    if (isUptickError(error)) return undefined;
    throw error;
  }
};

/** Of this form or not: what the short way says is what the general way says. */
function agrees(text: string): boolean {
  const usual = readUsualXml(text, MOST);
  return usual === undefined || isDeepStrictEqual(usual, general(text));
}

const plain = fc.string({
  unit: fc.oneof(fc.constantFrom("a", " ", "\n", "/", ">", "é", "📱"), fc.string({ unit: "grapheme" })),
});
const { value: anyValue } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    // oxlint-disable-next-line no-control-regex
    plain.filter((text) => !/[&<>\0-\x08\x0b-\x1f\ufffe\uffff]/.test(text)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((real) => ({ real })),
    fc.boolean(),
    fc.integer({ min: -62_000_000_000, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000)),
    fc.uint8Array().map((data) => new Uint8Array(data)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.string({ unit: fc.constantFrom("a", "b", "C", "é") }), tie("value")), { maxLength: 5 })
      .map((entries) => new Map(entries)),
  ),
}));

/** What may be found in a property list, right or wrong, in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...[
        "<dict>",
        "</dict>",
        "<dict/>",
        "<array>",
        "</array>",
        "<array/>",
        "<key>",
        "</key>",
        "<key/>",
        "<key>a</key>",
      ],
      ...[
        "<string>",
        "</string>",
        "<string/>",
        "<string>x</string>",
        "<true/>",
        "<false/>",
        "<true></true>",
        "<plist>",
      ],
      ...[
        "<integer>1</integer>",
        "<integer> -07 </integer>",
        "<integer/>",
        "<real>1e3</real>",
        "<date>2026-02-30T00:00:00Z</date>",
      ],
      ...[
        "<data>\n\tAQ ID\n</data>",
        "<data>AQ!</data>",
        "<!-- a -->",
        "<![CDATA[x]]>",
        "]]>",
        "&amp;",
        "&#13;",
        "\r\n",
        "\0",
      ],
      ...[
        " ",
        "\n\t",
        "a",
        "\u00a0",
        "\ufeff",
        "<?a b?>",
        "< dict>",
        "<dict >",
        "</dict >",
        '<string a="b">',
        "</plist>",
        "<",
      ],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("the usual form of a property list", () => {
  it("is what our own writer writes, without references", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(readUsualXml(Buffer.from(writeXmlPlist(value)).toString(), MOST)).toStrictEqual(value);
      }),
    );
  });

  it("is read as the general reader reads it, or left to that", () => {
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom("\n</plist>\n", "</plist>", "</plist>x", "</plist><!-- a -->", ""),
        (inner, tail) => {
          expect(agrees(whole(inner, tail))).toBe(true);
          expect(agrees(whole(`<dict><key>k</key>${inner}</dict>`, tail))).toBe(true);
          expect(agrees(whole(`<array>${inner}</array>`, tail))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("stays so whatever character is lost, doubled or put between", () => {
    const text = whole(
      "<dict><key>UDID</key><string>A-1</string><key>n</key><integer>7</integer><key>l</key><array><true/><data>AQID</data></array></dict>",
    );
    const change = fc.tuple(
      fc.nat(text.length),
      fc.nat(3),
      fc.constantFrom("", "<", ">", "/", "&", '"', "\r", "\0", "]", "é", " "),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = changes.reduce((left, [at, cut, put]) => left.slice(0, at) + put + left.slice(at + cut), text);
        expect(agrees(changed)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, string, number?]>([
    ["more elements than there may be", whole("<array><true/><true/></array>"), 3],
    ["65 levels", whole("<array>".repeat(65) + "</array>".repeat(65))],
    ["65 levels, the last of them empty", whole(`${"<array>".repeat(64)}<dict/>${"</array>".repeat(64)}`)],
    ["a key that is there twice", whole("<dict><key>a</key><true/><key>a</key><true/></dict>")],
    ["a reference", whole("<string>a&amp;b</string>")],
    ["a line end of Windows", whole("<string>a\r\nb</string>")],
    ["a control character", whole("<string>\u0001</string>")],
    ["another encoding", whole("<true/>").replace("UTF-8", "UTF-16")],
    ["an internal subset", whole("<true/>").replace('.dtd">', '.dtd" [<!ENTITY a "b">]>')],
    ["no declaration", '<plist version="1.0"><true/></plist>'],
  ])("is not: %s", (_what, text, most = MOST) => {
    expect(readUsualXml(text, most)).toBeUndefined();
  });

  it.each<[string, string, number]>([
    ["as many elements as there may be", whole("<array><true/><true/></array>"), 4],
    ["64 levels", whole("<array>".repeat(64) + "</array>".repeat(64)), MOST],
    ["64 levels, the last of them empty", whole(`${"<array>".repeat(63)}<dict/>${"</array>".repeat(63)}`), MOST],
    ["lines without blanks", whole("<dict><key>a</key><string/></dict>", "</plist>"), MOST],
  ])("is: %s", (_what, text, most) => {
    expect(readUsualXml(text, most)).toStrictEqual(general(text, most));
    expect(readUsualXml(text, most)).toBeDefined();
  });
});
