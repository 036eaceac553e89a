/** Walks a command along its description: the value it stands for, and every rule it breaks. */
import { compareVersions, isVersion } from "../os-version.ts";
import { type Platform, PLATFORMS } from "../platform.ts";
import { isArray, isDict, kindOf, type PlistDict, type PlistValue } from "../plist/value.ts";
import type { CommandTarget, Rule } from "./rule.ts";
import { ACCESS_RIGHTS, type Fields, type Shape, type Since, type Support } from "./shape.ts";
import type { CommandDescription } from "./description.ts";

/** Keys every command may have. RequestRequiresNetworkTether is from Apple's archived protocol reference. */
const GENERIC_KEYS: ReadonlySet<string> = new Set(["RequestType", "RequestRequiresNetworkTether"]);

export interface Inspected {
  /** Our fields; whole only if `broken` is empty. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What does not fit the description whatever the device: missing and unknown keys, types, values. */
  readonly malformed: readonly Rule[];
  /** What this target's platform, version, enrollment or supervision forbids; empty without a target. */
  readonly forbidden: readonly Rule[];
}

/** With no target only the form is judged. */
export function inspect(
  description: CommandDescription,
  body: PlistDict,
  target: CommandTarget | undefined,
): Inspected {
  const walk = new Walk(description.schema, target);
  for (const key of body.keys()) {
    if (!GENERIC_KEYS.has(key) && !hasKey(description.fields, key)) walk.unknownKey(key);
  }
  const values = walk.fields(description.fields, body, "");
  const also = description.also?.(body, target) ?? [];
  return { values, malformed: [...walk.malformed, ...also], forbidden: walk.forbidden };
}

/** "macOS 12.0 or later", "iOS 9.0 to 26", or undefined when the target has it or its version is unknown. */
export function lacks(support: Support, target: CommandTarget): string | undefined {
  const since: Since | undefined = support[target.platform];
  if (since === undefined) return `is for ${platformNames(support)} only, not ${target.platform}`;
  const version = target.osVersion;
  if (version === undefined || !isVersion(version)) return undefined;
  if (compareVersions(version, since.introduced) < 0) return `needs ${target.platform} ${since.introduced} or later`;
  if (since.removed !== undefined && compareVersions(version, since.removed) >= 0) {
    return `was removed in ${target.platform} ${since.removed}`;
  }
  return undefined;
}

/**
 * What else than platform and version keeps the target from having something, in words; empty where nothing does. AccessRights
 * are ignored in a user enrollment (mdm/profiles/com.apple.mdm.yaml, AccessRights).
 */
export function forbids(since: Since, target: CommandTarget): string[] {
  const { supervised, userEnrollment, accessRight } = since;
  const broken: string[] = [];
  if (supervised === true && target.supervised === false) broken.push(`needs supervision on ${target.platform}`);
  if (userEnrollment === "forbidden" && target.enrollment === "user") broken.push("is forbidden in a user enrollment");
  if (accessRight !== undefined && target.accessRights !== undefined && target.enrollment === "device") {
    const bit = ACCESS_RIGHTS[accessRight];
    if ((target.accessRights & bit) === 0) broken.push(`needs the access right ${bit} (${accessRight})`);
  }
  return broken;
}

function platformNames(support: Support): string {
  const names: readonly Platform[] = PLATFORMS.filter((platform) => support[platform] !== undefined);
  return names.join(", ");
}

function hasKey(fields: Fields, key: string): boolean {
  return Object.values(fields).some((field) => field.key === key);
}

class Walk {
  readonly malformed: Rule[] = [];
  readonly forbidden: Rule[] = [];
  private readonly schema: string;
  private readonly target: CommandTarget | undefined;

  constructor(schema: string, target: CommandTarget | undefined) {
    this.schema = schema;
    this.target = target;
  }

  unknownKey(path: string): void {
    this.malformed.push(this.rule(path, path, `${path} is not a key Apple's schema has here`));
  }

  fields(fields: Fields, dict: PlistDict, prefix: string): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      const path = `${prefix}${field.key}`;
      const value = dict.get(field.key);
      if (value !== undefined) {
        this.supported(field.support, path, field.key);
        values[name] = this.value(field.value, value, path, field.key);
      } else if (field.presence === "required") {
        this.malformed.push(this.rule(path, field.key, `${path} is required`));
      }
    }
    return values;
  }

  private supported(support: Support | undefined, path: string, key: string): void {
    if (this.target === undefined || support === undefined) return;
    const lack = lacks(support, this.target);
    const since = support[this.target.platform];
    const broken = lack !== undefined ? [lack] : since === undefined ? [] : forbids(since, this.target);
    for (const text of broken) this.forbidden.push(this.rule(path, key, `${key} ${text}`));
  }

  private value(shape: Shape, value: PlistValue, path: string, key: string): unknown {
    switch (shape.type) {
      case "string":
        if (typeof value !== "string") return this.mistyped(shape, value, path, key);
        this.oneOf(shape.oneOf, value, path, key);
        return value;
      case "integer":
        if (typeof value !== "bigint") return this.mistyped(shape, value, path, key);
        return this.integer(shape.oneOf, value, path, key);
      case "boolean":
        return typeof value === "boolean" ? value : this.mistyped(shape, value, path, key);
      case "data":
        return value instanceof Uint8Array ? value : this.mistyped(shape, value, path, key);
      case "array":
        if (!isArray(value)) return this.mistyped(shape, value, path, key);
        return value.map((item, i) => this.value(shape.items, item, `${path}[${i}]`, key));
      case "dict":
        if (!isDict(value)) return this.mistyped(shape, value, path, key);
        for (const inner of value.keys()) if (!hasKey(shape.fields, inner)) this.unknownKey(`${path}.${inner}`);
        return this.fields(shape.fields, value, `${path}.`);
      case "variants":
        if (!isDict(value)) return this.mistyped(shape, value, path, key);
        return this.variant(shape, value, path);
    }
  }

  private variant(shape: Extract<Shape, { type: "variants" }>, value: PlistDict, path: string): unknown {
    const name = value.get(shape.by);
    if (typeof name !== "string") {
      const text = name === undefined ? "is required" : `is string, not ${kindOf(name)}`;
      this.malformed.push(this.rule(`${path}.${shape.by}`, shape.by, `${path}.${shape.by} ${text}`));
      return undefined;
    }
    const known = Object.hasOwn(shape.of, name) ? shape.of[name] : undefined;
    if (known === undefined) return value;
    this.supported(known.support, path, name);
    for (const inner of value.keys()) if (!hasKey(known.fields, inner)) this.unknownKey(`${path}.${inner}`);
    return this.fields(known.fields, value, `${path}.`);
  }

  private integer(
    choices: readonly number[] | undefined,
    value: bigint,
    path: string,
    key: string,
  ): number | undefined {
    const integer = Number(value);
    if (Number.isSafeInteger(integer) && (choices === undefined || choices.includes(integer))) return integer;
    const text = choices === undefined ? "is too large" : `is one of ${choices.join(", ")}, not ${value}`;
    this.malformed.push(this.rule(path, key, `${path} ${text}`));
    return undefined;
  }

  private oneOf(
    choices: Readonly<Record<string, Support | "everywhere">> | undefined,
    value: string,
    path: string,
    key: string,
  ): void {
    if (choices === undefined) return;
    const support = Object.hasOwn(choices, value) ? choices[value] : undefined;
    if (support === undefined) {
      const list = Object.keys(choices).join(", ");
      this.malformed.push(this.rule(path, key, `${path} is one of ${list}, not "${value}"`));
    } else if (support !== "everywhere" && this.target !== undefined) {
      const lack = lacks(support, this.target);
      if (lack !== undefined) this.forbidden.push(this.rule(path, key, `${key} ${value} ${lack}`));
    }
  }

  private mistyped(shape: Shape, value: PlistValue, path: string, key: string): undefined {
    const wanted = shape.type === "variants" ? "dict" : shape.type;
    this.malformed.push(this.rule(path, key, `${path} is ${wanted}, not ${kindOf(value)}`));
    return undefined;
  }

  private rule(path: string, key: string, text: string): Rule {
    return { key: path, text, source: `${this.schema} (${key})` };
  }
}
