import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../errors/index.ts";
import {
  appleId,
  type DeclarativeManagement,
  decodeCheckin,
  isUserChannel,
  parseXmlPlist,
  type PlistValue,
  writeXmlPlist,
} from "./index.ts";

/** "read", or the code of our error; any other error is thrown on. */
function outcomeOf(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    if (!isUptickError(error)) throw error;
    return error.code;
  }
}

const udid = "00008101-000A11112222001E";
const topic = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const message = (entries: Record<string, PlistValue>): Uint8Array => writeXmlPlist(new Map(Object.entries(entries)));
const tokenUpdate = {
  MessageType: "TokenUpdate",
  Topic: topic,
  UDID: udid,
  Token: new Uint8Array(32).fill(7),
  PushMagic: "s3cr3t-magic",
  UnlockToken: new Uint8Array(8).fill(9),
  AwaitingConfiguration: false,
};

describe("check-in message", () => {
  it("Authenticate tells the device's names", () => {
    const decoded = decodeCheckin(
      message({
        MessageType: "Authenticate",
        Topic: topic,
        UDID: udid,
        OSVersion: "26.6.2",
        BuildVersion: "23G80",
        ProductName: "iPhone14,2",
        SerialNumber: "X0TESTSERIAL",
        SomethingNew: 5n,
        IMEI: true,
      }),
    );
    expect(decoded).toMatchObject({
      messageType: "Authenticate",
      who: { udid },
      topic,
      osVersion: "26.6.2",
      buildVersion: "23G80",
      productName: "iPhone14,2",
      serialNumber: "X0TESTSERIAL",
    });
    // An optional key of another type is kept like one we don't know.
    expect(decoded.extra.get("SomethingNew")).toBe(5n);
    expect(decoded.extra.get("IMEI")).toBe(true);
    expect(decoded).not.toHaveProperty("imei");
    expect(decoded.redacted).toBe(decoded.raw);
  });

  it("TokenUpdate tells how to push, and its kept form has no secrets", () => {
    const raw = message(tokenUpdate);
    const decoded = decodeCheckin(raw);
    expect(decoded).toMatchObject({
      messageType: "TokenUpdate",
      topic,
      token: tokenUpdate.Token,
      pushMagic: "s3cr3t-magic",
      unlockToken: tokenUpdate.UnlockToken,
      awaitingConfiguration: false,
    });
    expect(decoded.raw).toBe(raw);
    expect(decoded.extra.size).toBe(0);
    expect(parseXmlPlist(decoded.redacted)).toEqual(
      new Map(
        Object.entries({
          ...tokenUpdate,
          Token: new Uint8Array(),
          PushMagic: "[redacted]",
          UnlockToken: new Uint8Array(),
        }),
      ),
    );
  });

  it.each([["Topic"], ["Token"], ["PushMagic"], ["MessageType"], ["UDID"]])(
    "TokenUpdate without %s is refused by name",
    (key) => {
      const { [key]: _, ...rest } = tokenUpdate as Record<string, PlistValue>;
      const refused = (text: RegExp) =>
        expect.objectContaining({ code: "message-invalid", message: expect.stringMatching(text) });
      expect(() => decodeCheckin(message(rest))).toThrow(refused(new RegExp(key)));
      expect(() => decodeCheckin(message({ ...rest, [key]: 5n }))).toThrow(refused(new RegExp(key)));
    },
  );

  it("CheckOut needs only the device's identity", () => {
    expect(decodeCheckin(message({ MessageType: "CheckOut", UDID: udid }))).toMatchObject({
      messageType: "CheckOut",
      who: { udid },
    });
  });

  it("SetBootstrapToken brings, or by its absence takes back, the token", () => {
    const bootstrapToken = new Uint8Array([1, 2, 3]);
    const brought = decodeCheckin(
      message({ MessageType: "SetBootstrapToken", UDID: udid, BootstrapToken: bootstrapToken }),
    );
    expect(brought).toMatchObject({ messageType: "SetBootstrapToken", bootstrapToken });
    expect(Buffer.from(brought.redacted).toString()).not.toContain("AQID");
    expect(decodeCheckin(message({ MessageType: "SetBootstrapToken", UDID: udid }))).not.toHaveProperty(
      "bootstrapToken",
    );
    // A token of another type must not pass for its absence.
    expect(() => decodeCheckin(message({ MessageType: "SetBootstrapToken", UDID: udid, BootstrapToken: "x" }))).toThrow(
      /BootstrapToken/,
    );
    expect(decodeCheckin(message({ MessageType: "GetBootstrapToken", UDID: udid })).messageType).toBe(
      "GetBootstrapToken",
    );
  });

  it("DeclarativeManagement brings an endpoint and the bytes of a report, which is kept without its secrets", () => {
    const json = JSON.stringify({ StatusItems: { mdm: { "push-token": "s3cr3t", "is-shared-ipad": true } } });
    const data = new TextEncoder().encode(json);
    const sent = { MessageType: "DeclarativeManagement", UDID: udid, Endpoint: "status", Data: data };
    const decoded = decodeCheckin(message(sent));
    expect(decoded).toMatchObject({ messageType: "DeclarativeManagement", endpoint: "status", data });
    expect(decoded.extra.size).toBe(0);
    const kept = (decodeCheckin(decoded.redacted) as DeclarativeManagement).data;
    expect(JSON.parse(Buffer.from(kept ?? []).toString())).toEqual({
      StatusItems: { mdm: { "is-shared-ipad": true } },
    });
    // Broken, it can't be cut and is left out.
    for (const text of [json.slice(0, -1), `x${json}`, json.replace("push-token", "push\\u002dtoken").slice(0, -1)]) {
      const broken = decodeCheckin(message({ ...sent, Data: new TextEncoder().encode(text) }));
      expect((decodeCheckin(broken.redacted) as DeclarativeManagement).data).toHaveLength(0);
    }
    const harmless = message({ ...sent, Data: new TextEncoder().encode('{"StatusItems":{"server-token":1}}') });
    expect(decodeCheckin(harmless).redacted).toBe(harmless);
    const { Data: _data, ...tokens } = sent;
    expect(decodeCheckin(message({ ...tokens, Endpoint: "tokens" }))).not.toHaveProperty("data");
    const { Endpoint: _endpoint, ...without } = tokens;
    expect(() => decodeCheckin(message(without))).toThrow(/Endpoint is missing/);
    expect(() => decodeCheckin(message({ ...sent, Data: json }))).toThrow(/Data is not data/);
  });

  it.each(["UserAuthenticate", "GetToken", "__proto__", "toString", "TomorrowsMessage"])(
    "%s is kept by its name",
    (name) => {
      const decoded = decodeCheckin(
        message({ MessageType: name, UDID: udid, Endpoint: "tokens", DigestResponse: "s3cr3t" }),
      );
      expect(decoded).toMatchObject({ messageType: "other", name });
      expect(decoded.extra.get("Endpoint")).toBe("tokens");
      expect(decoded.extra.get("DigestResponse")).toBe("[redacted]");
    },
  );

  it("tells user channels and both kinds of id apart", () => {
    const who = (entries: Record<string, PlistValue>) =>
      decodeCheckin(message({ MessageType: "CheckOut", ...entries })).who;
    expect(appleId(who({ UDID: udid }))).toBe(udid);
    expect(appleId(who({ EnrollmentID: "E-1" }))).toBe("E-1");
    expect(isUserChannel(who({ UDID: udid, UserID: "" }))).toBe(false);
    expect(isUserChannel(who({ UDID: udid, UserID: "U", UserShortName: "someone" }))).toBe(true);
    expect(isUserChannel(who({ EnrollmentID: "E-1", EnrollmentUserID: "EU" }))).toBe(true);
  });

  it("throws only UptickError, for any input", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.bigInt({ min: 0n, max: 9n }),
      fc.boolean(),
      fc.uint8Array(),
    );
    const key = fc.constantFrom(
      "MessageType",
      "UDID",
      "EnrollmentID",
      "Topic",
      "Token",
      "PushMagic",
      "UserID",
      "Other",
    );
    const type = fc.constantFrom("Authenticate", "TokenUpdate", "CheckOut", "SetBootstrapToken", "X");
    fc.assert(
      fc.property(fc.dictionary(key, value), type, (entries, messageType) => {
        const raw = message({ UDID: udid, MessageType: messageType, ...entries });
        expect(outcomeOf(() => decodeCheckin(raw))).toMatch(/^(read|message-invalid)$/);
      }),
    );
  });
});
