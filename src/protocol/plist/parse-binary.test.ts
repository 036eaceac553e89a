import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import {
  decodeCheckin,
  decodeCommand,
  decodeReport,
  parseBinaryPlist,
  parseXmlPlist,
  type PlistValue,
  redactReport,
  writeXmlPlist,
} from "../index.ts";
import { assemble, writeBinary } from "./binary-writer.suite.ts";

const HAS_PYTHON = spawnSync("python3", ["-c", "import plistlib"]).status === 0;

/** "read", or code and message of the refusal. */
function refusal(bytes: Uint8Array): string {
  try {
    parseBinaryPlist(bytes);
    return "read";
  } catch (error) {
    if (!isUptickError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const { value: anyValue } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "grapheme-ascii" }),
    fc.string({ unit: "grapheme" }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    // Python takes 0 and -0 for one object.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((real) => ({ real: real === 0 ? 0 : real })),
    fc.boolean(),
    fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000)),
    fc.uint8Array().map((data) => new Uint8Array(data)),
    fc.array(tie("value"), { maxLength: 20 }),
    fc
      .array(fc.tuple(fc.string({ unit: "grapheme-ascii" }), tie("value")), { maxLength: 20 })
      .map((all) => new Map(all)),
  ),
}));

describe.skipIf(!HAS_PYTHON)(
  `binary property lists beside Python's plistlib${HAS_PYTHON ? "" : " (SKIPPED: there is no python3 here)"}`,
  () => {
    it("are read as what plistlib wrote, from its reading of our XML", () => {
      const values = fc.sample(anyValue, 500);
      const program =
        "import plistlib,sys,base64\nfor line in sys.stdin:\n v=plistlib.loads(base64.b64decode(line))\n" +
        " print(base64.b64encode(plistlib.dumps(v,fmt=plistlib.FMT_BINARY,sort_keys=False)).decode())";
      const input = values.map((value) => Buffer.from(writeXmlPlist(value)).toString("base64")).join("\n");
      const { stdout, stderr, status } = spawnSync("python3", ["-c", program], { input, maxBuffer: 1 << 28 });
      expect([status, stderr.toString()]).toEqual([0, ""]);
      const lines = stdout.toString().trim().split("\n");
      expect(lines.map((line) => parseBinaryPlist(Buffer.from(line, "base64")))).toEqual(values);
    });
  },
);

const LAUGHS = [...Array.from({ length: 30 }, (_none, i) => [0xa2, i + 1, i + 1]), [0x09]];

describe("binary property lists", () => {
  it("keep integer and real apart, and read numbers of every size", () => {
    expect(parseBinaryPlist(assemble([[0x10, 255]]))).toBe(255n);
    expect(parseBinaryPlist(assemble([[0x13, ...Array<number>(8).fill(255)]]))).toBe(-1n);
    expect(parseBinaryPlist(assemble([[0x14, ...Array<number>(8).fill(0), ...Array<number>(8).fill(255)]]))).toBe(
      2n ** 64n - 1n,
    );
    expect(parseBinaryPlist(assemble([[0x22, 0x3f, 0x80, 0, 0]]))).toEqual({ real: 1 });
    expect(
      parseBinaryPlist(
        assemble([
          [0xa2, 1, 1],
          [0x51, 0x61],
        ]),
      ),
    ).toEqual(["a", "a"]);
  });

  it.each<[string, Buffer, RegExp]>([
    ["a list that holds itself", assemble([[0xa1, 0]]), /^plist-too-large: .*64 levels/],
    [
      "a cycle over two",
      assemble([
        [0xa1, 1],
        [0xa1, 0],
      ]),
      /^plist-too-large/,
    ],
    ["144 bytes that stand for 2^30 values", assemble(LAUGHS), /^plist-too-large: .*elements/],
    [
      "a long text used often",
      assemble([[0xaf, 0x11, 1, 0, ...Array<number>(256).fill(1)], longText(8000)]),
      /too long/,
    ],
    ["a UID", assemble([[0x80, 1]]), /^plist-invalid: .*marker/],
    ["null", assemble([[0x00]]), /^plist-invalid: .*marker/],
    ["a set", assemble([[0xc0]]), /^plist-invalid: .*marker/],
    ["a key that is no text", assemble([[0xd1, 1, 1], [0x09]]), /key is no text/],
    [
      "a key twice",
      assemble([
        [0xd2, 1, 1, 1, 1],
        [0x51, 0x61],
      ]),
      /twice/,
    ],
    ["a reference beyond the table", assemble([[0xa1, 9]]), /not there/],
    ["an object count that lies", assemble([[0x09]], { count: 2 ** 40 }), /^plist-invalid/],
    ["a table that is elsewhere", assemble([[0x09]], { table: 8 }), /^plist-invalid/],
    ["numbers of no bytes", assemble([[0x09]], { refSize: 0 }), /0 bytes/],
    ["a list longer than the file", assemble([[0xaf, 0x12, 0x7f, 255, 255, 255]]), /cut off/],
    ["an integer of 128 bits", assemble([[0x14, 1, ...Array<number>(15).fill(0)]]), /64 bits/],
    ["a real that is not finite", assemble([[0x22, 0x7f, 0x80, 0, 0]]), /not finite/],
    ["half a surrogate", assemble([[0x61, 0xd8, 0]]), /UTF-16/],
    ["only its first bytes", Buffer.from("bplist00"), /cut off/],
  ])("refuse %s", (_what, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it("throw nothing but our error, whatever the bytes, and end soon", () => {
    const good = writeBinary(
      new Map<string, PlistValue>([
        ["a", [1n, "b", { real: 2 }]],
        ["c", new Map([["d", true]])],
      ]),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect(refusal(bytes)).toMatch(/^(read|plist-invalid: .*|plist-too-large: .*)$/s);
      }),
      { numRuns: 20_000 },
    );
  });
});

function longText(length: number): number[] {
  return [0x5f, 0x11, length >> 8, length & 255, ...Array<number>(length).fill(0x61)];
}

describe("messages of devices in binary", () => {
  const secret = "s3cr3t-magic";
  const token = new Uint8Array(Buffer.from("t0k3n-bytes"));
  const update = new Map<string, PlistValue>([
    ["MessageType", "TokenUpdate"],
    ["UDID", "A-B"],
    ["Topic", "com.apple.mgmt.External.x"],
    ["PushMagic", secret],
    ["Token", token],
    ["DeviceName", "a\u0001b"],
  ]);

  it("are read as those in XML are; what is kept is XML, without their secrets", () => {
    const message = decodeCheckin(writeBinary(update));
    expect(message).toMatchObject({ messageType: "TokenUpdate", pushMagic: secret, token, who: { udid: "A-B" } });
    const kept = Buffer.from(message.redacted).toString();
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(Buffer.from(token).toString("base64"));
    expect(parseXmlPlist(message.redacted)).toEqual(
      new Map<string, PlistValue>([
        ...update,
        ["PushMagic", "[redacted]"],
        ["Token", new Uint8Array()],
        ["DeviceName", "a\ufffdb"],
      ]),
    );
    expect(Buffer.from(redactReport(writeBinary(update))).toString()).toBe(kept);
  });

  it("are kept as XML too where nothing is secret, with a sign for what XML can't carry", () => {
    const report = decodeReport(
      writeBinary(
        new Map([
          ["UDID", "A-B"],
          ["Status", "Idle"],
          ["Name", "a\u0001b"],
        ]),
      ),
    );
    expect(report).toMatchObject({ status: "Idle", who: { udid: "A-B" } });
    expect(parseXmlPlist(report.redacted)).toEqual(
      new Map([
        ["UDID", "A-B"],
        ["Status", "Idle"],
        ["Name", "a\ufffdb"],
      ]),
    );
  });

  it("lose a secret in a binary property list within data too, by whatever alphabet it is named", () => {
    const inner = writeBinary(new Map([["Challenge", secret]]));
    const broken = inner.subarray(0, inner.length - 1);
    for (const data of [inner, broken]) {
      const kept = redactReport(writeXmlPlist(new Map([["Payload", new Uint8Array(data)]])));
      const payload = (parseXmlPlist(kept) as Map<string, Uint8Array>).get("Payload") ?? new Uint8Array();
      expect(Buffer.from(payload).toString("latin1").replaceAll("\0", "")).not.toContain(secret);
    }
  });

  it("are no commands: those are sent on as they are, in XML", () => {
    const command = writeBinary(
      new Map<string, PlistValue>([
        ["CommandUUID", "1"],
        ["Command", new Map()],
      ]),
    );
    expect(() => decodeCommand(command)).toThrow(
      expect.objectContaining({ code: "plist-invalid", status: 400, remedy: expect.stringContaining("plutil") }),
    );
  });
});
