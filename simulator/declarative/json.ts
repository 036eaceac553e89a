/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonDict;
export interface JsonDict {
  readonly [key: string]: Json | undefined;
}

export const isJsonDict = (value: Json | undefined): value is JsonDict =>
  typeof value === "object" && value !== null && !isJsonList(value);

export const isJsonList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The string under `key`; undefined when there is none. */
export function textIn(dict: JsonDict, key: string): string | undefined {
  const value = dict[key];
  return typeof value === "string" ? value : undefined;
}

/** The object that `bytes` hold; undefined when they hold no object. */
export function readJson(bytes: Uint8Array): JsonDict | undefined {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
    return isJsonDict(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `{"a.b": 1}` as a status report has it: `{"a": {"b": 1}}`. */
export function nested(items: Iterable<readonly [string, Json]>): JsonDict {
  const root: Record<string, Json> = {};
  for (const [name, value] of items) {
    const steps = name.split(".");
    const last = steps.pop() ?? name;
    let at: Record<string, Json> = root;
    for (const step of steps) at = (at[step] ??= {}) as Record<string, Json>;
    at[last] = value;
  }
  return root;
}
