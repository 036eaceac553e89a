/** Cuts secrets out of JSON. */
import type { Json } from "../facts.ts";
import { isSecretJsonKey } from "../secret-keys.ts";
import { below, isJsonArray, isJsonObject } from "./json.ts";

/**
 * The value without its secret keys, and `paths` of what was cut; the very same value when nothing was. `__proto__` is cut
 * too: no key of Apple's, and whoever copies it by assignment changes an object's prototype instead.
 */
export function cutSecrets(value: Json): { readonly value: Json; readonly paths: readonly string[] } {
  const paths: string[] = [];
  return { value: cut(value, "", paths), paths };
}

/** Recurses: the depth of the value is known to be bounded. */
function cut(value: Json, path: string, paths: string[]): Json {
  if (isJsonArray(value)) {
    const items = value.map((item, i) => cut(item, `${path}[${i}]`, paths));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  let same = true;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    const at = below(path, key);
    const secret = key === "__proto__" || isSecretJsonKey(key);
    if (secret) paths.push(at);
    const left = secret ? undefined : cut(inner, at, paths);
    same &&= left === inner;
    return left === undefined ? [] : [[key, left]];
  });
  return same ? value : Object.fromEntries(kept);
}
