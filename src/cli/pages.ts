/** Follows a list through its pages. */
import type { Said } from "./api.ts";

interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

/** Every page, the first included, until the last. */
export async function* pagesOf<P extends Page<unknown>>(fetchPage: (after: string | undefined) => Promise<Said<P>>) {
  let after: string | undefined;
  do {
    const said = await fetchPage(after);
    yield said;
    after = said.value.next ?? undefined;
  } while (after !== undefined);
}

export async function allRows<T>(fetchPage: (after: string | undefined) => Promise<Said<Page<T>>>): Promise<T[]> {
  const rows: T[] = [];
  for await (const { value } of pagesOf(fetchPage)) for (const row of value.rows) rows.push(row);
  return rows;
}
