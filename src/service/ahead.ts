/** Pages of a long piece of work, each fetched while the one before it is worked on. */

/** The same pages. At most one is held that nobody has asked for; whoever stops early ends the source too. */
export async function* oneAhead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let coming = pages.next();
  try {
    for (;;) {
      const page = await coming;
      if (page.done === true) return;
      coming = pages.next();
      // It is told when it is asked for; until then nobody listens.
      coming.catch(() => undefined);
      yield page.value;
    }
  } finally {
    await pages.return(undefined);
  }
}
