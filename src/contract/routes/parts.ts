/** What several routes have in common. */
import type { z } from "zod";
import { commandPending } from "../commands.ts";

export const JSON_MEDIA = "application/json";
export const KIB = 1024;
export const MIB = 1024 * KIB;
/** Where a rule or a group says which devices are meant. */
export const SCOPES = ["rule-invalid", "group-unknown"] as const;
export const NAMING = ["device-unknown", "device-ambiguous"] as const;

export const ok = <S extends z.ZodType>(schema: S, when: string) =>
  ({ status: 200, media: JSON_MEDIA, schema, when }) as const;

/** What was made: `Location` is its address (api A6). */
export const made = <S extends z.ZodType>(schema: S, when = "made; `Location` is its address") =>
  ({ status: 201, media: JSON_MEDIA, schema, when }) as const;
export const unchanged = {
  status: 304,
  media: null,
  when: "`If-None-Match` has the `ETag` of the reply that there would be",
} as const;

export const answerAsXml = {
  status: 200,
  media: "application/xml",
  when: "the device's own answer, byte for byte",
} as const;
export const notYet = {
  status: 202,
  media: JSON_MEDIA,
  schema: commandPending,
  when: "no answer yet; `Location` is the place to look",
} as const;
