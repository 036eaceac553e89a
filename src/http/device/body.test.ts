/** How much of a body is read and kept, as a table: the pieces that come and what was announced → what is kept of them. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Lease } from "../body/index.ts";
import { readBody } from "./body.ts";

const KEEP = 100_000;
const READ = 200_000;
const BEGINNING = 64 * 1024;
const room: Lease = { resize: () => true, pin: () => () => undefined, end: () => undefined };

const read = (pieces: readonly Buffer[], announced?: number, lease = room) =>
  readBody(Readable.from(pieces), announced, { keep: KEEP, read: READ }, lease);
const of = (...sizes: readonly number[]): Buffer[] => sizes.map((size) => Buffer.alloc(size, "a"));
const oversize = (size: number, commandUuid?: string) => ({ oversize: { size, commandUuid } });

describe("a body", () => {
  it.each<[string, Buffer[], number | undefined, number, object | undefined]>([
    ["of nothing", [], 0, 0, undefined],
    ["in pieces", of(1, 2, 3), 6, 6, undefined],
    ["in pieces of which the sum was not announced", of(1, 2, 3), undefined, 6, undefined],
    ["as large as may be kept", of(KEEP - 1, 1), KEEP, KEEP, undefined],
    ["as large as may be kept, not announced", of(KEEP - 1, 1), undefined, KEEP, undefined],
    ["larger by one byte", of(KEEP, 1), KEEP + 1, BEGINNING, oversize(KEEP + 1)],
    ["larger by one byte, in one piece", of(KEEP + 1), KEEP + 1, 0, oversize(KEEP + 1)],
    ["as large as is read", of(KEEP, READ - KEEP), READ, BEGINNING, oversize(READ)],
    ["as large as is read, not announced", of(KEEP, READ - KEEP), undefined, BEGINNING, oversize(READ)],
  ])("%s", async (_title, pieces, announced, kept, more) => {
    const body = await read(pieces, announced);
    if (typeof body === "string") throw new Error(body);
    expect(body.bytes).toHaveLength(kept);
    expect(body).toEqual({ bytes: body.bytes, ...more });
  });

  it.each<[string, Buffer[], number | undefined]>([
    ["announced larger than is read", [], READ + 1],
    ["larger than is read", of(READ, 1), undefined],
    ["larger than is read in one piece", of(READ + 1), undefined],
  ])("is too large: %s", async (_title, pieces, announced) => {
    expect(await read(pieces, announced)).toBe("too-large");
  });

  it("waits for room in the budget", async () => {
    const full: Lease = { ...room, resize: (bytes) => bytes <= 4096 };
    expect(await read(of(4096), 4096, full)).toMatchObject({ bytes: { length: 4096 } });
    expect(await read(of(4097), 4097, full)).toBe("busy");
  });

  const NAMES = Buffer.from("<key>CommandUUID</key><string>11111111-2222-3333-4444-555555555555</string>");
  it.each([
    ["in its beginning", 0],
    ["before the last byte that may be kept", KEEP - NAMES.length],
    ["across the last byte that may be kept", KEEP - 20],
    ["after it", KEEP + 10],
    ["at its end", READ - NAMES.length],
  ])("that is too large to keep is still the answer to the command that it names %s", async (_where, at) => {
    const whole = Buffer.concat([...of(at), NAMES, ...of(READ - at - NAMES.length)]);
    for (const size of [300, 16_384]) {
      const pieces: Buffer[] = [];
      for (let from = 0; from < whole.length; from += size) pieces.push(whole.subarray(from, from + size));
      expect(await read(pieces)).toMatchObject(oversize(READ, "11111111-2222-3333-4444-555555555555"));
    }
  });
});
