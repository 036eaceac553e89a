/** As text, whatever the order of its fields: two that say the same are the same text. */
export const inOneOrder = (said: unknown): string =>
  JSON.stringify(said, (_field, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
