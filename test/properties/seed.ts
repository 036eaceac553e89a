/** The seed of all property tests: fixed, so that a run says something about the code and not about the draw. */

/** Of `npm test` and of a bare vitest run. `npm run fuzz` tries others. */
export const USUAL_SEED = 20_261_127;
/** Variable by which another seed is chosen. */
export const SEED_VARIABLE = "UPTICK_PROPERTY_SEED";

/** A seed for a search: small numbers are as likely as any. */
export const newSeed = (): number => Math.floor(Math.random() * 0x7fffffff);

/** The seed in force. Throws where the variable holds anything but a whole number of 31 bits. */
export function propertySeed(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const text = env[SEED_VARIABLE];
  if (text === undefined) return USUAL_SEED;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0x7fffffff)
    throw new Error(`${SEED_VARIABLE} must be a whole number from 0 to ${0x7fffffff}, not "${text.slice(0, 40)}".`);
  return Number(text);
}
