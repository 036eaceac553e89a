/** The set-up link as a person reads it. Its secret stands behind `#`, which no browser sends: no proxy writes it into a log. */
export const setupLink = (origin: string, secret: string): string => `${origin}/setup#${secret}`;
