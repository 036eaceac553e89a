/** Secrets in data inside data: in messages that can be read, and in those that can't, where only looks tell what is data. */
import { describe, expect, it } from "vitest";
import { type PlistValue, redactReport, writeXmlPlist } from "./index.ts";
import { writeBinary } from "./plist/binary-writer.suite.ts";

const dict = (entries: Record<string, PlistValue>): Map<string, PlistValue> => new Map(Object.entries(entries));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
const base64 = (data: Uint8Array): string => Buffer.from(data).toString("base64");

/** What is packed, however: the ways in which a device may put one thing into another. */
const WAYS: Readonly<Record<string, (inner: Uint8Array) => Uint8Array>> = {
  "an XML property list": (inner) => writeXmlPlist(dict({ Payload: inner })),
  "a binary property list": (inner) => new Uint8Array(writeBinary(dict({ Payload: inner }))),
  "a list": (inner) => writeXmlPlist([dict({ Payload: [inner] })]),
};
const SECRETS: Readonly<Record<string, Uint8Array>> = {
  "a property list": writeXmlPlist(dict({ UnlockToken: "s3cr3t" })),
  "a binary property list": new Uint8Array(writeBinary(dict({ UnlockToken: "s3cr3t" }))),
  "a status report": bytes('{"StatusItems":{"mdm":{"push-token":"s3cr3t"}}}'),
  "a broken property list": bytes("<plist><dict><key>UnlockToken</key><string>s3cr3t</string>"),
  "a signed profile": new Uint8Array([0x30, 0x80, ...writeXmlPlist(dict({ Challenge: "s3cr3t" })), 0, 0]),
};

/** The text, and that of all that looks like base64 in it. */
function everyText(data: Uint8Array, depth = 8): string {
  const text = textOf(data);
  const packed = depth === 0 ? [] : [...text.matchAll(/[A-Za-z0-9+/=\s]{24,}/g)];
  return [text, ...packed.map(([part]) => everyText(Buffer.from(part, "base64"), depth - 1))].join("\n");
}

const readable = Object.entries(WAYS).flatMap(([way, pack]) =>
  Object.entries(SECRETS).flatMap(([what, secret]) =>
    [1, 2, 3, 4].map((levels) => [what, `${levels} × in ${way}`, levels, pack, secret] as const),
  ),
);

describe("a secret in a message that can be read", () => {
  it.each(readable)("is cut out of %s, %s", (_what, _where, levels, pack, secret) => {
    let message = secret;
    for (let n = 0; n < levels; n += 1) message = pack(message);
    message = writeXmlPlist(dict({ Status: "Acknowledged", Data: message }));
    expect(everyText(redactReport(message))).not.toContain("s3cr3t");
  });

  it.each(Object.entries(WAYS))("is not seen where there is none: %s is kept as it is", (_way, pack) => {
    const message = writeXmlPlist(dict({ Data: pack(pack(writeXmlPlist(dict({ Name: "CA" })))) }));
    expect(redactReport(message)).toBe(message);
  });
});

/** Never closed: nothing of it can be read as a property list. */
const broken = (inner: Uint8Array, lines = false): Uint8Array => {
  const text = lines ? base64(inner).replace(/.{20}/g, "$&\n\t") : base64(inner);
  return bytes(`<plist><dict><key>Payload</key><data>${text}</data><key>Rest`);
};
const NOTE = /^\[\d+ bytes that are no property list/;
const named = bytes("<dict><key>UnlockToken</key><string>s3cr3t</string></dict>");
const spelt = bytes("<dict><key>Unlock&#84;oken</key><string>s3cr3t</string></dict>");

describe("a secret in a message that can't be read", () => {
  it.each<[string, Uint8Array]>([
    ["in the text itself", bytes("<plist><dict><key>UnlockToken</key><string>s3cr3t")],
    ["in base64", broken(named)],
    ["in base64 within base64", broken(broken(named))],
    ["in base64 within base64 within base64", broken(broken(broken(named)))],
    ["in base64 in lines", broken(named, true)],
    ["in base64 within base64, in lines", broken(broken(named, true), true)],
    [
      "in a whole property list in base64",
      broken(writeXmlPlist(dict({ a: writeXmlPlist(dict({ UnlockToken: "s3cr3t" })) }))),
    ],
    ["in a binary property list in base64", broken(new Uint8Array(writeBinary(dict({ UnlockToken: "s3cr3t" }))))],
    ["in a status report in base64", broken(bytes('{"mdm":{"push-token":"s3cr3t"}}'))],
    ["spelt in character references", broken(spelt)],
    ["in UTF-16 in base64", broken(new Uint8Array(Buffer.from(textOf(named), "utf16le")))],
  ])("%s: a note takes the place of it all", (_where, message) => {
    expect(textOf(redactReport(message))).toMatch(NOTE);
  });

  it("leaves a message alone whose data names none", () => {
    const message = broken(broken(writeXmlPlist(dict({ Name: "CA" }))));
    expect(redactReport(message)).toBe(message);
  });
});
