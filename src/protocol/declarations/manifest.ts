/** All declarations of one device, as `tokens` and `declaration-items` answer them. */
import { type Declaration, type DeclarationKind, type Hash, invalid, quote, token } from "./declaration.ts";
import { canonicalJson } from "./json.ts";

/** What a list of declarations says of each. */
export type Listed = Pick<Declaration, "kind" | "identifier" | "serverToken">;

const PLURALS = {
  activation: "Activations",
  asset: "Assets",
  configuration: "Configurations",
  management: "Management",
} as const satisfies Record<DeclarationKind, string>;

/**
 * The DeclarationsToken: a hash of the set of declarations and of nothing else, so the same set has the same token at any
 * time and in any order. The same declaration twice counts once.
 * @throws UptickError `declaration-invalid` when two different declarations have one identifier
 */
export function declarationsToken(hash: Hash, declarations: Iterable<Listed>): string {
  const set = new Map<string, Listed>();
  for (const declaration of declarations) {
    const there = set.get(declaration.identifier);
    if (there !== undefined && (there.serverToken !== declaration.serverToken || there.kind !== declaration.kind)) {
      throw invalid(`Two declarations have the identifier ${quote(declaration.identifier)}.`);
    }
    set.set(declaration.identifier, declaration);
  }
  return token(hash, canonicalJson(lists(set.values())));
}

/** DeclarationItemsResponse as JSON text. Source: declarative/protocol/declarationitemsresponse.yaml. */
export function itemsResponse(declarations: Iterable<Listed>, declarationsToken: string): string {
  return canonicalJson({ Declarations: lists(declarations), DeclarationsToken: declarationsToken });
}

/**
 * TokensResponse as JSON text; `at` (ms UTC) is when the list last changed, which only tells tokens from different sources
 * apart. Source: declarative/protocol/tokensresponse.yaml.
 */
export function tokensResponse(declarationsToken: string, at: number): string {
  return canonicalJson({ SyncTokens: { DeclarationsToken: declarationsToken, Timestamp: timestamp(at) } });
}

function lists(declarations: Iterable<Listed>) {
  const sorted = [...new Map(Array.from(declarations, (one) => [one.identifier, one])).values()].toSorted((a, b) =>
    a.identifier < b.identifier ? -1 : 1,
  );
  const listed = (kind: DeclarationKind) =>
    sorted
      .filter((declaration) => declaration.kind === kind)
      .map(({ identifier, serverToken }) => ({ Identifier: identifier, ServerToken: serverToken }));
  // Apple requires all four, empty ones too.
  return {
    [PLURALS.activation]: listed("activation"),
    [PLURALS.asset]: listed("asset"),
    [PLURALS.configuration]: listed("configuration"),
    [PLURALS.management]: listed("management"),
  };
}

/** `YYYY-mm-ddTHH:MM:SSZ`: no fraction. */
function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
