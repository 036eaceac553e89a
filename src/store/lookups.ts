/** What a lookup asks for, once the lookups before it are known. */
import type { Lookup, Ref, Scalar } from "./transaction.ts";
import type { Row } from "./mapping.ts";

export type Condition = readonly [column: string, value: Scalar];

/** The conditions with their Refs followed; undefined where nothing can be found and nothing need be asked. */
export function conditionsOf(lookup: Lookup, seen: Readonly<Record<string, readonly Row[]>>): Condition[] | undefined {
  if (isNeedless(lookup, seen)) return undefined;
  const conditions: Condition[] = [];
  for (const [column, wanted] of Object.entries(lookup.where) as [string, Scalar | Ref | undefined][]) {
    const value = followed(wanted, seen);
    // A Ref into a lookup that found nothing matches nothing.
    if (value === undefined) return undefined;
    conditions.push([column, value]);
  }
  return conditions;
}

/** Nothing has to be looked up, or an earlier lookup says all there is to know. */
export function isNeedless({ limit, unless }: Lookup, seen: Readonly<Record<string, readonly Row[]>>): boolean {
  if (limit === 0) return true;
  return unless !== undefined && seen[unless.of]?.some((row) => row[unless.column] === unless.is) === true;
}

/** A wanted value, its Ref followed; undefined: it leads to nothing. */
export function followed(
  value: Scalar | Ref | undefined,
  seen: Readonly<Record<string, readonly Row[]>>,
): Scalar | undefined {
  if (value === null || value === undefined || typeof value !== "object") return value;
  const found = seen[value.of]?.[0]?.[value.column];
  return found === null ? undefined : (found as Scalar | undefined);
}
