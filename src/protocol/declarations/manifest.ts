/** All declarations of one device, as `tokens` and `declaration-items` answer them. */
import { type Declaration, type DeclarationKind, type Hash, invalid, quote, token } from "./declaration.ts";
import { canonicalJson } from "./json.ts";

export interface Manifest {
  /** The DeclarationsToken: a hash of the set of declarations and of nothing else. */
  readonly token: string;
  /** DeclarationItemsResponse as JSON text. Source: declarative/protocol/declarationitemsresponse.yaml. */
  readonly items: string;
  /** TokensResponse as JSON text, for `tokens` and as Data of the DeclarativeManagement command. Source: declarative/protocol/tokensresponse.yaml. */
  readonly tokens: string;
}

const PLURALS = {
  activation: "Activations",
  asset: "Assets",
  configuration: "Configurations",
  management: "Management",
} as const satisfies Record<DeclarationKind, string>;

/**
 * Made at `at` (ms UTC), which only tells tokens from different sources apart: the same set has the same token at any time
 * and in any order. The same declaration twice counts once.
 * @throws UptickError `declaration-invalid` when two different declarations have one identifier
 */
export function manifest(hash: Hash, declarations: Iterable<Declaration>, at: number): Manifest {
  const set = new Map<string, Declaration>();
  for (const declaration of declarations) {
    const there = set.get(declaration.identifier);
    if (there !== undefined && (there.serverToken !== declaration.serverToken || there.kind !== declaration.kind)) {
      throw invalid(`Two declarations have the identifier ${quote(declaration.identifier)}.`);
    }
    set.set(declaration.identifier, declaration);
  }
  const sorted = [...set.values()].toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1));
  const listed = (kind: DeclarationKind) =>
    sorted
      .filter((declaration) => declaration.kind === kind)
      .map(({ identifier, serverToken }) => ({ Identifier: identifier, ServerToken: serverToken }));
  // Apple requires all four, empty ones too.
  const lists = {
    [PLURALS.activation]: listed("activation"),
    [PLURALS.asset]: listed("asset"),
    [PLURALS.configuration]: listed("configuration"),
    [PLURALS.management]: listed("management"),
  };
  const declarationsToken = token(hash, canonicalJson(lists));
  return {
    token: declarationsToken,
    items: canonicalJson({ Declarations: lists, DeclarationsToken: declarationsToken }),
    tokens: canonicalJson({ SyncTokens: { DeclarationsToken: declarationsToken, Timestamp: timestamp(at) } }),
  };
}

/** `YYYY-mm-ddTHH:MM:SSZ`: no fraction. */
function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
