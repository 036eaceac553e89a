/**
 * Our descriptions against Apple's schema files: both sides are told line by line, and the lines have to be the same. So a
 * key, value, version or requirement that only one side has shows up by name.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { availableOSUpdateFields, scanKeys } from "./answers/available-os-updates.ts";
import type { AnswerField, AnswerFields } from "./answers/field.ts";
import { osUpdateStatusFields } from "./answers/os-update-status.ts";
import { updateResultFields } from "./answers/update-results.ts";
import { QUERIES } from "./commands/device-information-queries.ts";
import { ACCESS_RIGHTS, type Fields, type Shape, type Support } from "./commands/shape.ts";
import { type CommandDescription, describeCommand } from "./commands/table.ts";
import { compareVersions, type Platform, PLATFORMS } from "./index.ts";

interface SchemaSince {
  readonly introduced?: string;
  readonly accessrights?: string;
  readonly supervised?: boolean;
  readonly userenrollment?: { readonly mode?: string };
}
type SchemaSupport = Readonly<Partial<Record<Platform, SchemaSince>>>;
interface SchemaKey {
  readonly key: string;
  readonly type: string;
  readonly presence?: string;
  readonly rangelist?: readonly string[];
  readonly subkeys?: readonly SchemaKey[];
  readonly supportedOS?: SchemaSupport;
}
interface SchemaFile {
  readonly payload: { readonly requesttype: string; readonly supportedOS: SchemaSupport };
  readonly payloadkeys?: readonly SchemaKey[];
  readonly responsekeys?: readonly SchemaKey[];
}

const folder = new URL("../../../shared/apple/schema/", import.meta.url);
const load = (file: string): SchemaFile => parse(readFileSync(new URL(file, folder), "utf8")) as SchemaFile;

function described(file: SchemaFile): CommandDescription {
  const description = describeCommand(file.payload.requesttype);
  if (description === undefined) throw new Error(`${file.payload.requesttype} is not described`);
  return description;
}

/** Since when the schema has something on a platform; undefined where it never had it. */
function introducedIn(file: SchemaFile, own: SchemaSupport | undefined, platform: Platform): string | undefined {
  const introduced = own?.[platform]?.introduced ?? file.payload.supportedOS[platform]?.introduced;
  return introduced === undefined || introduced === "n/a" ? undefined : String(introduced);
}

const platformsLine = (of: (platform: Platform) => string | undefined): string =>
  PLATFORMS.flatMap((platform) => (of(platform) === undefined ? [] : [`${platform} ${of(platform)}`])).join(", ");

function theirKeys(file: SchemaFile, keys: readonly SchemaKey[], prefix = ""): string[] {
  return keys.flatMap((key) => {
    const since = platformsLine((platform) => introducedIn(file, key.supportedOS, platform));
    return [`${prefix}${key.key} ${key.presence}, ${since}`, ...theirShape(file, key, `${prefix}${key.key}`)];
  });
}

function theirShape(file: SchemaFile, key: SchemaKey, path: string): string[] {
  const line = `${path} is ${key.type}${key.rangelist === undefined ? "" : ` of ${key.rangelist.join("|")}`}`;
  if (key.type === "<array>") {
    return [line, ...(key.subkeys ?? []).flatMap((item) => theirShape(file, item, `${path}[]`))];
  }
  return [line, ...theirKeys(file, key.subkeys ?? [], `${path}.`)];
}

function ourKeys(support: Support, fields: Fields, prefix = ""): string[] {
  return Object.values(fields).flatMap((field) => {
    const since = platformsLine((platform) => (field.support ?? support)[platform]?.introduced);
    const path = `${prefix}${field.key}`;
    return [`${path} ${field.presence}, ${since}`, ...ourShape(support, field.value, path)];
  });
}

function ourShape(support: Support, shape: Shape, path: string): string[] {
  const values =
    shape.type === "string" && shape.oneOf !== undefined ? ` of ${Object.keys(shape.oneOf).join("|")}` : "";
  const line = `${path} is <${shape.type === "dict" ? "dictionary" : shape.type}>${values}`;
  if (shape.type === "array") return [line, ...ourShape(support, shape.items, `${path}[]`)];
  return shape.type === "dict" ? [line, ...ourKeys(support, shape.fields, `${path}.`)] : [line];
}

function sorted(lines: readonly string[]): string[] {
  return lines.toSorted((a, b) => (a < b ? -1 : 1));
}

const KIND_TYPES: Record<AnswerField["kind"], string> = {
  string: "<string>",
  integer: "<integer>",
  real: "<real>",
  boolean: "<boolean>",
  date: "<date>",
  strings: "<array> of <string>",
  dates: "<array> of <date>",
  errorChain: "<array> of <dictionary>",
};

const ourAnswer = (fields: AnswerFields): string[] =>
  sorted(
    Object.values(fields).map((field) => `${field.key} ${KIND_TYPES[field.kind]} ${field.oneOf?.join("|") ?? ""}`),
  );

/** The keys of the items in the one array that an answer consists of. */
function theirAnswer(file: SchemaFile, values: Readonly<Record<string, string>> = {}): string[] {
  expect(file.responsekeys).toHaveLength(1);
  const keys = file.responsekeys?.[0]?.subkeys?.[0]?.subkeys ?? [];
  return sorted(
    keys.map((key) => {
      const type = key.type === "<array>" ? `<array> of ${key.subkeys?.[0]?.type}` : key.type;
      return `${key.key} ${type} ${key.rangelist?.join("|") ?? values[key.key] ?? ""}`;
    }),
  );
}

const update = [
  "mdm/commands/system.update.schedule.yaml",
  "mdm/commands/system.update.scan.yaml",
  "mdm/commands/system.update.available.yaml",
  "mdm/commands/system.update.status.yaml",
] as const;
const others = [
  "mdm/commands/information.device.yaml",
  "mdm/commands/information.security.yaml",
  "mdm/commands/device.restart.yaml",
  "mdm/commands/declarativemanagement.yaml",
] as const;

describe.skipIf(!existsSync(folder))("Apple's schema (skipped: ../shared/apple/schema is not there)", () => {
  it.each([...update, ...others].map((name) => [name]))(
    "has %s where we have it, with the same requirements",
    (name) => {
      const file = load(name);
      const description = described(file);
      const theirs = PLATFORMS.map((platform) => {
        const since = file.payload.supportedOS[platform];
        const introduced = introducedIn(file, undefined, platform);
        if (introduced === undefined) return `${platform} never`;
        const right = Object.hasOwn(ACCESS_RIGHTS, since?.accessrights ?? "") ? since?.accessrights : undefined;
        // tvOS and watchOS have no user enrollment, and the schema says nothing of it there: ours stands.
        const mode = since?.userenrollment?.mode ?? description.support[platform]?.userEnrollment;
        return `${platform} ${introduced} supervised ${since?.supervised ?? false} right ${right} user enrollment ${mode}`;
      });
      const ours = PLATFORMS.map((platform) => {
        const since = description.support[platform];
        if (since === undefined) return `${platform} never`;
        const { introduced, supervised = false, accessRight, userEnrollment } = since;
        return `${platform} ${introduced} supervised ${supervised} right ${accessRight} user enrollment ${userEnrollment}`;
      });
      expect(description.schema).toBe(name);
      expect(ours).toEqual(theirs);
    },
  );

  it.each([...update, ...others].map((name) => [name]))(
    "has the keys and values we have in the request of %s",
    (name) => {
      const file = load(name);
      const description = described(file);
      // The queries stand below the array as keys of their own; they are compared by themselves.
      const theirs = theirKeys(file, file.payloadkeys ?? []).filter((line) => !line.startsWith("Queries[]."));
      const ours = ourKeys(description.support, description.fields);
      expect(sorted(ours)).toEqual(sorted(theirs));
    },
  );

  it("has the keys and values we have in the answers of the update commands", () => {
    expect(ourAnswer(updateResultFields)).toEqual(theirAnswer(load(update[0])));
    expect(ourAnswer(availableOSUpdateFields)).toEqual(theirAnswer(load(update[2])));
    // The states of OSUpdateStatus stand only in the schema's prose.
    const states = { Status: "Idle|Downloading|Installing" };
    expect(ourAnswer(osUpdateStatusFields)).toEqual(theirAnswer(load(update[3]), states));
    expect(load(update[1]).responsekeys?.map((key) => key.key)).toEqual([scanKeys[0]]);
  });

  it("has every DeviceInformation query where and since when we ask it", () => {
    const file = load(others[0]);
    const queries = file.payloadkeys?.[0]?.subkeys?.[0]?.subkeys ?? [];
    // "always" is as long as the command itself.
    const since = (version: string | undefined, platform: Platform) => {
      const command = file.payload.supportedOS[platform]?.introduced ?? "0";
      return version !== undefined && compareVersions(version, command) <= 0 ? "always" : version;
    };
    const ours = Object.entries(QUERIES).map(
      ([name, query]) =>
        `${name}: ${platformsLine((platform) => since(query.support[platform]?.introduced, platform))}`,
    );
    const theirs = Object.keys(QUERIES).map((name) => {
      const own = queries.find((query) => query.key === name)?.supportedOS;
      return `${name}: ${platformsLine((platform) => since(introducedIn(file, own, platform), platform))}`;
    });
    expect(Object.keys(QUERIES).filter((name) => !queries.some((query) => query.key === name))).toEqual([]);
    expect(ours).toEqual(theirs);
  });

  it("lost with OS 27 just what its change list names: the update commands, deprecated in 26, and some queries", () => {
    // Rows of the list: | file | key or item | change | confirmed in |
    const rows = readFileSync(new URL("README.md", folder), "utf8")
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const changes = (file: string): (readonly [item: string, change: string])[] =>
      rows.flatMap(([, path, item = "", change = ""]) => (path === file ? [[item, change] as const] : []));
    for (const name of update) {
      const [, change = ""] = changes(name).find(([item]) => item === "whole command") ?? [];
      expect([name, change]).toEqual([name, expect.stringMatching(/deprecated .*26\.0.*removed 27\.0/)]);
      for (const since of Object.values(described(load(name)).support)) {
        expect([name, since.deprecated, since.removed]).toEqual([name, "26.0", "27.0"]);
      }
    }
    const gone = changes(others[0]).flatMap(([item, change]) =>
      change.startsWith("removed 27.0") ? [...item.matchAll(/\/(\w+)/g)].map(([, key]) => key) : [],
    );
    expect(gone).toContain("SoftwareUpdateDeviceID");
    const ours = Object.entries(QUERIES).filter(([, { support }]) =>
      Object.values(support).some((since) => since.removed !== undefined),
    );
    expect(new Set(ours.map(([name]) => name))).toEqual(new Set(gone));
    for (const [name, { support }] of ours) {
      for (const since of Object.values(support)) expect([name, since.removed]).toEqual([name, "27.0"]);
    }
  });
});
