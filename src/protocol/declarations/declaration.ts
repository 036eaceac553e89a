/** One declaration: what it says, and the token that changes whenever that does. */
import { UptickError } from "../../errors/index.ts";
import { canonicalJson, type JsonObject, octets } from "./json.ts";

export type DeclarationKind = "activation" | "asset" | "configuration" | "management";

export const DECLARATION_KINDS: readonly DeclarationKind[] = ["activation", "asset", "configuration", "management"];

/** SHA-256 of the bytes as hex or base64url: text of at most 64 octets. Passed in, since nothing here does cryptography. */
export type Hash = (bytes: Uint8Array) => string;

/** A declaration as it is served. Source: declarative/declarations/declarationbase.yaml. */
export interface Declaration {
  readonly kind: DeclarationKind;
  /** e.g. "com.apple.activation.simple" */
  readonly type: string;
  /** At most 64 octets; the device keeps one declaration for each. */
  readonly identifier: string;
  /** Hash over the whole content; at most 64 octets. */
  readonly serverToken: string;
  /** The JSON text that answers `declaration/KIND/ID`. */
  readonly body: string;
}

/** What `declare` makes a declaration of. */
export interface DeclarationContent {
  /** Follows from the type of every declaration of Apple's. */
  readonly kind?: DeclarationKind;
  readonly type: string;
  readonly identifier: string;
  readonly payload: JsonObject;
}

const LONGEST = 64;

/**
 * Puts the token to the content. The same content gives the same body, byte for byte, whatever the order of its keys.
 * @throws UptickError `declaration-invalid` for an identifier or token that Apple does not allow, or a type without a kind
 */
export function declare(hash: Hash, content: DeclarationContent): Declaration {
  const { type, payload } = content;
  const identifier = checkIdentifier(content.identifier);
  const kind = content.kind ?? kindOfType(type);
  if (kind === undefined) throw invalid(`${quote(type)} does not say what kind of declaration it is.`);
  const said = { Type: type, Identifier: identifier, Payload: payload };
  const serverToken = token(hash, canonicalJson(said));
  return { kind, type, identifier, serverToken, body: canonicalJson({ ...said, ServerToken: serverToken }) };
}

/** The kind that stands in a type of Apple's, e.g. "com.apple.activation.simple". */
export function kindOfType(type: string): DeclarationKind | undefined {
  return DECLARATION_KINDS.find((kind) => type.startsWith(`com.apple.${kind}.`));
}

/** @throws UptickError `declaration-invalid` when the hash gives what can't be a token */
export function token(hash: Hash, text: string): string {
  const made = hash(new TextEncoder().encode(text));
  if (made === "" || octets(made) > LONGEST) throw invalid(`A hash of ${octets(made)} octets can't be a token.`);
  return made;
}

/** @throws UptickError `declaration-invalid` unless it has 1 to 64 octets of well-formed text */
export function checkIdentifier(identifier: string): string {
  const size = octets(identifier);
  if (size < 1 || size > LONGEST || !identifier.isWellFormed()) {
    throw invalid(`The identifier ${quote(identifier)} has ${size} octets; it must have 1 to ${LONGEST}.`);
  }
  return identifier;
}

export function invalid(message: string): UptickError {
  return new UptickError("declaration-invalid", message);
}

/** Somebody else's text within our sentence: in quotes, control characters escaped, cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
