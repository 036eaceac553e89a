/** What a device asks for with a DeclarativeManagement check-in. */
import { DECLARATION_KINDS, type DeclarationKind, quote } from "./declaration.ts";
import { octets } from "./json.ts";

/** Source: mdm/checkin/declarativemanagement.yaml (Endpoint). */
export type Endpoint =
  | { readonly endpoint: "tokens" | "declaration-items" | "status" }
  | { readonly endpoint: "declaration"; readonly kind: DeclarationKind; readonly identifier: string };

const LONGEST_IDENTIFIER = 64;

/**
 * Reads an Endpoint. What follows the kind is the identifier, slashes and all, and is taken as written: Apple does not say
 * that a device escapes anything, so our identifiers need no escaping.
 */
export function parseEndpoint(text: string): Endpoint | { readonly problem: string } {
  if (text === "tokens" || text === "declaration-items" || text === "status") return { endpoint: text };
  const [, word = "", identifier = ""] = /^declaration\/([^/]*)\/(.*)$/s.exec(text) ?? [];
  if (word === "") return { problem: `${quote(text)} is no endpoint of declarative management.` };
  const kind = DECLARATION_KINDS.find((known) => known === word);
  if (kind === undefined) {
    return { problem: `${quote(word)} is no kind of declaration; there are ${DECLARATION_KINDS.join(", ")}.` };
  }
  if (identifier === "") return { problem: `${quote(text)} names no declaration.` };
  const size = octets(identifier);
  if (size > LONGEST_IDENTIFIER) {
    return { problem: `No declaration has an identifier of ${size} octets; the longest has ${LONGEST_IDENTIFIER}.` };
  }
  return { endpoint: "declaration", kind, identifier };
}
