/** Work that begins before what came before it has ended, a little of it at a time: the store commits while more is worked out. */
export interface Ahead {
  /** Waits until there is room, and begins. Throws what former work has thrown. */
  begin(work: () => Promise<unknown>): Promise<void>;
  /** Once all has ended, well or not. Throws as `begin`. */
  end(): Promise<void>;
}

/** `most`: under way at a time. */
export function workAhead(most: number): Ahead {
  const underWay = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  const check = (): void => {
    if (failed !== undefined) throw failed.error;
  };
  return {
    async begin(work) {
      while (underWay.size >= most) await Promise.race(underWay);
      check();
      const one: Promise<void> = work()
        .then(
          () => undefined,
          (error: unknown) => {
            failed ??= { error };
          },
        )
        .finally(() => underWay.delete(one));
      underWay.add(one);
    },
    async end() {
      await Promise.all(underWay);
      check();
    },
  };
}
