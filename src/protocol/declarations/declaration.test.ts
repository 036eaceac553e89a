import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import {
  type Declaration,
  DECLARATION_KINDS,
  type DeclarationContent,
  declarationRefusal,
  type DeclarativeDevice,
  declare,
  enforcementSpecific,
  isBuild,
  declarationsToken,
  type Hash,
  itemsResponse,
  type Listed,
  tokensResponse,
  organizationInfo,
  simpleActivation,
  softwareUpdateSettings,
  statusSubscriptions,
} from "../index.ts";

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const enforcement = {
  identifier: "os.target",
  targetOSVersion: "26.6.2",
  targetBuildVersion: "25G83",
  targetLocalDateTime: "2026-12-04T19:00:00",
  detailsURL: "https://it.example.org/updates",
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return isUptickError(error) ? error.code : String(error);
  }
  return "nothing thrown";
}

describe("a declaration", () => {
  it("is served as Apple's four keys, its token being the hash of the other three", () => {
    const made = declare(hash, enforcementSpecific(enforcement));
    const body = JSON.parse(made.body) as Record<string, unknown>;
    expect(body).toEqual({
      Type: "com.apple.configuration.softwareupdate.enforcement.specific",
      Identifier: "os.target",
      ServerToken: made.serverToken,
      Payload: {
        TargetOSVersion: "26.6.2",
        TargetBuildVersion: "25G83",
        TargetLocalDateTime: "2026-12-04T19:00:00",
        DetailsURL: "https://it.example.org/updates",
      },
    });
    expect(made.kind).toBe("configuration");
    const { ServerToken: _, ...content } = body;
    // Parsed and sorted already, so this is the canonical text.
    expect(made.serverToken).toBe(hash(Buffer.from(JSON.stringify(content))));
  });

  it("has the same bytes whatever the order of keys, and another token for any other content", () => {
    const content = (payload: DeclarationContent["payload"]): DeclarationContent => ({
      type: "com.apple.management.properties",
      identifier: "p",
      payload,
    });
    const made = declare(hash, content({ a: 1, b: { c: 2, d: [1, 2] } }));
    expect(declare(hash, content({ b: { d: [1, 2], c: 2 }, a: 1 }))).toEqual(made);
    for (const other of [
      content({ a: 1, b: { c: 2, d: [2, 1] } }),
      content({ a: 1, b: { c: "2", d: [1, 2] } }),
      { ...content({ a: 1, b: { c: 2, d: [1, 2] } }), identifier: "q" },
      { ...content({ a: 1, b: { c: 2, d: [1, 2] } }), type: "com.apple.management.server-capabilities" },
    ]) {
      expect(declare(hash, other).serverToken).not.toBe(made.serverToken);
    }
  });

  it.each([
    ["is empty", ""],
    ["has 65 octets", "x".repeat(65)],
    ["has 33 letters of two octets", "é".repeat(33)],
    ["is no well-formed text", "a\ud800"],
  ])("is refused when its identifier %s", (_why, identifier) => {
    expect(codeOf(() => declare(hash, { type: "com.apple.activation.simple", identifier, payload: {} }))).toBe(
      "declaration-invalid",
    );
  });

  it("takes an identifier of 64 octets, and knows the kind by its type only", () => {
    const identifier = "é".repeat(32);
    expect(declare(hash, simpleActivation({ identifier, configurations: [] }))).toMatchObject({
      kind: "activation",
      identifier,
    });
    const content = { type: "org.example.thing", identifier, payload: {} };
    expect(codeOf(() => declare(hash, content))).toBe("declaration-invalid");
    expect(declare(hash, { ...content, kind: "asset" }).kind).toBe("asset");
  });

  it("is refused when the hash is no token", () => {
    const content = simpleActivation({ identifier: "a", configurations: [] });
    for (const bad of ["", "x".repeat(65)])
      expect(codeOf(() => declare(() => bad, content))).toBe("declaration-invalid");
  });
});

describe("what the builders take", () => {
  it.each([
    ["a version with letters", { targetOSVersion: "26.6.2 (a)" }],
    ["a build in small letters", { targetBuildVersion: "25g83" }],
    ["a build with two letters behind", { targetBuildVersion: "25G83ab" }],
    ["a time with a zone", { targetLocalDateTime: "2026-12-04T19:00:00Z" }],
    ["a time with a fraction", { targetLocalDateTime: "2026-12-04T19:00:00.5" }],
    ["a day that does not exist", { targetLocalDateTime: "2026-02-29T19:00:00" }],
    ["an hour that does not exist", { targetLocalDateTime: "2026-12-04T24:00:00" }],
    ["a script as address", { detailsURL: "javascript:alert(1)" }],
    ["no address", { detailsURL: "updates" }],
    ["no identifier", { identifier: "" }],
  ])("refuses %s", (_what, wrong) => {
    expect(codeOf(() => enforcementSpecific({ ...enforcement, ...wrong }))).toBe("declaration-invalid");
  });

  it("names the key, and quotes what was given without its control characters", () => {
    expect(() => enforcementSpecific({ ...enforcement, targetOSVersion: "26\n" })).toThrow(
      /TargetOSVersion is "26\\n"/,
    );
  });

  it("knows builds with and without the letter of a security response, and a leap day", () => {
    expect(["25G83", "20A242a", "23D771330a"].map(isBuild)).toEqual([true, true, true]);
    const leap = { ...enforcement, targetLocalDateTime: "2028-02-29T00:00:00" };
    expect(enforcementSpecific(leap).payload.TargetLocalDateTime).toBe("2028-02-29T00:00:00");
  });

  it("makes the same of the same set of names and configurations, in any order", () => {
    const names = ["softwareupdate.install-state", "device.operating-system.version"];
    const one = statusSubscriptions({ identifier: "s", names });
    expect(one.payload).toEqual({
      StatusItems: [{ Name: "device.operating-system.version" }, { Name: "softwareupdate.install-state" }],
    });
    expect(statusSubscriptions({ identifier: "s", names: [...names, ...names].reverse() })).toEqual(one);
    expect(
      simpleActivation({ identifier: "a", configurations: ["c", "b", "c"], predicate: "TRUEPREDICATE" }).payload,
    ).toEqual({ StandardConfigurations: ["b", "c"], Predicate: "TRUEPREDICATE" });
    expect(codeOf(() => simpleActivation({ identifier: "a", configurations: ["x".repeat(65)] }))).toBe(
      "declaration-invalid",
    );
    expect(codeOf(() => simpleActivation({ identifier: "a", configurations: [], predicate: " " }))).toBe(
      "declaration-invalid",
    );
    expect(codeOf(() => statusSubscriptions({ identifier: "s", names: [""] }))).toBe("declaration-invalid");
  });

  it("checks the organization and the settings", () => {
    const organization = { identifier: "o", name: "Example", email: "it@example.org", url: "https://example.org" };
    expect(organizationInfo(organization).payload).toEqual({
      Name: "Example",
      Email: "it@example.org",
      URL: "https://example.org",
    });
    for (const wrong of [{ name: " " }, { email: "it" }, { url: "ftp://example.org" }]) {
      expect(codeOf(() => organizationInfo({ ...organization, ...wrong }))).toBe("declaration-invalid");
    }
    expect(softwareUpdateSettings({ identifier: "s", settings: { Notifications: false } }).payload).toEqual({
      Notifications: false,
    });
    expect(
      codeOf(() => softwareUpdateSettings({ identifier: "s", settings: { Deferrals: { MajorPeriodInDays: 91 } } })),
    ).toBe("declaration-invalid");
  });
});

describe("who may have a declaration", () => {
  const type = "com.apple.configuration.softwareupdate.enforcement.specific";
  const mac: DeclarativeDevice = { platform: "macOS", osVersion: "14.0", supervised: true, enrollment: "device" };
  it.each<[string, Partial<DeclarativeDevice>, string | undefined]>([
    ["a supervised Mac with 14.0", {}, undefined],
    ["a Mac with 13.6.9", { osVersion: "13.6.9" }, "version"],
    ["a Mac that is not supervised", { supervised: false }, "supervision"],
    ["a Mac of which that is not known", { supervised: undefined }, "supervision"],
    ["a Mac of unknown version", { osVersion: undefined }, "version"],
    ["an iPhone that is not supervised", { platform: "iOS", osVersion: "17.0", supervised: false }, undefined],
    ["an iPad with several users", { platform: "iOS", osVersion: "17.0", sharedIPad: true }, undefined],
    [
      "an iPhone of a user",
      { platform: "iOS", osVersion: "17.0", supervised: false, enrollment: "user" },
      "enrollment",
    ],
    ["an Apple TV with 18.3", { platform: "tvOS", osVersion: "18.3" }, "version"],
    ["an Apple TV with 18.4", { platform: "tvOS", osVersion: "18.4" }, undefined],
    ["a Vision Pro with 26", { platform: "visionOS", osVersion: "26", supervised: false }, undefined],
    ["a watch", { platform: "watchOS", osVersion: "27.0" }, "platform"],
  ])("%s", (_who, device, code) => {
    expect(declarationRefusal(type, { ...mac, ...device })?.code).toBe(code);
  });
});

/** All that is answered of a set. */
const manifest = (hash: Hash, declarations: readonly Listed[], at: number) => {
  const token = declarationsToken(hash, declarations);
  return { token, items: itemsResponse(declarations, token), tokens: tokensResponse(token, at) };
};

describe("a manifest", () => {
  const declaration = fc
    .record({
      kind: fc.constantFrom(...DECLARATION_KINDS),
      identifier: fc.string({ minLength: 1, maxLength: 12 }),
      payload: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { noNullPrototype: true }),
    })
    .map((content) => declare(hash, { ...content, type: `com.apple.${content.kind}.test` }));
  const set = fc.uniqueArray(declaration, { selector: ({ identifier }) => identifier, maxLength: 8 });

  it("lists every declaration once, by kind, under the token that is in the tokens too", () => {
    fc.assert(
      fc.property(set, (declarations) => {
        const made = manifest(hash, declarations, 0);
        const items = JSON.parse(made.items) as { Declarations: Record<string, unknown[]>; DeclarationsToken: string };
        expect(Object.keys(items.Declarations)).toEqual(["Activations", "Assets", "Configurations", "Management"]);
        expect(Object.values(items.Declarations).flat()).toHaveLength(declarations.length);
        for (const { kind, identifier, serverToken } of declarations) {
          const list = {
            activation: "Activations",
            asset: "Assets",
            configuration: "Configurations",
            management: "Management",
          };
          expect(items.Declarations[list[kind]]).toContainEqual({ Identifier: identifier, ServerToken: serverToken });
        }
        expect(items.DeclarationsToken).toBe(made.token);
        expect(JSON.parse(made.tokens)).toEqual({
          SyncTokens: { DeclarationsToken: made.token, Timestamp: "1970-01-01T00:00:00Z" },
        });
      }),
    );
  });

  it("has the same token and items in any order, at any time, and with a declaration told twice", () => {
    const shuffled = set.chain((declarations) =>
      fc.tuple(fc.constant(declarations), fc.shuffledSubarray(declarations, { minLength: declarations.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.nat({ max: 4_102_444_800_000 }), ([declarations, others], at) => {
        const [one, other] = [manifest(hash, declarations, 0), manifest(hash, [...others, ...others], at)];
        expect([other.token, other.items]).toEqual([one.token, one.items]);
        expect(other.tokens).toMatch(/"Timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/);
      }),
    );
  });

  it("has another token after anything is added, removed or changed", () => {
    fc.assert(
      fc.property(set, declaration, fc.nat(), (declarations, added, n) => {
        const { token } = manifest(hash, declarations, 0);
        const others = declarations.filter(({ identifier }) => identifier !== added.identifier);
        const there = declarations.find(({ identifier }) => identifier === added.identifier);
        const same = there?.serverToken === added.serverToken && there.kind === added.kind;
        expect(manifest(hash, [...others, added], 0).token === token).toBe(same);
        const chosen: Declaration | undefined = declarations[n % (declarations.length || 1)];
        if (chosen === undefined) return;
        const rest = declarations.filter((one) => one !== chosen);
        expect(manifest(hash, rest, 0).token).not.toBe(token);
        expect(manifest(hash, [...rest, { ...chosen, serverToken: `${chosen.serverToken}x` }], 0).token).not.toBe(
          token,
        );
        expect(manifest(hash, [...rest, { ...chosen, identifier: `${chosen.identifier}-other` }], 0).token).not.toBe(
          token,
        );
      }),
    );
  });

  it("is refused when one identifier stands for two declarations", () => {
    const [a, b] = [1, 2].map((n) =>
      declare(hash, { type: "com.apple.management.properties", identifier: "p", payload: { n } }),
    );
    if (a === undefined || b === undefined) throw new Error("two were made");
    expect(codeOf(() => manifest(hash, [a, b], 0))).toBe("declaration-invalid");
  });
});
