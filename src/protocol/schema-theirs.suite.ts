/** Apple's schema files and the change list beside them, told line by line. Shares no code with our side but `tell`. */
import { compareVersions, type Platform, PLATFORMS } from "./index.ts";

interface SchemaSince {
  readonly introduced?: string | number;
  readonly deprecated?: string | number;
  readonly removed?: string | number;
  readonly accessrights?: string;
  readonly supervised?: boolean;
  readonly requiresdep?: boolean;
  readonly devicechannel?: boolean;
  readonly userenrollment?: { readonly mode?: string };
  readonly sharedipad?: { readonly mode?: string; readonly devicechannel?: boolean };
}
export type SchemaSupport = Readonly<Partial<Record<Platform, SchemaSince>>>;
export interface SchemaKey {
  readonly key: string;
  readonly type: string;
  readonly presence?: string;
  readonly rangelist?: readonly (string | number)[];
  readonly range?: { readonly min?: number; readonly max?: number };
  readonly subkeys?: readonly SchemaKey[];
  readonly supportedOS?: SchemaSupport;
}
export interface SchemaFile {
  readonly payload: { readonly requesttype: string; readonly supportedOS: SchemaSupport };
  readonly payloadkeys?: readonly SchemaKey[];
  readonly responsekeys?: readonly SchemaKey[];
}

/** Where, since when and on what terms something may be used; a platform's line names only terms that there are. */
export interface Terms {
  readonly introduced: string;
  readonly deprecated?: string | undefined;
  readonly removed?: string | undefined;
  readonly supervised?: boolean | undefined;
  readonly right?: string | undefined;
  readonly userEnrollment?: string | undefined;
  readonly sharedIpad?: string | undefined;
  readonly more?: readonly string[];
}

export function tell(path: string, platform: Platform, terms: Terms): string {
  return [
    `${path} on ${platform} since ${terms.introduced}`,
    ...(terms.deprecated === undefined ? [] : [`deprecated ${terms.deprecated}`]),
    ...(terms.removed === undefined ? [] : [`removed ${terms.removed}`]),
    ...(terms.supervised === true ? ["supervised"] : []),
    ...(terms.right === undefined ? [] : [`right ${terms.right}`]),
    ...(terms.userEnrollment === undefined ? [] : [`user enrollment ${terms.userEnrollment}`]),
    ...(terms.sharedIpad === undefined ? [] : [`shared iPad ${terms.sharedIpad}`]),
    ...(terms.more ?? []),
  ].join(", ");
}

/** What a key says overrides its parent's, platform by platform and word by word. */
function inherit(parent: SchemaSupport, own: SchemaSupport = {}): SchemaSupport {
  const merged: Partial<Record<Platform, SchemaSince>> = {};
  for (const platform of PLATFORMS) {
    const [above, here] = [parent[platform], own[platform]];
    const introduced = later(above?.introduced, here?.introduced);
    if (introduced === undefined) continue;
    const userenrollment = { ...above?.userenrollment, ...here?.userenrollment };
    const sharedipad = { ...above?.sharedipad, ...here?.sharedipad };
    merged[platform] = { ...above, ...here, introduced, userenrollment, sharedipad };
  }
  return merged;
}

/** Nothing is older than what it belongs to. "n/a": it is not there at all. */
function later(above: string | number | undefined, here: string | number | undefined): string | undefined {
  const [a, b] = [above, here].map((version) => (version === undefined ? undefined : String(version)));
  if (b === "n/a" || a === "n/a") return undefined;
  if (a === undefined || b === undefined) return a ?? b;
  return compareVersions(a, b) > 0 ? a : b;
}

/** "Special Case": it is said of each key by itself. */
const NO_RIGHT = ["None", "n/a", "Special Case"];

function tellSupport(path: string, support: SchemaSupport): string[] {
  return PLATFORMS.flatMap((platform) => {
    const since = support[platform];
    if (since === undefined) return [];
    const { accessrights, deprecated, removed, userenrollment, sharedipad } = since;
    return tell(path, platform, {
      introduced: String(since.introduced),
      deprecated: deprecated === undefined ? undefined : String(deprecated),
      removed: removed === undefined ? undefined : String(removed),
      supervised: since.supervised,
      right: accessrights === undefined || NO_RIGHT.includes(accessrights) ? undefined : accessrights,
      userEnrollment: userenrollment?.mode,
      // Our commands go to the device's own channel.
      sharedIpad: platform === "iOS" && sharedipad?.devicechannel === false ? "user channel only" : sharedipad?.mode,
      more: [
        ...(since.requiresdep === true ? ["automated enrollment"] : []),
        ...(since.devicechannel === false ? ["user channel only"] : []),
      ],
    });
  });
}

/** Everything a schema file says of a command and the keys of its request. */
export function tellSchema(file: SchemaFile): string[] {
  const { requesttype, supportedOS } = file.payload;
  const support = inherit({}, supportedOS);
  return [...tellSupport(requesttype, support), ...tellKeys(file.payloadkeys ?? [], support, "")];
}

function tellKeys(keys: readonly SchemaKey[], parent: SchemaSupport, prefix: string): string[] {
  return keys.flatMap((key) => {
    const path = `${prefix}${key.key}`;
    const support = inherit(parent, key.supportedOS);
    return [`${path} is ${key.presence}`, ...tellSupport(path, support), ...tellShape(key, support, path)];
  });
}

function tellShape(key: SchemaKey, support: SchemaSupport, path: string): string[] {
  const { type, subkeys = [], range } = key;
  const values = key.rangelist === undefined ? "" : ` of ${key.rangelist.join("|")}`;
  const bounds = range === undefined ? "" : ` from ${range.min} to ${range.max}`;
  const line = `${path} is ${type}${values}${bounds}`;
  if (type !== "<array>") return [line, ...tellKeys(subkeys, support, `${path}.`)];
  // Several dictionaries below an array are alternatives, each with terms of its own.
  const items = subkeys.flatMap((item) => {
    if (subkeys.length === 1) return tellShape(item, support, `${path}[]`);
    const own = inherit(support, item.supportedOS);
    return [...tellSupport(`${path}[${item.key}]`, own), ...tellShape(item, own, `${path}[${item.key}]`)];
  });
  return [line, ...items];
}

/** Keys of an answer, with types and values; answers are looser than the schema in all else. */
export function tellAnswer(keys: readonly SchemaKey[], prefix = ""): string[] {
  return keys.flatMap((key) => {
    const { rangelist, subkeys = [], type } = key;
    const item = type === "<array>" ? ` of ${subkeys[0]?.type}` : "";
    const line = `${prefix}${key.key} is ${type}${item}${rangelist === undefined ? "" : ` of ${rangelist.join("|")}`}`;
    return type === "<dictionary>" ? [line, ...tellAnswer(subkeys, `${prefix}${key.key}.`)] : [line];
  });
}

interface Delta {
  readonly names: readonly string[] | "whole command";
  readonly terms: Readonly<Partial<Record<"deprecated" | "removed", string>>>;
}

/** The change list's rows about one file, | path | items | change | …, as far as they deprecate or remove. */
export function deltasOf(changes: string, path: string): Delta[] {
  return changes.split("\n").flatMap((line): Delta[] => {
    const [, file, items = "", change = ""] = line.split("|").map((cell) => cell.trim());
    const found = [...change.matchAll(/\b(deprecated|removed)(?: (?:iOS|macOS|tvOS))? (\d+\.\d+)/g)];
    if (file !== path || found.length === 0) return [];
    const names = items === "whole command" ? items : items.split(",").map((item) => item.trim().replace(/^.*\//, ""));
    return [{ names, terms: Object.fromEntries(found.map(([, what, version]) => [what, version])) }];
  });
}

/** The file as its change list leaves it. */
export function applyDeltas(file: SchemaFile, deltas: readonly Delta[]): SchemaFile {
  return deltas.reduce((before, { names, terms }) => {
    const mark = (own: SchemaSupport = {}): SchemaSupport =>
      Object.fromEntries(PLATFORMS.map((platform) => [platform, { ...own[platform], ...terms }]));
    if (names === "whole command") {
      return { ...before, payload: { ...before.payload, supportedOS: mark(before.payload.supportedOS) } };
    }
    const walk = (key: SchemaKey): SchemaKey => ({
      ...key,
      ...(names.includes(key.key) ? { supportedOS: mark(key.supportedOS) } : {}),
      ...(key.subkeys === undefined ? {} : { subkeys: key.subkeys.map(walk) }),
    });
    return { ...before, payloadkeys: (before.payloadkeys ?? []).map(walk) };
  }, file);
}
