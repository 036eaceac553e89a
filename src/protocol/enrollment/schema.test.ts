/** What we read of MachineInfo and write in the 403, against Apple's schema files with their change list. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Platform, PLATFORMS, type RequiredRelease, updateRequired } from "../index.ts";
import { tellAnswerFields } from "../schema-ours.suite.ts";
import { type SchemaKey, tellAnswer } from "../schema-theirs.suite.ts";
import { machineInfoFields } from "./machine-info.ts";
import { UPDATE_REQUIRED_SUPPORT } from "./update-required.ts";

interface SchemaFile {
  readonly payload: { readonly supportedOS: Readonly<Partial<Record<Platform, { readonly introduced: string }>>> };
  readonly payloadkeys: readonly SchemaKey[];
}

const folder = new URL("../../../../shared/apple/schema/", import.meta.url);
const HERE = existsSync(folder);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const MACHINE_INFO = "other/machineinfo.yaml";
const REQUIRED = "mdm/errors/softwareupdate.required.yaml";

/** The change list's rows about a file: item and change. */
const changesOf = (file: string): string[] =>
  read("README.md")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, path]) => path === file)
    .map(([, , item = "", change = ""]) => `${item} ${change}`);

/** What a body has that its schema does not allow. */
function faults(keys: readonly SchemaKey[], body: Readonly<Record<string, unknown>>, path = ""): string[] {
  const unknown = Object.keys(body).filter((name) => !keys.some(({ key }) => key === name));
  return [
    ...unknown.map((name) => `${path}${name} is not known`),
    ...keys.flatMap((key): string[] => {
      const value = body[key.key];
      const name = `${path}${key.key}`;
      if (value === undefined) return key.presence === "required" ? [`${name} is missing`] : [];
      if (key.type === "<dictionary>")
        return typeof value === "object" && value !== null
          ? faults(key.subkeys ?? [], { ...value }, `${name}.`)
          : [`${name} is no dictionary`];
      if (key.type !== "<string>" || typeof value !== "string") return [`${name} is not ${key.type}`];
      return key.rangelist === undefined || key.rangelist.includes(value) ? [] : [`${name} is ${value}`];
    }),
  ];
}

describe.skipIf(!HERE)("enrollment in Apple's schema (skipped: ../shared/apple/schema is not there)", () => {
  it("targets E1: MachineInfo has the keys we read, of the types we read them as", () => {
    const { payloadkeys } = parse(read(MACHINE_INFO)) as SchemaFile;
    const theirs = tellAnswer(payloadkeys);
    // Newer than the file: the change list names it.
    const added = "MANDATORY_SOFTWARE_UPDATE_REQUIRED";
    expect(changesOf(MACHINE_INFO).filter((change) => change.includes(added))).toHaveLength(1);
    expect(tellAnswerFields(machineInfoFields).filter((line) => !theirs.includes(line))).toEqual([
      `${added} is <boolean>`,
    ]);
    const ours: readonly string[] = Object.values(machineInfoFields).map(({ key }) => key);
    const about = payloadkeys.map(({ key }) => key).filter((key) => /VERSION|UPDATE/.test(key));
    expect(about.length).toBeGreaterThan(5);
    expect(about.filter((key) => !ours.includes(key))).toEqual([]);
  });

  it("targets E2.2: the platforms that take the 403 are Apple's", () => {
    const { supportedOS } = (parse(read(REQUIRED)) as SchemaFile).payload;
    const changed = changesOf(REQUIRED).map((change) => /^(\w+) introduced (\S+)$/.exec(change) ?? []);
    const theirs = PLATFORMS.flatMap((platform) => {
      const since = changed.find(([, name]) => name === platform)?.[2] ?? supportedOS[platform]?.introduced ?? "n/a";
      return since === "n/a" ? [] : [[platform, { introduced: since }]];
    });
    expect(Object.fromEntries(theirs)).toEqual(UPDATE_REQUIRED_SUPPORT);
  });

  it.each<[string, RequiredRelease]>([
    ["a version", { version: "26.6.1" }],
    ["an improvement", { version: "26.3.1", improvement: { letter: "a", build: "25D771280a" } }],
  ])("targets E5: the body that names %s is as the schema has it", (_what, release) => {
    const { payloadkeys } = parse(read(REQUIRED)) as SchemaFile;
    const body = JSON.parse(updateRequired(release, { description: "log", message: "text" })) as Record<
      string,
      unknown
    >;
    expect(faults(payloadkeys, body)).toEqual([]);
    expect(faults(payloadkeys, { ...body, code: "other", details: { BuildVersion: 1 }, more: "" })).toEqual([
      "more is not known",
      "code is other",
      "details.OSVersion is missing",
      "details.BuildVersion is not <string>",
    ]);
  });
});
