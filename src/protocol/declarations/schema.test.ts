/**
 * Our declarations and status items against Apple's schema files with their later changes: both sides are told line by line,
 * and the lines have to be the same. The files are of iOS 18.1; what came later stands in the tables beside them.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Support } from "../commands/shape.ts";
import { compareVersions, type Platform, PLATFORMS } from "../index.ts";
import { organizationInfo } from "./builders.ts";
import { declare } from "./declaration.ts";
import type { DeclarationDescription, Keys, Value } from "./describe.ts";
import {
  activationDescription,
  DECLARATIONS,
  enforcementDescription,
  organizationDescription,
  settingsDescription,
  subscriptionsDescription,
} from "./descriptions.ts";
import { declarationsToken, itemsResponse, tokensResponse } from "./manifest.ts";
import { REASONS } from "./reasons.ts";
import { OTHER_TARGET_KEY, STATUS_ITEMS, type StatusItem } from "./status-items.ts";
import type { DeclarativeSupport } from "./support.ts";

interface SchemaSince {
  introduced?: string;
  "allowed-enrollments"?: readonly string[];
  "allowed-scopes"?: readonly string[];
}
type SchemaSupport = Partial<Record<Platform, SchemaSince>>;
interface SchemaKey {
  key: string;
  type: string;
  presence?: string;
  content?: string;
  default?: string | boolean;
  combinetype?: string;
  range?: { min: number; max: number };
  rangelist?: readonly string[];
  subkeys?: SchemaKey[];
  supportedOS?: SchemaSupport;
}
interface SchemaFile {
  payload: { declarationtype?: string; statusitemtype?: string; supportedOS: SchemaSupport };
  payloadkeys: SchemaKey[];
  reasons?: { value: string }[];
}

const apple = new URL("../../../../shared/apple/", import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, apple), "utf8");
const load = (file: string): SchemaFile => parse(text(`schema/${file}`)) as SchemaFile;
const cells = (file: string): string[][] =>
  text(file)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));

/** "tvOS 18.4, visionOS 26.0" as pairs. */
const versionsIn = (words: string): [Platform, string][] =>
  [...words.matchAll(/(iOS|macOS|tvOS|visionOS|watchOS) (\d+(?:\.\d+)?)/g)].map(([, platform, version]) => [
    platform as Platform,
    version ?? "",
  ]);

/** Item and change of each row of the change list about a file, which it may name shortly after another. */
const changesOf = (file: string): string[] => {
  const tail = file.slice(file.lastIndexOf("/softwareupdate") + "/softwareupdate".length);
  return cells("schema/README.md").flatMap(([, path = "", item = "", change = ""]) =>
    path.split(", ").some((other) => other === file || other === tail) ? [`${item} | ${change}`] : [],
  );
};

/** Who may have the enforcement declaration where it came after the schema files; the settings and update items say the same. */
const laterEnrollments = (platform: Platform): string[] => {
  const row = cells("declarative-updates.md").find(
    ([, name, version]) => name === platform && /^\d/.test(version ?? ""),
  );
  return (row?.[3] ?? "").split(", ");
};

const everyone = ["device", "supervised", "user"];
/** Platforms, versions and enrollments of a schema file with its changes. */
function theirSupport(file: SchemaFile, changes: readonly string[]): string[] {
  const later = new Map(
    changes.flatMap((change) =>
      versionsIn(
        change
          .split("; ")
          .filter((part) => !/^[A-Z]/.test(part))
          .join("; "),
      ),
    ),
  );
  return PLATFORMS.map((platform) => {
    const since = file.payload.supportedOS[platform];
    const there = since?.introduced !== "n/a" && since?.introduced !== undefined;
    const introduced = later.get(platform) ?? (there ? since.introduced : undefined);
    if (introduced === undefined) return `${platform} never`;
    const allowed = there ? (since["allowed-enrollments"] ?? everyone) : laterEnrollments(platform);
    if (since?.["allowed-scopes"]?.includes("system") === false) return `${platform} for users only`;
    return `${platform} ${version(introduced)} for ${allowed
      .filter((name) => name !== "local")
      .toSorted()
      .join(", ")}`;
  });
}

function ourSupport(support: DeclarativeSupport): string[] {
  return PLATFORMS.map((platform) => {
    const since = support[platform];
    return since === undefined
      ? `${platform} never`
      : `${platform} ${version(since.introduced)} for ${since.enrollments.toSorted().join(", ")}`;
  });
}

const version = (words: string): string => words.replace(/\.0$/, "");

const VALUE_TYPES: Record<string, string> = {
  string: "<string>",
  integer: "<integer>",
  boolean: "<boolean>",
  array: "<array>",
  dict: "<dictionary>",
  any: "<any>",
};

function theirShape(key: SchemaKey, path: string): string[] {
  const subkeys = key.subkeys ?? [];
  const any = key.type === "<any>" || (key.type === "<dictionary>" && subkeys.every((sub) => sub.key === "ANY"));
  const range = key.range === undefined ? "" : ` ${key.range.min} to ${key.range.max}`;
  const line = `${path} is ${any ? "<any>" : key.type}${range} ${(key.rangelist ?? []).join("|")}`;
  if (any) return [line];
  if (key.type === "<array>") return [line, ...subkeys.flatMap((item) => theirShape(item, `${path}[]`))];
  return [line, ...theirKeys(subkeys, `${path}.`)];
}

const theirKeys = (keys: readonly SchemaKey[], prefix: string): string[] =>
  keys.flatMap((key) => [
    `${prefix}${key.key} ${key.presence} default ${key.default} combined ${key.combinetype}`,
    ...theirShape(key, `${prefix}${key.key}`),
  ]);

function ourShape(value: Value, path: string): string[] {
  const range = value.type === "integer" && value.max <= 90 ? ` ${value.min} to ${value.max}` : "";
  const values = value.type === "string" ? (value.oneOf ?? value.known ?? []) : [];
  const line = `${path} is ${VALUE_TYPES[value.type]}${range} ${values.join("|")}`;
  if (value.type === "array") return [line, ...ourShape(value.items, `${path}[]`)];
  return value.type === "dict" ? [line, ...ourKeys(value.keys, `${path}.`)] : [line];
}

const ourKeys = (keys: Keys, prefix: string): string[] =>
  Object.entries(keys).flatMap(([name, key]) => [
    `${prefix}${name} ${key.presence} default ${key.fallback} combined ${key.combine}`,
    ...ourShape(key, `${prefix}${name}`),
  ]);

/** Lines that only one side has. */
function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  return [
    ...ours.filter((line) => !theirs.includes(line)).map((line) => `only ours: ${line}`),
    ...theirs.filter((line) => !ours.includes(line)).map((line) => `only Apple's: ${line}`),
  ];
}

function declarationDifferences(description: DeclarationDescription, file: SchemaFile): string[] {
  const ours = [description.type, ...ourSupport(description.support), ...ourKeys(description.keys, "")];
  const theirs = [
    `${file.payload.declarationtype}`,
    ...theirSupport(file, changesOf(description.schema)),
    ...theirKeys(file.payloadkeys, ""),
  ];
  return differences(ours, theirs);
}

/** Where each key of the settings is, and whether it needs supervision: "Beta.OfferPrograms: iOS 18, macOS 15.4". */
function ourPlaces(description: DeclarationDescription, platforms: readonly Platform[] = PLATFORMS): string[] {
  const walk = (keys: Keys, outer: Support, prefix: string): string[] =>
    Object.entries(keys).flatMap(([name, key]) => {
      const support = key.support ?? outer;
      const line = placeLine(
        `${prefix}${name}`,
        platforms,
        (platform) => support[platform]?.introduced,
        key.supervised,
      );
      return key.type === "dict" && name !== "RequireProgram"
        ? [line, ...walk(key.keys, support, `${prefix}${name}.`)]
        : [line];
    });
  return walk(description.keys, description.support, "");
}

function placeLine(
  path: string,
  platforms: readonly Platform[],
  since: (platform: Platform) => string | undefined,
  supervised: boolean | undefined,
): string {
  const there = platforms.flatMap((platform) => {
    const introduced = since(platform);
    return introduced === undefined || introduced === "n/a" ? [] : [`${platform} ${version(introduced)}`];
  });
  return `${path}: ${there.join(", ")}${supervised ? ", supervised" : ""}`;
}

/** The same from the schema file of 18.1 and its change list, which tell of iOS and macOS. */
function theirPlaces(file: SchemaFile, changes: readonly string[]): string[] {
  const parts = changes.flatMap((change) => change.split("; "));
  const walk = (keys: readonly SchemaKey[], outer: SchemaSupport, prefix: string): string[] =>
    keys.flatMap((key) => {
      const changed = Object.fromEntries(
        parts
          .filter((part) => part.startsWith(key.key))
          .flatMap(versionsIn)
          .map(([platform, introduced]) => [platform, { introduced }]),
      ) as SchemaSupport;
      const support = { ...outer, ...key.supportedOS, ...changed };
      const since = (platform: Platform) => support[platform]?.introduced ?? outer[platform]?.introduced;
      const merged = Object.fromEntries(
        PLATFORMS.map((platform) => [platform, { introduced: since(platform) }]),
      ) as SchemaSupport;
      const enrollments = key.supportedOS?.iOS?.["allowed-enrollments"];
      const line = placeLine(`${prefix}${key.key}`, ["iOS", "macOS"], since, enrollments?.join() === "supervised");
      return key.type === "<dictionary>" && key.key !== "RequireProgram"
        ? [line, ...walk(key.subkeys ?? [], merged, `${prefix}${key.key}.`)]
        : [line];
    });
  return walk(file.payloadkeys, file.payload.supportedOS, "");
}

/** The same from the table of all platforms: | ↳ `Key` (supervised) | type | platforms | … */
function tabledPlaces(table: string): string[] {
  const all = settingsDescription.support;
  let group = { name: "", places: new Map<Platform, string>() };
  return table.split("\n").flatMap((line) => {
    const [, first = "", , where = ""] = line.split("|").map((cell) => cell.trim());
    const name = /^(?:↳ )?`(\w+)`/.exec(first)?.[1];
    if (name === undefined) return [];
    const inner = first.startsWith("↳");
    const own = new Map(versionsIn(where.split(";").at(-1) ?? ""));
    const outer = inner
      ? group.places
      : new Map(Object.entries(all).map(([platform, { introduced }]) => [platform as Platform, introduced]));
    const places: Map<Platform, string> = own.size === 0 ? outer : own;
    if (!inner) group = { name, places };
    const path = inner ? `${group.name}.${name}` : name;
    return [placeLine(path, PLATFORMS, (platform) => places.get(platform), first.includes("(supervised)"))];
  });
}

const statusFolder = "declarative/status/";
const STATUS_FILES = existsSync(apple)
  ? readdirSync(new URL(`schema/${statusFolder}`, apple)).filter((name) => name !== "statusreason.yaml")
  : [];

function statusDifferences(name: string, item: StatusItem | undefined, file: SchemaFile): string[] {
  if (item === undefined) return [`only Apple's: ${name}`];
  const [key] = file.payloadkeys;
  if (key === undefined || file.payload.statusitemtype !== name) return [`${name} is not the item of its file`];
  const changes = changesOf(`${statusFolder}${name}.yaml`);
  const added = changes.flatMap((change) => [
    ...change.matchAll(/`([a-z-]+)` \((optional|required) (\w+)\) \*\*added\*\*/g),
  ]);
  const subkeys = [
    ...(key.subkeys ?? []),
    ...added.map(([, keyName = "", presence = "", type]) => ({ key: keyName, presence, type: `<${type}>` })),
  ];
  // The values stand in the description, one more than in the list.
  const told = [...(key.content ?? "").matchAll(/\* '([a-z-]+)':/g)].map(([, value = ""]) => value);
  const rangelist = key.rangelist === undefined ? undefined : told;
  const theirs = theirShape({ ...key, ...(subkeys.length > 0 && { subkeys }), ...(rangelist && { rangelist }) }, name);
  const ours = ourShape(item.value, name).filter((line) => !line.includes(OTHER_TARGET_KEY));
  return differences([...ourSupport(item.support), ...ours], [...theirSupport(file, changes), ...theirs]);
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const items: Readonly<Record<string, StatusItem>> = STATUS_ITEMS;

describe.skipIf(!existsSync(apple))("Apple's declarative schema (skipped: ../shared/apple is not there)", () => {
  it.each(DECLARATIONS.map((description) => [description.type, description] as const))(
    "has %s where we have it, with our keys, values and ranges",
    (_type, description) => {
      expect(declarationDifferences(description, load(description.schema))).toEqual([]);
    },
  );

  it("has each setting where and for whom we have it: the file of 18.1 with its changes for iOS and macOS", () => {
    const { schema } = settingsDescription;
    const ours = ourPlaces(settingsDescription, ["iOS", "macOS"]);
    expect(differences(ours, theirPlaces(load(schema), changesOf(schema)))).toEqual([]);
  });

  it("has each setting where and for whom we have it: the table for all platforms", () => {
    const [, table = ""] = /## 5\. .*?\n([^]*?)\n## 6\./.exec(text("declarative-updates.md")) ?? [];
    const theirs = tabledPlaces(table);
    expect(theirs.length).toBeGreaterThan(15);
    expect(differences(ourPlaces(settingsDescription), theirs)).toEqual([]);
  });

  it.each(STATUS_FILES.map((file) => [file.replace(/\.yaml$/, "")]))("has the status item %s as we have it", (name) => {
    expect(statusDifferences(name, items[name], load(`${statusFolder}${name}.yaml`))).toEqual([]);
  });

  it("names in its change list for OS 27 every other status item that we have", () => {
    const named = cells("schema/README.md").flatMap(([, path, list = ""]) =>
      path === `${statusFolder}*` ? list.split(", ").filter((name) => !name.endsWith("*")) : [],
    );
    expect(named).toContain("mdm.push-token");
    const inFiles = STATUS_FILES.map((file) => file.replace(/\.yaml$/, ""));
    expect(
      Object.keys(STATUS_ITEMS)
        .filter((name) => !inFiles.includes(name))
        .toSorted(),
    ).toEqual(named.toSorted());
    for (const name of named) expect([name, items[name]?.support]).toEqual([name, {}]);
  });

  it("has the known reasons, except those that only Apple's pages have", () => {
    const theirs = load("declarative/declarations/declarationbase.yaml").reasons?.map(({ value }) => value) ?? [];
    const ours = Object.keys(REASONS);
    expect(theirs.filter((code) => !ours.includes(code))).toEqual([]);
    const more = ours.filter((code) => !theirs.includes(code));
    expect(more).toHaveLength(3);
    const pages = text("declarative-updates.md");
    for (const code of more) expect(pages).toContain(code);
    for (const [code, kind] of Object.entries(REASONS))
      expect(code.startsWith(kind === "info" ? "Info." : "Error.")).toBe(true);
  });

  it("has the keys of a declaration and of what the manifest answers", () => {
    const made = declare(hash, organizationInfo({ identifier: "o", name: "Example" }));
    const keys = (list: readonly SchemaKey[]) => list.map(({ key }) => key).toSorted();
    const base = load("declarative/declarations/declarationbase.yaml").payloadkeys;
    expect(Object.keys(JSON.parse(made.body) as object)).toEqual(keys(base));
    const token = declarationsToken(hash, [made]);
    const answers = { items: itemsResponse([made], token), tokens: tokensResponse(token, 0) };
    const itemsFile = load("declarative/protocol/declarationitemsresponse.yaml").payloadkeys;
    const said = JSON.parse(answers.items) as { Declarations: Record<string, object[]> };
    expect(Object.keys(said)).toEqual(keys(itemsFile));
    const lists = itemsFile.find(({ key }) => key === "Declarations")?.subkeys ?? [];
    expect(Object.keys(said.Declarations)).toEqual(keys(lists));
    expect(Object.keys(said.Declarations.Management?.[0] ?? {})).toEqual(keys(lists[0]?.subkeys?.[0]?.subkeys ?? []));
    expect(Object.keys(JSON.parse(answers.tokens) as object)).toEqual(
      keys(load("declarative/protocol/tokensresponse.yaml").payloadkeys),
    );
  });
});

describe.skipIf(!existsSync(apple))(
  "the comparison with Apple's schema (skipped: ../shared/apple is not there)",
  () => {
    const planted = (description: DeclarationDescription, change: (file: SchemaFile) => void): string[] => {
      const file = structuredClone(load(description.schema));
      change(file);
      return declarationDifferences(description, file);
    };
    const first = (file: SchemaFile, key: string): SchemaKey => {
      const found = file.payloadkeys
        .flatMap((outer) => [outer, ...(outer.subkeys ?? [])])
        .find((known) => known.key === key);
      if (found === undefined) throw new Error(`no key ${key}`);
      return found;
    };

    it("tells a key that we don't know, and one that Apple does not", () => {
      expect(
        planted(enforcementDescription, (file) =>
          file.payloadkeys.push({ key: "Insist", type: "<boolean>", presence: "optional" }),
        ),
      ).toContainEqual(expect.stringContaining("only Apple's: Insist"));
      expect(planted(activationDescription, (file) => file.payloadkeys.pop())).toContainEqual(
        expect.stringContaining("only ours: Predicate"),
      );
      expect(planted(organizationDescription, (file) => file.payloadkeys.shift())).toContainEqual(
        expect.stringContaining("only ours: Name"),
      );
    });

    it("tells another range, list of values, presence, default and way to combine", () => {
      const settings = (change: (file: SchemaFile) => void) => planted(settingsDescription, change);
      expect(settings((file) => (first(file, "MajorPeriodInDays").range = { min: 1, max: 89 }))).toHaveLength(2);
      expect(settings((file) => (first(file, "RecommendedCadence").rangelist = ["All"]))).toHaveLength(2);
      expect(settings((file) => (first(file, "Notifications").default = false))).toHaveLength(2);
      expect(settings((file) => (first(file, "Download").combinetype = "first"))).toHaveLength(2);
      expect(
        planted(subscriptionsDescription, (file) => (first(file, "StatusItems").presence = "optional")),
      ).toHaveLength(2);
    });

    it("tells another version, platform, enrollment and supervision", () => {
      const on = (platform: Platform, since: SchemaSince) => (file: SchemaFile) => {
        file.payload.supportedOS[platform] = { ...file.payload.supportedOS[platform], ...since };
      };
      expect(planted(enforcementDescription, on("macOS", { introduced: "14.1" }))).toHaveLength(2);
      expect(planted(enforcementDescription, on("watchOS", { introduced: "27.0" }))).toHaveLength(2);
      expect(
        planted(enforcementDescription, on("macOS", { "allowed-enrollments": ["supervised", "device"] })),
      ).toHaveLength(2);
      expect(planted(enforcementDescription, on("iOS", { "allowed-scopes": ["user"] }))).toHaveLength(2);
      const file = load(settingsDescription.schema);
      first(file, "Deferrals").supportedOS = {};
      first(file, "AllowStandardUserOSUpdates").supportedOS = { iOS: { introduced: "18.0" } };
      const places = theirPlaces(file, changesOf(settingsDescription.schema));
      expect(differences(ourPlaces(settingsDescription, ["iOS", "macOS"]), places)).toHaveLength(4);
      expect(
        differences(ourPlaces(settingsDescription), tabledPlaces("| `Notifications` | bool | iOS 17 |")),
      ).toContain("only Apple's: Notifications: iOS 17");
    });

    it("tells another type, version or key of a status item, and one that we don't read", () => {
      const name = "softwareupdate.failure-reason";
      const file = load(`${statusFolder}${name}.yaml`);
      expect(statusDifferences(name, undefined, file)).toHaveLength(1);
      expect(statusDifferences(name, items["softwareupdate.install-state"], file)).not.toEqual([]);
      expect(
        statusDifferences(
          name,
          { ...STATUS_ITEMS[name], support: STATUS_ITEMS["softwareupdate.device-id"].support },
          file,
        ),
      ).not.toEqual([]);
      file.payloadkeys[0]?.subkeys?.push({ key: "domain", type: "<string>", presence: "optional" });
      expect(statusDifferences(name, STATUS_ITEMS[name], file)).toHaveLength(2);
    });

    it("knows the versions of platforms as numbers, not as text", () => {
      expect(compareVersions(version("26"), version("26.0"))).toBe(0);
      expect(version("18.4")).toBe("18.4");
    });
  },
);
