/** Property lists as plain text: written from values, and looked at with patterns. No reader, no library. */

/** XML that stands for a value already. */
export class Xml {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export const real = (value: number | string): Xml => new Xml(`<real>${value}</real>`);
export const date = (text: string): Xml => new Xml(`<date>${text}</date>`);
export const data = (bytes: Uint8Array): Xml => new Xml(`<data>${Buffer.from(bytes).toString("base64")}</data>`);

export type Value = string | number | boolean | Xml | readonly Value[] | { readonly [key: string]: Value };
export type Dict = Readonly<Record<string, Value>>;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function xml(value: Value): string {
  if (value instanceof Xml) return value.text;
  if (typeof value === "string") return `<string>${escaped(value)}</string>`;
  if (typeof value === "number") return `<integer>${value}</integer>`;
  if (typeof value === "boolean") return value ? "<true/>" : "<false/>";
  if (Array.isArray(value)) return `<array>${value.map(xml).join("")}</array>`;
  const entries = Object.entries(value as Dict).map(([key, one]) => `<key>${escaped(key)}</key>${xml(one)}`);
  return `<dict>${entries.join("")}</dict>`;
}

export const plist = (value: Dict): string => `<?xml version="1.0"?><plist version="1.0">${xml(value)}</plist>`;

/** The text under a key, wherever in the list that stands. */
export const textOf = (list: string, key: string): string | undefined =>
  new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(list)?.[1];
