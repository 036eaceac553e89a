/** What walks a tree of a stranger's recurses, so the tree's depth is bounded where it comes in: the deepest that is let in. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES, type Route } from "../../src/contract/index.ts";
import { readBer } from "../../src/identity/ber.ts";
import { redactFields } from "../../src/main/redact.ts";
import {
  factsOf,
  type JsonObject,
  jsonOf,
  mergeStatus,
  parsePlist,
  type PlistValue,
  readSettings,
  readStatus,
  readStatusReport,
  redactCommand,
  redactReport,
  STATUS_LIMITS,
  type StatusReport,
  writeXmlPlist,
} from "../../src/protocol/index.ts";
import { canonicalJson } from "../../src/protocol/declarations/json.ts";
import { withoutForbidden } from "../../src/protocol/plist/write-xml.ts";
import { startUptick, type Uptick } from "../support/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const lists = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
const xml = (levels: number, inner: string): Uint8Array =>
  bytes(`<plist version="1.0">${"<dict><key>a</key>".repeat(levels)}${inner}${"</dict>".repeat(levels)}</plist>`);

/** A property list that nests as deep as one may, in each list and dictionary. */
const DEEPEST_PLIST = 64;
const TOO_DEEP = [65, 2000, 20_000];

describe("the deepest property list", () => {
  const deepest = xml(DEEPEST_PLIST, "<string>x</string>");
  const value = parsePlist(deepest);
  const secret = xml(DEEPEST_PLIST, "<dict><key>Token</key><string>s3cr3t</string></dict>".slice(6, -7));

  it.each<[string, () => unknown]>([
    ["is written", () => writeXmlPlist(value)],
    ["is shown", () => factsOf(value as ReadonlyMap<string, PlistValue>)],
    ["is one value among others", () => jsonOf([value, value])],
    ["is cleaned", () => withoutForbidden(value)],
    ["is searched for secrets as a report", () => redactReport(deepest)],
    ["is searched for secrets as a command", () => redactCommand(deepest)],
    ["is logged", () => redactFields({ value })],
  ])("%s", (_what, walk) => {
    expect(walk).not.toThrow();
  });

  it("has its secrets cut out at the bottom", () => {
    expect(Buffer.from(redactReport(secret)).toString()).not.toContain("s3cr3t");
  });

  it.each(TOO_DEEP)("is refused beyond: %i levels", (levels) => {
    expect(() => parsePlist(xml(levels, "<true/>"))).toThrow(/nests deeper than 64 levels/);
    const arrays = bytes(`<plist version="1.0">${"<array>".repeat(levels)}${"</array>".repeat(levels)}</plist>`);
    expect(() => parsePlist(arrays)).toThrow(/nests deeper than 64 levels/);
    // Looked at without being understood.
    expect(redactReport(arrays)).toBe(arrays);
  });
});

describe("the deepest status report", () => {
  const report = (levels: number) =>
    readStatusReport(bytes(`{"StatusItems":${json(levels)},"Errors":[{"StatusItem":"a","Reasons":[]}]}`));

  it("is read, merged into what is stored, and read again", () => {
    const deepest = report(STATUS_LIMITS.depth - 1) as StatusReport;
    const stored = mergeStatus(mergeStatus(undefined, deepest), deepest);
    expect(stored.items).toEqual(deepest.items);
    expect(() => [readStatus(stored), canonicalJson(stored.items), redactFields(stored)]).not.toThrow();
  });

  it.each([32, 2000, 100_000])("is a problem to be shown beyond: %i levels", (levels) => {
    expect(report(levels)).toMatchObject({ problem: "too-deep", text: expect.stringMatching(/32 levels/) });
  });

  it.each([64, 65, 2000])("is searched for secrets within a message: %i levels", (levels) => {
    const inner = `${'{"a":'.repeat(levels - 1)}{"push-token":"s3cr3t"}${"}".repeat(levels - 1)}`;
    const data = `<data>${Buffer.from(inner).toString("base64")}</data>`;
    const kept = Buffer.from(redactReport(xml(1, data))).toString();
    const packed = /<data>([^<]*)<\/data>/.exec(kept)?.[1] ?? "";
    expect(Buffer.from(packed, "base64").toString()).not.toContain("s3cr3t");
  });
});

describe("the deepest BER", () => {
  const nested = (levels: number): Buffer => {
    let inner = Buffer.alloc(0);
    for (let i = 0; i < levels; i += 1) {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(inner.length);
      inner = Buffer.concat([Buffer.from([0x30, 0x84]), size, inner]);
    }
    return inner;
  };
  it("is read, and refused beyond", () => {
    expect(() => readBer(nested(30))).not.toThrow();
    for (const levels of [40, 3000]) expect(() => readBer(nested(levels))).toThrow("too deep");
  });
});

describe("the deepest JSON of an admin", () => {
  let uptick: Uptick;
  beforeAll(async () => {
    uptick = await startUptick();
  });
  afterAll(() => uptick.close());

  const routes: readonly Route[] = Object.values(ROUTES);
  const taking = routes.flatMap((route) =>
    route.body !== undefined && "schema" in route.body ? [{ route, maxBytes: route.body.maxBytes }] : [],
  );

  it.each(taking)(
    "is refused with its fault, never with ours: $route.method $route.path",
    async ({ route, maxBytes }) => {
      const path = route.path.replaceAll(/:\w+/g, "x");
      const ask = async (body: string) =>
        uptick.web.request(route.method, path, { body, headers: { "content-type": "application/json" } });
      const most = Math.floor((maxBytes - 100) / 6);
      for (const levels of [33, 2000, most].filter((count) => count <= most)) {
        for (const body of [
          json(levels),
          lists(levels),
          `{"settings":${json(levels - 1)}}`,
          `{"x":"]}","y":${lists(32)}}`,
        ]) {
          const reply = await ask(body);
          expect([reply.status, reply.problem().code]).toEqual([400, "request-invalid"]);
          expect(reply.problem().detail).toMatch(/nests deeper than 32 levels/);
        }
      }
      for (const body of [json(32), lists(32), `{"settings":${json(31)}}`, `{"x":"${"[".repeat(100)}"}`]) {
        const reply = await ask(body);
        expect([400, 404, 422]).toContain(reply.status);
        expect(reply.problem().detail).not.toMatch(/nests deeper/);
      }
      expect(uptick.takeErrors()).toEqual([]);
    },
  );

  it("is seen on every route that takes JSON", () => {
    expect(taking.length).toBeGreaterThan(5);
  });

  it("is walked to its end as settings", () => {
    expect(() => readSettings(JSON.parse(json(32)) as JsonObject)).not.toThrow();
  });
});
