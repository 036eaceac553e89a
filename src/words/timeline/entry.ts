/** What the words of an entry of the timeline are made of. */
import type { Json } from "../../store/index.ts";
import type { Params } from "../verdict/fragments.ts";

export interface Entry {
  /** A field of the entry's data as text; "" where it has none. */
  readonly s: (key: string) => string;
  readonly d: { readonly [key: string]: Json };
  /** The command it is about: "ScheduleOSUpdate (install)". */
  readonly of: string;
  /** Parameters of a reason. */
  readonly params: Params;
}

export function entryOf(data: Json): Entry {
  const d = (typeof data === "object" && data !== null && !Array.isArray(data) ? data : {}) as Entry["d"];
  const s = (key: string): string => textOf(d[key]);
  const of = s("purpose") === "" ? s("requestType") : `${s("requestType")} (${s("purpose")})`;
  return { s, d, of, params: (d["params"] ?? {}) as Params };
}

export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** How often, where an entry stands for several. */
export const timesOf = (count: Json | undefined): string =>
  typeof count === "number" && count > 1 ? `, ${count} times` : "";

export const countOf = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 0);
