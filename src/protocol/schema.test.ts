/**
 * Our descriptions against Apple's schema files with their change list: both sides are told line by line, and the lines have
 * to be the same. So a key, value, version or term that only one side has shows up by name. That each kind of difference does
 * show is in schema-differences.test.ts.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { availableOSUpdateFields, scanKeys } from "./answers/available-os-updates.ts";
import { osUpdateStatusFields } from "./answers/os-update-status.ts";
import { securityKeys } from "./answers/security-info.ts";
import { updateResultFields } from "./answers/update-results.ts";
import { QUERIES } from "./commands/device-information-queries.ts";
import { settingItems } from "./commands/settings.ts";
import { describeCommand } from "./commands/table.ts";
import { tellAnswerFields, tellDescription, tellSecurity } from "./schema-ours.suite.ts";
import { applyDeltas, deltasOf, type SchemaFile, tellAnswer, tellSchema } from "./schema-theirs.suite.ts";

const apple = new URL("../../../shared/apple/", import.meta.url);
const folder = new URL("schema/", apple);
const HERE = existsSync(folder);

function load(name: string): SchemaFile {
  const file = parse(readFileSync(new URL(name, folder), "utf8")) as SchemaFile;
  return applyDeltas(file, deltasOf(readFileSync(new URL("README.md", folder), "utf8"), name));
}

const sorted = (lines: readonly string[]): string[] => lines.toSorted((a, b) => (a < b ? -1 : 1));

const schedule = "mdm/commands/system.update.schedule.yaml";
const scan = "mdm/commands/system.update.scan.yaml";
const available = "mdm/commands/system.update.available.yaml";
const status = "mdm/commands/system.update.status.yaml";
const information = "mdm/commands/information.device.yaml";
const security = "mdm/commands/information.security.yaml";
const settings = "mdm/commands/settings.yaml";

/** The items of the one array that an answer consists of. */
function itemsOf(file: SchemaFile) {
  expect(file.responsekeys).toHaveLength(1);
  return file.responsekeys?.[0]?.subkeys?.[0]?.subkeys ?? [];
}

describe.skipIf(!HERE)("Apple's schema (skipped: ../shared/apple/schema is not there)", () => {
  it.each([
    schedule,
    scan,
    available,
    status,
    information,
    security,
    settings,
    "mdm/commands/device.restart.yaml",
    "mdm/commands/declarativemanagement.yaml",
  ])("has %s as we have it: terms, keys and values", (name) => {
    const file = load(name);
    const { requesttype } = file.payload;
    const description = describeCommand(requesttype);
    if (description === undefined) throw new Error(`${requesttype} is not described`);
    expect(description.schema).toBe(name);
    const queries = name === information ? QUERIES : {};
    // Questions and settings that have nothing to do with updates are none of ours.
    const foreign = (line: string): boolean => {
      const [, query, item] = /^Queries\[\]\.(\w+)|^Settings\[(\w+)\]/.exec(line) ?? [];
      if (query !== undefined) return !Object.hasOwn(QUERIES, query);
      return item !== undefined && !Object.hasOwn(settingItems, item);
    };
    const theirs = tellSchema(file).filter((line) => !foreign(line));
    expect(sorted(tellDescription(requesttype, description, queries))).toEqual(sorted(theirs));
  });

  it("has the keys and values we have in the answers of the update commands", () => {
    expect(sorted(tellAnswerFields(updateResultFields))).toEqual(sorted(tellAnswer(itemsOf(load(schedule)))));
    expect(sorted(tellAnswerFields(availableOSUpdateFields))).toEqual(sorted(tellAnswer(itemsOf(load(available)))));
    // The states of OSUpdateStatus stand only in the schema's prose.
    const states = itemsOf(load(status)).map((key) =>
      key.key === "Status" ? { ...key, rangelist: ["Idle", "Downloading", "Installing"] } : key,
    );
    expect(sorted(tellAnswerFields(osUpdateStatusFields))).toEqual(sorted(tellAnswer(states)));
    expect(load(scan).responsekeys?.map((key) => key.key)).toEqual([scanKeys[0]]);
  });

  it("has in the answer to SecurityInfo the keys and values we read", () => {
    const read = Object.values<{ readonly key: string }>(securityKeys).map(({ key }) => key);
    const answer = load(security).responsekeys?.[0]?.subkeys ?? [];
    const theirs = tellAnswer(answer.filter(({ key }) => read.includes(key)));
    expect(sorted(tellSecurity(securityKeys))).toEqual(sorted(theirs));
  });
});

const facts = new URL("software-update-commands.md", apple);

describe.skipIf(!existsSync(facts))("what an update server uses (skipped: ../shared/apple is not there)", () => {
  /** A heading's text and what follows it, up to the next. */
  function part(heading: string): string {
    const text = readFileSync(facts, "utf8").split(/^#+ /m);
    const found = text.find((section) => section.startsWith(heading));
    if (found === undefined) throw new Error(`there is no "${heading}"`);
    return found;
  }
  const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, inside = ""]) => inside);

  it("is known to us: the queries of DeviceInformation", () => {
    const rows = part("DeviceInformation queries")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const names = rows.flatMap((row) => quoted(row.split("|")[1] ?? ""));
    expect(names).toEqual(expect.arrayContaining(["OSVersion", "SoftwareUpdateDeviceID", "ActiveManagedUsers"]));
    expect(names.filter((name) => !Object.hasOwn(QUERIES, name))).toEqual([]);
  });

  it("is known to us: the answer's keys of SecurityInfo", () => {
    const names = quoted(part("SecurityInfo")).flatMap((text) => {
      const [, key = "", inner = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(text) ?? [];
      const keys = inner.split(",").filter((name) => /^\s*\w+\s*$/.test(name));
      return [key, ...keys.map((name) => `${key}.${name.trim()}`)].filter((name) => name !== "");
    });
    expect(names).toEqual(expect.arrayContaining(["ManagementStatus.EnrolledViaDEP", "SecureBoot.SecureBootLevel"]));
    const ours = tellSecurity(securityKeys).map((line) => line.split(" ")[0]);
    expect(names.filter((name) => !ours.includes(name))).toEqual([]);
  });

  it("is known to us: the keys of RestartDevice", () => {
    const rows = part("RestartDevice")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const names = rows.flatMap((row) => quoted(row.split("|")[1] ?? ""));
    expect(names).toContain("RebuildKernelCache");
    const ours = Object.values(describeCommand("RestartDevice")?.fields ?? {}).map(({ key }) => key);
    // One that every command may have.
    expect(names.filter((name) => !ours.includes(name))).toEqual(["RequestRequiresNetworkTether"]);
  });

  it("is known to us: the items of Settings", () => {
    const [items = ""] = part("Settings items about updates").split("Note ");
    const names = quoted(items).map((text) => text.replace(/\{.*$/, ""));
    expect(names).toContain("SoftwareUpdateSettings");
    expect(names.filter((name) => !Object.hasOwn(settingItems, name))).toEqual([]);
  });
});
