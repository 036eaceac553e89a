/** Which role the claims of an identity provider give. */
import type { Role } from "../../contract/index.ts";
import type { Json } from "../../store/index.ts";
import type { OidcClaims } from "../ports.ts";

/** A value of the claim, and the role that it gives. */
export interface RoleMapping {
  readonly value: string;
  readonly role: Role;
}

export type Claims = OidcClaims;

/** The highest first: whoever is in several groups has the most that one of them gives. */
const HIGHEST_FIRST: readonly Role[] = ["admin", "operator", "viewer"];

function at(claims: Claims, claim: string): Json | undefined {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  // "realm_access.roles": some providers keep lists within objects.
  return claim.split(".").reduce<Json | undefined>((value, name) => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
  }, claims);
}

/** A text, or the texts of a list; anything else is nothing. */
export function claimValues(claims: Claims, claim: string): readonly string[] {
  const value = at(claims, claim);
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter((one) => typeof one === "string");
}

/** undefined: none of the claims' values is mapped, and the person has no access. */
export function roleOf(claims: Claims, claim: string, mappings: readonly RoleMapping[]): Role | undefined {
  const values = new Set(claimValues(claims, claim));
  const given = new Set(mappings.filter(({ value }) => values.has(value)).map(({ role }) => role));
  return HIGHEST_FIRST.find((role) => given.has(role));
}
