/** How many rows of each owner are alike in two columns. */
import type { Compilable } from "kysely";
import type { SqlRow } from "./admin-connection.ts";

/** `query` names the columns of its rows owner, one, other and n. */
export async function countsOf<T>(
  ids: readonly string[],
  query: () => Compilable,
  run: (query: Compilable) => Promise<readonly SqlRow[]>,
  made: (one: string, other: string, n: number) => T,
): Promise<ReadonlyMap<string, readonly T[]>> {
  if (ids.length === 0) return new Map();
  const counted = new Map(ids.map((id): [string, T[]] => [id, []]));
  for (const { owner, one, other, n } of await run(query()))
    counted.get(String(owner))?.push(made(String(one), String(other), Number(n)));
  return counted;
}
