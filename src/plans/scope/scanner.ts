/** The text of a rule, piece by piece. */
import { quoted, ruleProblem } from "./problem.ts";
import type { UptickError } from "../../errors/index.ts";

/** Words that mean something in a rule; as a value they stand in double quotes. */
const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "not", "in", "all"]);
export const isKeyword = (word: string): boolean => KEYWORDS.has(word.toLowerCase());

/** What is no sign of the grammar, no blank and no quote. */
const WORD = /[^\s"(),=!]+/y;
/** The comma of a product type separates nothing: `Mac14,2`, `iPad13,*`. */
const PRODUCT = /[a-z]+\d+,(?:\d+\*?|\*)(?=[\s"(),=!]|$)/iy;

export interface Piece {
  readonly kind: "word" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next piece, which stays the next one. */
  peek(): Piece {
    this.#skipBlanks();
    const at = this.#at;
    const word = this.#matched(WORD);
    if (word !== undefined) return { kind: "word", text: word, at };
    if (at === this.#text.length) return { kind: "end", text: "", at };
    const sign = this.#text.startsWith("!=", at) ? "!=" : this.#text.slice(at, at + 1);
    return { kind: "sign", text: sign, at };
  }

  next(): Piece {
    const piece = this.peek();
    this.#at = piece.at + piece.text.length;
    return piece;
  }

  /** Takes the next piece if it is this sign, or this keyword in any case. */
  takes(text: string): boolean {
    const piece = this.peek();
    if (piece.kind === "end" || piece.text.toLowerCase() !== text) return false;
    this.next();
    return true;
  }

  /** A value, bare or in double quotes, where a doubled quote is a quote. `product`: it may be a product type. */
  value(product: boolean, expected: string): { readonly text: string; readonly at: number } {
    this.#skipBlanks();
    const at = this.#at;
    if (this.#text[at] === '"') return { text: this.#quotedValue(), at };
    const bare = (product ? this.#matched(PRODUCT) : undefined) ?? this.#matched(WORD);
    if (bare === undefined) throw this.unexpected(expected);
    if (isKeyword(bare))
      throw this.problem(
        at,
        `expected ${expected}, found ${quoted(bare)}; a value that is called so needs double quotes`,
      );
    this.#at = at + bare.length;
    return { text: bare, at };
  }

  problem(at: number, what: string): UptickError {
    return ruleProblem(this.#text, at, what);
  }

  /** The next piece is not what may stand there. */
  unexpected(expected: string): UptickError {
    const { kind, text, at } = this.peek();
    return this.problem(at, `expected ${expected}, found ${kind === "end" ? "the end" : quoted(text)}`);
  }

  #quotedValue(): string {
    const begin = this.#at;
    let end = this.#text.indexOf('"', begin + 1);
    while (end >= 0 && this.#text[end + 1] === '"') end = this.#text.indexOf('"', end + 2);
    if (end < 0) throw this.problem(begin, "expected a closing double quote, found the end");
    this.#at = end + 1;
    return this.#text.slice(begin + 1, end).replaceAll('""', '"');
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #matched(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }
}
