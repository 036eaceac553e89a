import { parse } from "plist";
import { describe, expect, it } from "vitest";
import { Real, readPlist, writePlist } from "./plist.ts";

describe("property lists of the simulator", () => {
  it("writes what another library reads as the same values", () => {
    const written = writePlist({
      text: "a < b & c",
      whole: 12,
      yes: true,
      no: false,
      when: new Date(Date.UTC(2026, 7, 22, 8)),
      bytes: Buffer.alloc(100, 7),
      list: ["a", ["b"], {}],
      absent: undefined,
    }).toString();
    expect(parse(written)).toEqual({
      text: "a < b & c",
      whole: 12,
      yes: true,
      no: false,
      when: new Date(Date.UTC(2026, 7, 22, 8)),
      bytes: expect.anything(),
      list: ["a", ["b"], {}],
    });
  });

  it("writes a real as a real, also when it is whole", () => {
    expect(writePlist({ share: new Real(1) }).toString()).toContain("<real>1</real>");
  });

  it("reads strings as they are: digits stay text, space and entities are kept", () => {
    const xml =
      '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x"><plist version="1.0"><dict>' +
      "<key>a</key><string>0026.60</string><key>b</key><string> &lt;x&gt; &amp;amp; </string><key>c</key><string/>" +
      "<key>d</key><integer>-5</integer><key>e</key><data>\n\tAQ\n\tI=\n</data><key>f</key><array/><key>g</key><true/>" +
      "</dict></plist>";
    expect(readPlist(Buffer.from(xml))).toEqual({
      a: "0026.60",
      b: " <x> &amp; ",
      c: "",
      d: -5,
      e: Buffer.from([1, 2]),
      f: [],
      g: true,
    });
  });

  it.each([
    ["nothing", "", "Start tag expected"],
    ["another document", "<html/>", "no property list"],
    ["a root that is no dictionary", "<plist><array/></plist>", "no property list"],
    ["a key without a value", "<plist><dict><key>a</key></dict></plist>", "needs pairs"],
    ["an unknown element", "<plist><dict><key>a</key><float>1</float></dict></plist>", "no <float>"],
    ["an integer that is none", "<plist><dict><key>a</key><integer>x</integer></dict></plist>", "Not an integer"],
    ["a cut document", "<plist><dict><key>a", "Invalid"],
  ])("refuses %s", (_, xml, why) => {
    expect(() => readPlist(Buffer.from(xml))).toThrow(why);
  });
});
