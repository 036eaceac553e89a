/** Every reader on damaged messages, on one token a hundred thousand times, and on what broke one before. */
import { beforeAll, describe, expect, it } from "vitest";
import { FOUND } from "../fixtures/hostile.ts";
import { propertySeed } from "../properties/seed.ts";
import { tokensOf } from "./edits.ts";
import { fuzz, guarded } from "./fuzz.ts";
import { identityMessages } from "./messages.ts";
import { judge, type Reader, readersOfIdentity, readersOfProtocol } from "./readers.ts";

/** Cases for each reader, the same in every run: what these find stays found. `npm run fuzz` searches on. */
const RUNS = 800;
/** No reader needs this long (ms) for a megabyte; one that tries in every way would need days. */
const PATIENCE = 20_000;

const NAMES = [
  ...["parseXmlPlist", "decodeCheckin", "decodeReport", "decodeCommand", "redactReport"],
  ...["parsePlist, binary", "decodeCheckin, binary", "decodeReport, binary", "redactReport, binary"],
  ...[
    "readBer",
    "readCertificateFields",
    "readCertificateRequest",
    "readSignedData",
    "openEnvelope",
    "openPkiOperation",
  ],
  ...[
    "verifyIdentity",
    "signerOfMessage",
    "signerOfMessage, what is in it",
    "certificateInHeader",
    "readPushCertificate",
  ],
];
let readers: readonly Reader[];
beforeAll(async () => {
  readers = [...readersOfProtocol(), ...readersOfIdentity(await identityMessages())];
});
const named = (name: string): Reader => {
  const reader = readers.find((one) => one.name === name);
  if (reader === undefined) throw new Error(`no reader ${name}`);
  return reader;
};

/** What it threw; undefined: nothing. */
async function thrownBy(reader: Reader, bytes: Uint8Array, patience = PATIENCE): Promise<unknown> {
  try {
    await guarded(() => reader.read(Buffer.from(bytes)), patience);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What is wrong with how it read these bytes; undefined: nothing. */
async function faultOf(reader: Reader, bytes: Uint8Array, patience?: number): Promise<unknown> {
  const thrown = await thrownBy(reader, bytes, patience);
  try {
    if (thrown !== undefined) judge(reader, thrown);
    return undefined;
  } catch (fault) {
    return fault;
  }
}

describe("readers of what strangers wrote", () => {
  it("are all of the table", () => {
    expect(readers.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)("read what is valid: %s", async (name) => {
    for (const message of named(name).messages) expect(await thrownBy(named(name), message)).toBeUndefined();
  });

  it.each(NAMES)("refuse what is damaged as they say, leak nothing and end: %s", { timeout: 300_000 }, async (name) => {
    const { runs, failure } = await fuzz(named(name), { runs: RUNS, seed: propertySeed() });
    expect(failure).toBeUndefined();
    expect(runs).toBe(RUNS);
  });

  it.each(NAMES)(
    "end on a megabyte of any one word, alone or amid a message: %s",
    { timeout: 300_000 },
    async (name) => {
      const reader = named(name);
      const [message = Buffer.alloc(0)] = reader.messages;
      for (const token of tokensOf(reader.format)) {
        if (token.length === 0) continue;
        const many = Buffer.alloc((1 << 20) - message.length, token);
        expect(await faultOf(reader, many)).toBeUndefined();
        const half = message.length >> 1;
        expect(
          await faultOf(reader, Buffer.concat([message.subarray(0, half), many, message.subarray(half)])),
        ).toBeUndefined();
      }
    },
  );

  it.each(FOUND.map(({ title }, nth) => ({ title, nth })))("hold where one did not: $title", async ({ nth }) => {
    const found = FOUND[nth];
    if (found === undefined) throw new Error("no such case");
    expect(await faultOf(named(found.reader), found.input, found.endless)).toBeUndefined();
  });
});
