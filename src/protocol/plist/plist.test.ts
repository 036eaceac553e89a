import fc from "fast-check";
import * as plist from "plist";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import { parseXmlPlist, type PlistValue, writeXmlPlist } from "../index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const wrap = (inner: string): Uint8Array => bytes(`<plist version="1.0">${inner}</plist>`);
const refusal = (input: Uint8Array): string => {
  try {
    parseXmlPlist(input);
    return "read";
  } catch (error) {
    if (!isUptickError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
};

const xmlText = fc
  .string({
    unit: fc.oneof(fc.constantFrom("&", "<", ">", "\r", "\n", "\t", "]]>", "'", '"'), fc.string({ unit: "grapheme" })),
  })
  .filter((text) => !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text));
const { value: anyValue } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    xmlText,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((real) => ({ real })),
    fc.boolean(),
    fc.integer({ min: -62_000_000_000, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000)),
    fc.uint8Array().map((data) => new Uint8Array(data)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(xmlText, tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

describe("XML property lists", () => {
  it("read back as they were written, integers and reals apart", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parseXmlPlist(writeXmlPlist(value))).toStrictEqual(value);
      }),
    );
  });

  it("survive a structured clone", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(structuredClone(value)).toStrictEqual(value);
      }),
    );
  });

  it("are read as another library reads them", () => {
    const toTheirs = (value: PlistValue): plist.PlistValue => {
      if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toTheirs(item)]));
      if (Array.isArray(value)) return value.map(toTheirs);
      if (value instanceof Uint8Array) return Buffer.from(value);
      if (typeof value === "bigint") return Number(value);
      if (typeof value === "object" && "real" in value) return value.real;
      return value as string | boolean | Date;
    };
    const theirs = {
      text: "a < b & c\nd",
      count: 42,
      share: 0.25,
      yes: true,
      no: false,
      when: new Date("2026-06-30T12:00:00Z"),
      list: ["a", { b: 1 }],
    };
    expect(toTheirs(parseXmlPlist(bytes(plist.build(theirs))))).toEqual(theirs);
    const ours = new Map<string, PlistValue>([
      ["text", theirs.text],
      ["count", 42n],
      ["share", { real: 0.25 }],
      ["yes", true],
      ["no", false],
      ["when", theirs.when],
      ["list", ["a", new Map([["b", 1n]])]],
    ]);
    expect(plist.parse(Buffer.from(writeXmlPlist(ours)).toString())).toEqual(theirs);
  });

  it("accept Apple's document type, comments, CDATA and white space", () => {
    const head = `<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">`;
    const body = `<!-- a --><plist version="1.0"><dict><key>a&amp;</key><string>x<![CDATA[<y>]]>&#13;</string>
      <key>d</key><data>\n\tAQ ID\n</data><key>i</key><integer> -7 </integer><key>r</key><real>1</real><key>t</key><true/></dict></plist>\n`;
    expect(parseXmlPlist(bytes(head + body))).toEqual(
      new Map<string, PlistValue>([
        ["a&", "x<y>\r"],
        ["d", new Uint8Array([1, 2, 3])],
        ["i", -7n],
        ["r", { real: 1 }],
        ["t", true],
      ]),
    );
    expect(parseXmlPlist(bytes("\ufeff<plist><array/></plist>"))).toEqual([]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["nothing", "", /root element/],
    ["text", "hello", /plist-invalid/],
    ["another root", "<dict/>", /outermost/],
    ["a cut document", "<plist><dict><key>a</key>", /unclosed/],
    ["something after the end", "<plist><true/></plist><plist/>", /plist-invalid/],
    ["text after the end", "<plist><true/></plist>x", /plist-invalid/],
    ["two values", "<plist><true/><true/></plist>", /more than one/],
    ["no value", "<plist></plist>", /empty/],
    ["a subset", '<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>', /internal subset/],
    ["another document type", "<!DOCTYPE html><plist><true/></plist>", /not plist/],
    ["an unknown entity", "<plist><string>&nbsp;</string></plist>", /entity/],
    ["a processing instruction", "<plist><?a b?><true/></plist>", /processing/],
    ["XML 1.1", '<?xml version="1.1"?><plist><true/></plist>', /1\.0/],
    ["another declared encoding", '<?xml version="1.0" encoding="UTF-16"?><plist><true/></plist>', /UTF-16/],
    ["a NUL", "<plist><string>\0</string></plist>", /character/],
    ["a control character by number", "<plist><string>&#1;</string></plist>", /character/],
    ["bytes that are not UTF-8", new Uint8Array([60, 112, 255, 254]), /UTF-8/],
    ["duplicate keys", "<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>", /twice/],
    ["a key without value", "<plist><dict><key>a</key></dict></plist>", /no value/],
    ["two keys in a row", "<plist><dict><key>a</key><key>b</key><true/></dict></plist>", /no value/],
    ["a value without key", "<plist><dict><true/></dict></plist>", /no key/],
    ["a key in an array", "<plist><array><key>a</key></array></plist>", /outside/],
    ["text in a dictionary", "<plist><dict>a</dict></plist>", /outside a value/],
    ["an element in a string", "<plist><string><true/></string></plist>", /inside/],
    ["an unknown element", "<plist><set/></plist>", /not an element/],
    ["an attribute", '<plist><string a="b"/></plist>', /attribute/],
    ["another version", '<plist version="2.0"><true/></plist>', /attribute/],
    ["content in true", "<plist><true>1</true></plist>", /not empty/],
    ["an empty integer", "<plist><integer/></plist>", /not an integer/],
    ["a hexadecimal integer", "<plist><integer>0x10</integer></plist>", /not an integer/],
    ["a broken integer", "<plist><integer>1.0</integer></plist>", /not an integer/],
    ["an integer over 64 bits", "<plist><integer>18446744073709551616</integer></plist>", /not an integer/],
    ["a very long integer", `<plist><integer>${"9".repeat(500_000)}</integer></plist>`, /not an integer/],
    ["a real without digits", "<plist><real>.</real></plist>", /not a number/],
    ["an infinite real", "<plist><real>1e999</real></plist>", /not a number/],
    ["a real that is a word", "<plist><real>nan</real></plist>", /not a number/],
    ["a date that does not exist", "<plist><date>2026-02-30T00:00:00Z</date></plist>", /not a date/],
    ["a date with a zone", "<plist><date>2026-02-03T00:00:00+01:00</date></plist>", /not a date/],
    ["a date at 24:00", "<plist><date>2026-02-03T24:00:00Z</date></plist>", /not a date/],
    ["base64 with a foreign character", "<plist><data>AQ!D</data></plist>", /base64/],
    ["base64 without padding", "<plist><data>AQI</data></plist>", /base64/],
  ])("refuse %s", (_, input, why) => {
    const told = refusal(typeof input === "string" ? bytes(input) : input);
    expect(told).toMatch(/^plist-invalid: /);
    expect(told).toMatch(why);
  });

  it("name the line of what is wrong", () => {
    expect(refusal(wrap("\n<dict>\n<key>a</key><integer>x</integer></dict>"))).toContain("line 3");
  });

  it("read 64 levels and refuse 65, as the writer does", () => {
    const nested = (levels: number) => wrap("<array>".repeat(levels) + "</array>".repeat(levels));
    expect(refusal(nested(64))).toBe("read");
    expect(refusal(nested(65))).toMatch(/^plist-too-large/);
    let value: PlistValue = [];
    for (let level = 1; level < 64; level++) value = [value];
    expect(parseXmlPlist(writeXmlPlist(value))).toEqual(value);
    expect(() => writeXmlPlist([value])).toThrow(expect.objectContaining({ code: "plist-too-large" }));
  });

  it("refuse too many bytes and too many elements", () => {
    expect(refusal(wrap(`<string>${"a".repeat(1024 * 1024)}</string>`))).toMatch(/^plist-too-large/);
    expect(refusal(wrap(`<array>${"<true/>".repeat(70_000)}</array>`))).toMatch(/^plist-too-large/);
    expect(() => parseXmlPlist(wrap("<true/>"), { maxBytes: 10 })).toThrow(
      expect.objectContaining({ code: "plist-too-large" }),
    );
    expect(() => parseXmlPlist(wrap("<array><true/></array>"), { maxNodes: 2 })).toThrow(
      expect.objectContaining({ code: "plist-too-large" }),
    );
  });

  it.each<[string, PlistValue]>([
    ["an infinite real", { real: Number.POSITIVE_INFINITY }],
    ["an integer over 64 bits", 2n ** 64n],
    ["an invalid date", new Date(Number.NaN)],
    ["a year of five digits", new Date(Date.UTC(12_000, 0, 1))],
    ["a NUL", "a\0"],
    ["a lone surrogate", "\ud800"],
  ])("are not written with %s", (_, value) => {
    expect(() => writeXmlPlist(value)).toThrow(expect.objectContaining({ code: "plist-invalid" }));
  });

  it("throw nothing but our error, whatever the bytes", () => {
    const nearly = fc
      .array(
        fc.constantFrom(
          "<dict>",
          "</dict>",
          "<key>",
          "</key>",
          "<string>",
          "</string>",
          "<data>",
          "a",
          "<!--",
          "&#",
          "]]>",
          "<?",
        ),
      )
      .map((parts) => wrap(parts.join("")));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string().map(bytes), nearly), (input) => {
        expect(refusal(input)).toMatch(/^(read|plist-invalid: .*)$/s);
      }),
    );
  });
});
