/** The comparison of schema.test.ts itself: each kind of difference, made on purpose, shows; a row each. Needs no file of Apple's. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { SecurityKeys } from "./answers/security-info.ts";
import type { Query } from "./commands/device-information-queries.ts";
import type { CommandSince, Fields } from "./commands/shape.ts";
import { tellAnswerFields, tellDescription, tellSecurity } from "./schema-ours.suite.ts";
import {
  applyDeltas,
  deltasOf,
  type SchemaFile,
  type SchemaKey,
  tellAnswer,
  tellSchema,
} from "./schema-theirs.suite.ts";

const SCHEMA = `
payload:
  requesttype: Example
  supportedOS:
    iOS:
      introduced: '9.0'
      supervised: true
      accessrights: AllowSettings
      sharedipad: { mode: allowed, devicechannel: true, userchannel: false }
      userenrollment: { mode: allowed }
    macOS: { introduced: '10.11', accessrights: Special Case, devicechannel: true, userenrollment: { mode: allowed } }
    tvOS: { introduced: '12.0', accessrights: None }
payloadkeys:
- key: Queries
  type: <array>
  presence: required
  subkeys:
  - key: QueriesItem
    type: <string>
    subkeys:
    - key: Name
      type: <string>
      presence: optional
      supportedOS:
        iOS: { accessrights: AllowQuerySecurity, userenrollment: { mode: forbidden } }
        macOS: { introduced: '10.9' }
        tvOS: { introduced: n/a }
- key: Level
  type: <integer>
  presence: optional
  rangelist: [0, 1]
  supportedOS:
    macOS: { introduced: n/a }
    tvOS: { introduced: n/a }
- key: Settings
  type: <array>
  presence: optional
  subkeys:
  - key: Zone
    type: <dictionary>
    supportedOS:
      macOS: { introduced: n/a }
      tvOS: { introduced: '14.0', supervised: true }
    subkeys:
    - { key: Item, type: <string>, presence: required, rangelist: [Zone] }
  - key: Clock
    type: <dictionary>
    supportedOS: { iOS: { introduced: n/a }, macOS: { introduced: n/a } }
    subkeys:
    - { key: Item, type: <string>, presence: required, rangelist: [Clock] }
`;
const CHANGES = `
| Path | Item | Change | Confirmed |
|---|---|---|---|
| example.yaml | whole command | deprecated 26.0 (iOS); removed 27.0; some words | file |
| example.yaml | Queries/Level, Queries+Responses/Other | removed iOS 26.4 | file |
| another.yaml | whole command | removed 25.0 | file |
`;

const all = { deprecated: "26.0", removed: "27.0", userEnrollment: "allowed" } as const;
const support = {
  iOS: { introduced: "9.0", supervised: true, accessRight: "AllowSettings", ...all },
  macOS: { introduced: "10.11", ...all },
  tvOS: { introduced: "12.0", ...all },
} as const satisfies Record<string, CommandSince>;
const item = (name: string): Fields => ({
  item: { key: "Item", presence: "required", value: { type: "string", oneOf: { [name]: "everywhere" } } },
});
const fields = {
  queries: { key: "Queries", presence: "required", value: { type: "array", items: { type: "string" } } },
  level: {
    key: "Level",
    presence: "optional",
    value: { type: "integer", oneOf: [0, 1] },
    support: { iOS: { introduced: "9.0", removed: "26.4" } },
  },
  settings: {
    key: "Settings",
    presence: "optional",
    value: {
      type: "array",
      items: {
        type: "variants",
        by: "Item",
        of: {
          Zone: {
            support: { iOS: { introduced: "9.0" }, tvOS: { introduced: "14.0", supervised: true } },
            fields: item("Zone"),
          },
          Clock: { support: { tvOS: { introduced: "12.0" } }, fields: item("Clock") },
        },
      },
    },
  },
} as const satisfies Fields;
const name: Query = {
  support: {
    iOS: { introduced: "1.0", accessRight: "AllowQuerySecurity", userEnrollment: "forbidden" },
    macOS: { introduced: "1.0" },
  },
};

const theirs = (schema = SCHEMA, changes = CHANGES): string[] =>
  tellSchema(applyDeltas(parse(schema) as SchemaFile, deltasOf(changes, "example.yaml")));
const ours = (
  of: { support?: Partial<Record<string, CommandSince>>; fields?: Fields; queries?: Record<string, Query> } = {},
): string[] =>
  tellDescription(
    "Example",
    { support: of.support ?? support, fields: of.fields ?? fields },
    of.queries ?? { Name: name },
  );

/** Lines that only one side has: "-" theirs, "+" ours. */
function differences(them: readonly string[], us: readonly string[]): string[] {
  const only = (sign: string, these: readonly string[], those: readonly string[]) =>
    these.filter((line) => !those.includes(line)).map((line) => `${sign} ${line}`);
  return [...only("-", them, us), ...only("+", us, them)];
}
/** The schema with one piece of its text changed. */
function schemaWith(piece: string, other: string): string {
  expect([piece, SCHEMA.split(piece).length]).toEqual([piece, 2]);
  return SCHEMA.replace(piece, other);
}

describe("comparison with Apple's schema", () => {
  it("finds nothing where both say the same", () => {
    expect(ours().toSorted()).toEqual(theirs().toSorted());
  });

  it.each<[string, string, string, RegExp]>([
    ["another version", "introduced: '9.0'", "introduced: '9.3'", /^- Example on iOS since 9\.3/],
    [
      "another platform",
      "tvOS: { introduced: '12.0', accessrights: None }",
      "watchOS: { introduced: '10.0' }",
      /watchOS/,
    ],
    ["supervision", "introduced: '10.11'", "introduced: '10.11', supervised: true", /macOS.*supervised/],
    [
      "another right",
      "accessrights: AllowSettings",
      "accessrights: AllowAppInstallation",
      /right AllowAppInstallation/,
    ],
    ["a right where we need none", "accessrights: None", "accessrights: AllowErase", /tvOS.*right AllowErase/],
    ["no right", "accessrights: AllowSettings", "accessrights: None", /^\+ Example.*right AllowSettings/],
    [
      "another user enrollment",
      "{ mode: allowed }\n    macOS",
      "{ mode: forbidden }\n    macOS",
      /user enrollment forbidden/,
    ],
    ["Shared iPads only", "sharedipad: { mode: allowed", "sharedipad: { mode: required", /shared iPad required/],
    [
      "no Shared iPad's device channel",
      "devicechannel: true, userchannel",
      "devicechannel: false, userchannel",
      /user channel only/,
    ],
    [
      "no Mac's device channel",
      "Special Case, devicechannel: true",
      "None, devicechannel: false",
      /macOS.*user channel only/,
    ],
    [
      "automated enrollment",
      "supervised: true\n      accessrights",
      "requiresdep: true\n      accessrights",
      /automated enrollment/,
    ],
    [
      "a key more",
      "- key: Level",
      "- { key: More, type: <string>, presence: optional }\n- key: Level",
      /^- More is optional/,
    ],
    ["a key by another name", "key: Level", "key: Layer", /^- Layer is optional/],
    [
      "a key required",
      "type: <integer>\n  presence: optional",
      "type: <integer>\n  presence: required",
      /^- Level is required/,
    ],
    ["another type", "type: <integer>", "type: <string>", /^- Level is <string>/],
    ["a value more", "rangelist: [0, 1]", "rangelist: [0, 1, 2]", /^- Level is <integer> of 0\|1\|2/],
    ["no list of values", "rangelist: [0, 1]", "default: 0", /^\+ Level is <integer> of 0\|1/],
    ["bounds", "rangelist: [0, 1]", "range: { min: 0, max: 9 }", /from 0 to 9/],
    [
      "a key on another platform",
      "presence: optional\n  rangelist: [0, 1]\n  supportedOS:\n    macOS: { introduced: n/a }",
      "presence: optional\n  rangelist: [0, 1]\n  supportedOS:\n    macOS: { introduced: '11.0' }",
      /^- Level on macOS since 11\.0/,
    ],
    [
      "a query's right",
      "accessrights: AllowQuerySecurity",
      "accessrights: AllowSettings",
      /Queries\[\]\.Name.*AllowSettings/,
    ],
    [
      "a query's user enrollment",
      "mode: forbidden",
      "mode: allowed",
      /Queries\[\]\.Name on iOS.*user enrollment allowed/,
    ],
    ["a query's version", "introduced: '10.9'", "introduced: '13.0'", /Queries\[\]\.Name on macOS since 13\.0/],
    [
      "a query of its own Shared iPad",
      "AllowQuerySecurity, ",
      "AllowQuerySecurity, sharedipad: { mode: forbidden }, ",
      /Name.*shared iPad forbidden/,
    ],
    ["an item's supervision", "'14.0', supervised: true", "'14.0'", /Settings\[Zone\] on tvOS/],
    [
      "an item's key",
      "rangelist: [Zone] }",
      "rangelist: [Zone] }\n    - { key: Late, type: <boolean>, presence: optional }",
      /^- Settings\[Zone\]\.Late/,
    ],
  ])("finds that Apple has %s", (_what, piece, other, line) => {
    const found = differences(theirs(schemaWith(piece, other)), ours());
    expect(found.filter((each) => line.test(each))).not.toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    [
      "a key more",
      ours({ fields: { ...fields, more: { key: "More", presence: "optional", value: { type: "data" } } } }),
      /^\+ More is <data>/,
    ],
    ["a key less", ours({ fields: { queries: fields.queries, settings: fields.settings } }), /^- Level is optional/],
    [
      "a value more",
      ours({ fields: { ...fields, level: { ...fields.level, value: { type: "integer", oneOf: [0, 1, 2] } } } }),
      /^\+ Level is <integer> of 0\|1\|2/,
    ],
    [
      "a value less",
      ours({ fields: { ...fields, level: { ...fields.level, value: { type: "integer", oneOf: [0] } } } }),
      /^- Level is <integer> of 0\|1/,
    ],
    [
      "a key everywhere",
      ours({ fields: { ...fields, level: { key: "Level", presence: "optional", value: fields.level.value } } }),
      /^\+ Level on tvOS/,
    ],
    [
      "a platform more",
      ours({ support: { ...support, visionOS: { introduced: "1.1", ...all } } }),
      /^\+ Example on visionOS/,
    ],
    ["a platform less", ours({ support: { iOS: support.iOS, macOS: support.macOS } }), /^- Example on tvOS/],
    [
      "no removal",
      ours({ support: { ...support, macOS: { introduced: "10.11", userEnrollment: "allowed" } } }),
      /^\+ Example on macOS since 10\.11, user/,
    ],
    [
      "no supervision",
      ours({ support: { ...support, iOS: { introduced: "9.0", accessRight: "AllowSettings", ...all } } }),
      /^\+ Example on iOS.*removed 27\.0, right/,
    ],
    ["a query more", ours({ queries: { Name: name, Odd: name } }), /^\+ Queries\[\]\.Odd/],
    ["a query less", ours({ queries: {} }), /^- Queries\[\]\.Name/],
    [
      "a query allowed to users",
      ours({
        queries: {
          Name: { support: { ...name.support, iOS: { introduced: "1.0", accessRight: "AllowQuerySecurity" } } },
        },
      }),
      /^\+ Queries\[\]\.Name on iOS.*user enrollment allowed/,
    ],
  ])("finds that we have %s", (_what, us, line) => {
    expect(differences(theirs(), us).filter((each) => line.test(each))).not.toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    ["a later removal", "removed 27.0", "removed 28.0", /^- Example on tvOS.*removed 28\.0/],
    ["no deprecation", "deprecated 26.0 (iOS); ", "", /^- Example on iOS since 9\.0, removed 27\.0/],
    ["no removal of a key", "removed iOS 26.4", "some words", /^- Level on iOS.*removed 27\.0/],
    ["the removal of another key", "Queries/Level", "Queries/Name", /^- Queries\[\]\.Name on iOS.*removed 26\.4/],
    [
      "the removal of one item",
      "Queries+Responses/Other",
      "Settings/Zone",
      /^- Settings\[Zone\] on tvOS.*removed 26\.4/,
    ],
  ])("finds that the change list has %s", (_what, piece, other, line) => {
    expect(CHANGES).toContain(piece);
    const found = differences(theirs(SCHEMA, CHANGES.replace(piece, other)), ours());
    expect(found.filter((each) => line.test(each))).not.toEqual([]);
  });
});

describe("comparison of an answer's keys", () => {
  const answer: readonly SchemaKey[] = [
    { key: "Flag", type: "<boolean>" },
    { key: "Word", type: "<string>", rangelist: ["a", "b"] },
    { key: "Inner", type: "<dictionary>", subkeys: [{ key: "Deep", type: "<boolean>" }] },
  ];
  const keys = {
    flag: { key: "Flag", kind: "boolean" },
    word: { key: "Word", kind: "string", oneOf: ["a", "b"] },
    inner: { key: "Inner", kind: "dict", keys: { deep: { key: "Deep", kind: "boolean" } } },
  } as const satisfies SecurityKeys;

  it("finds nothing where both say the same", () => {
    expect(differences(tellAnswer(answer), tellSecurity(keys))).toEqual([]);
    const flat = { flag: keys.flag, word: keys.word };
    expect(differences(tellAnswer(answer.slice(0, 2)), tellAnswerFields(flat))).toEqual([]);
  });

  it.each<[string, SecurityKeys, string]>([
    ["a key more", { ...keys, more: { key: "More", kind: "strings" } }, "+ More is <array> of <string>"],
    ["a key less", { flag: keys.flag, inner: keys.inner }, "- Word is <string> of a|b"],
    ["another type", { ...keys, flag: { key: "Flag", kind: "strings" } }, "- Flag is <boolean>"],
    ["a value more", { ...keys, word: { ...keys.word, oneOf: ["a", "b", "c"] } }, "+ Word is <string> of a|b|c"],
    ["a deep key less", { ...keys, inner: { ...keys.inner, keys: {} } }, "- Inner.Deep is <boolean>"],
  ])("finds %s", (_what, changed, line) => {
    expect(differences(tellAnswer(answer), tellSecurity(changed))).toContain(line);
  });
});
