/** Follows a list through its pages. */
import type { Said } from "./api.ts";
import type { Cli } from "./cli.ts";

interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

/** Rows of a page, where all pages are wanted. */
export const PAGE = 1000;

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

/** A whole list: with --json the pages as the API answers them, one a line; else what `render` makes of all rows. */
export async function sayList<T>(
  cli: Cli,
  fetchPage: (after: string | undefined) => Promise<Said<Page<T>>>,
  render: (rows: readonly T[]) => readonly string[],
): Promise<void> {
  if (!cli.json) return cli.say(...render(await allRows(fetchPage)));
  for await (const { text } of pagesOf(fetchPage)) cli.sayJson(text);
}
