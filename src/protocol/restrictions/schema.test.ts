/** Our restrictions against Apple's schema files with their change list: platforms, versions, terms, types and ranges. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Platform, PLATFORMS } from "../index.ts";
import { type PayloadType, type RestrictionKey, RESTRICTIONS } from "./keys.ts";

interface SchemaSince {
  readonly introduced?: string | number;
  readonly supervised?: boolean;
  readonly userenrollment?: { readonly mode?: string };
}
type SchemaSupport = Readonly<Partial<Record<Platform, SchemaSince>>>;
interface SchemaKey {
  readonly key: string;
  readonly type: string;
  readonly range?: { readonly min: number; readonly max: number };
  readonly content?: string;
  readonly supportedOS?: SchemaSupport;
}
interface SchemaFile {
  readonly payload: { readonly payloadtype: string; readonly supportedOS: SchemaSupport };
  readonly payloadkeys: readonly SchemaKey[];
}

const folder = new URL("../../../../shared/apple/schema/", import.meta.url);
const HERE = existsSync(folder);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const fileOf = (type: string): string => `mdm/profiles/${type}.yaml`;

/** "removed 27.0" of the change list's row about a file, for the items that it names. */
function removedIn(type: string, key: string): string | undefined {
  const rows = read("README.md")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, file]) => file === fileOf(type));
  const row = rows.find(([, , items = ""]) => items === "whole profile" || items.split(", ").includes(key));
  return /\bremoved (\d+\.\d+)/.exec(row?.[3] ?? "")?.[1];
}

function theirs(type: PayloadType, file: SchemaFile, key: SchemaKey): string[] {
  const removed = removedIn(type, key.key);
  const range = key.range === undefined ? "" : ` ${key.range.min} to ${key.range.max}`;
  const lines = PLATFORMS.flatMap((platform) => {
    const [above, own] = [file.payload.supportedOS[platform], key.supportedOS?.[platform]];
    const introduced = String(own?.introduced ?? above?.introduced ?? "n/a");
    if (introduced === "n/a" || above?.introduced === "n/a") return [];
    // The text says more than the table: "Requires a supervised device" on the platforms that it names or on all.
    const supervised =
      own?.supervised === true || (/Requires a supervised device\./.test(key.content ?? "") && platform === "macOS");
    const user = own?.userenrollment?.mode ?? above?.userenrollment?.mode ?? "forbidden";
    const terms = [introduced, `removed ${removed}`, supervised ? "supervised" : "", user === "forbidden" ? "" : user];
    return [`${key.key} on ${platform} ${terms.filter((term) => term !== "").join(", ")}`];
  });
  return [`${key.key} is ${key.type}${range}`, ...lines];
}

function ours(name: string, { type, min, max, support }: RestrictionKey): string[] {
  const range = min === undefined ? "" : ` ${min} to ${max}`;
  const lines = PLATFORMS.flatMap((platform) => {
    const since = support[platform];
    if (since === undefined) return [];
    const supervised = since.enrollments.includes("device") ? "" : "supervised";
    const user = since.enrollments.includes("user") ? "allowed" : "";
    const terms = [since.introduced, `removed ${since.removed}`, supervised, user];
    return [`${name} on ${platform} ${terms.filter((term) => term !== "").join(", ")}`];
  });
  return [`${name} is <${type}>${range}`, ...lines];
}

describe.skipIf(!HERE)("Apple's restrictions (skipped: ../shared/apple/schema is not there)", () => {
  it.each(Object.keys(RESTRICTIONS) as PayloadType[])("of %s are as we have them", (type) => {
    const file = parse(read(fileOf(type))) as SchemaFile;
    expect(file.payload.payloadtype).toBe(type);
    const keys = Object.entries<RestrictionKey>(RESTRICTIONS[type]);
    const described = file.payloadkeys.filter(({ key }) => Object.hasOwn(RESTRICTIONS[type], key));
    const sorted = (lines: readonly string[]): string[] => lines.toSorted((a, b) => (a < b ? -1 : 1));
    expect(sorted(keys.flatMap(([name, key]) => ours(name, key)))).toEqual(
      sorted(described.flatMap((key) => theirs(type, file, key))),
    );
  });

  it("that are about updates are all ours", () => {
    const file = parse(read(fileOf("com.apple.applicationaccess"))) as SchemaFile;
    const about = file.payloadkeys
      .map(({ key }) => key)
      .filter((key) => /SoftwareUpdate|RapidSecurity|DeferredInstall/.test(key));
    expect(about.toSorted()).toEqual(Object.keys(RESTRICTIONS["com.apple.applicationaccess"]).toSorted());
  });
});
