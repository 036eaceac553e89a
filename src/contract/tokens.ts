/** Tokens: who may ask the API without a session. */
import { z } from "zod";
import { ROLES } from "./route.ts";
import { createdBy, instant, page } from "./values.ts";

export const role = z.enum(ROLES).describe("viewer, operator or admin: each may do all that those before it may");

export const tokenRequest = z
  .strictObject({
    name: z.string().min(1).max(100).describe("name of the person or script that will use the token"),
    role: role.default("admin"),
    expiresAt: z.iso
      .datetime({ offset: true, error: "expected an instant of RFC 3339, such as 2026-12-31T00:00:00Z" })
      .exactOptional()
      .describe("from then on the token is unknown; absent: it never expires"),
  })
  .meta({ id: "TokenRequest" });
export type TokenRequest = z.output<typeof tokenRequest>;

export const tokenView = z
  .object({
    name: z.string(),
    role,
    createdAt: instant,
    createdBy,
    expiresAt: instant.nullable().describe("RFC 3339, UTC; null: it never expires"),
  })
  .meta({ id: "Token" });
export type TokenView = z.output<typeof tokenView>;

export const newToken = z
  .object({
    name: z.string(),
    role,
    expiresAt: instant.nullable().describe("RFC 3339, UTC; null: it never expires"),
    token: z.string().describe("the server does not store it and shows it only here"),
  })
  .meta({ id: "NewToken" });
export type NewToken = z.output<typeof newToken>;

export const tokenPage = page(tokenView);
export const tokenParams = z.object({ name: z.string().min(1) });
