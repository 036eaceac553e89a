/** Values that many requests and replies share. */
import { z } from "zod";

/** Anything JSON can say, as a device or the server put it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const json: z.ZodType<Json> = z
  .lazy(() =>
    z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json).readonly(), z.record(z.string(), json)]),
  )
  .meta({ id: "Json", description: "Any JSON value." });

/** A moment, in a field whose name ends in `At` (api A3): RFC 3339, UTC, with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 }).describe("RFC 3339, UTC");

/** Who made something (api A9). */
export const createdBy = z
  .string()
  .nullable()
  .describe("who made it: `token:NAME`, `account:ID`, `gate` or `system`; null: made before this was kept");

/** A number of things. */
export const count = z.int().min(0);

/** A whole number written in a query, between two bounds. `query` in its meta is what the text stands for. */
export function wholeNumber(least: number, most: number, fallback: number) {
  return optionalWholeNumber(least, most)
    .default(fallback)
    .meta({ query: { type: "integer", minimum: least, maximum: most, default: fallback } });
}

export function optionalWholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ query: { type: "integer", minimum: least, maximum: most } });
}

/** One of some words, in any case; `also` are other spellings of them. What is refused is told which words there are. */
export function word<W extends string>(words: readonly W[], also: Readonly<Record<string, W>> = {}) {
  const known = new Map<string, W>([...words.map((one) => [one.toLowerCase(), one] as const), ...Object.entries(also)]);
  return z
    .string()
    .transform((text, context) => {
      const found = known.get(text.toLowerCase());
      if (found !== undefined) return found;
      context.addIssue({ code: "custom", message: `expected one of ${words.join(", ")}` });
      return z.NEVER;
    })
    .meta({ words });
}

/** Where a page begins: opaque text. */
export const cursor = z
  .string()
  .exactOptional()
  .describe("`next` of the page before, unchanged; absent for the first page");

/** `true` or `false` written in a query. */
export const yesOrNo = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .default(false)
  .meta({ query: { type: "boolean", default: false } });

/** A page of a list: `next` goes into `after` of the next request; null: this was the last page. */
export function page<T extends z.ZodType>(rows: T) {
  return z.object({
    rows: z.array(rows).readonly(),
    next: z.string().nullable().describe("opaque; give it as `after` to get the next page; null on the last"),
  });
}

/** The query of a list that takes nothing else (api A1). */
export const pageQuery = z.strictObject({
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});

/** What `page` describes. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** null: this was the last page. */
  readonly next: string | null;
}

/** Platforms that a filter takes. */
export const PLATFORM_WORDS = ["iOS", "iPadOS", "macOS", "tvOS", "visionOS", "watchOS"] as const;
