/** Withdrawn declarations are history: the oldest are found, and forgotten with it. */
export const withdrawn = `
CREATE INDEX declaration_withdrawn ON declaration (withdrawn_at) WHERE withdrawn_at IS NOT NULL;
`;
