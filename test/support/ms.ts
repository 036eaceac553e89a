/** ms UTC as the API writes an instant. */
export const isoOf = (at: number): string => new Date(at).toISOString();

/** An instant as the API writes it, in ms UTC; 0 where there is none. */
export const msOf = (at: string | null | undefined): number => (at === null || at === undefined ? 0 : Date.parse(at));
