/** When the server last asked a device what it must know: the daily questions hang on it. */
export const factsAsked = `
ALTER TABLE enrollment ADD COLUMN facts_asked_at INTEGER;
`;
