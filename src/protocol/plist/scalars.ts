/** Text of a property list's leaf elements to values. Each returns undefined where the text is not strictly in Apple's format. */

/** CoreFoundation keeps integers between the smallest signed and the largest unsigned of 64 bits. */
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 64n - 1n;

export function parseInteger(text: string): bigint | undefined {
  // The digits are bounded before BigInt sees them: its cost grows with the square of their number.
  const match = /^[\t\n\r ]*([+-]?)0*(\d{1,20})[\t\n\r ]*$/.exec(text);
  if (match === null) return undefined;
  const value = match[1] === "-" ? -BigInt(match[2] ?? "") : BigInt(match[2] ?? "");
  return inIntegerRange(value) ? value : undefined;
}

export function inIntegerRange(value: bigint): boolean {
  return value >= MIN_INTEGER && value <= MAX_INTEGER;
}

export function parseReal(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 400 || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

export function parseDate(text: string): Date | undefined {
  const trimmed = text.trim();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(trimmed)) return undefined;
  const date = new Date(Date.parse(trimmed));
  // Date.parse lets 31 February or 24:00 roll over; only what reads back the same was a real moment.
  return Number.isNaN(date.getTime()) || formatDate(date) !== trimmed ? undefined : date;
}

/** `YYYY-MM-DDTHH:MM:SSZ`; Apple's format has whole seconds. Undefined outside the years 0 to 9999. */
export function formatDate(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  return iso.length === 24 ? `${iso.slice(0, 19)}Z` : undefined;
}

export function parseData(text: string): Uint8Array | undefined {
  const packed = text.replace(/[\t\n\r ]+/g, "");
  const bytes = Buffer.from(packed, "base64");
  // Node's decoder skips what it doesn't know; only base64 that reads back the same was strict.
  return bytes.toString("base64") === packed ? new Uint8Array(bytes) : undefined;
}
