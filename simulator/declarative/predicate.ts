/** The part of NSPredicate's language that activations use: comparisons of `@status(…)` and `@property(…)`. */
import type { Json } from "./json.ts";

/** Where the operands of a predicate come from; undefined when there is no such value. */
export interface Facts {
  status(path: string): Json | undefined;
  property(key: string): Json | undefined;
}

export type Verdict = "true" | "false" | "not-parsed" | "not-evaluated";

const token =
  /\s*(?:(\(|\)|==|=|!=|<>|<=|>=|<|>|&&|\|\||!)|@(status|property)\(([^()\s]+)\)|'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?)|([A-Za-z]+))/y;

class NotParsed extends Error {}
class NotEvaluated extends Error {}

type Token = { readonly word: string } | { readonly value: () => Json };

function tokens(text: string, facts: Facts): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== "") {
    const match = token.exec(text);
    if (match === null) throw new NotParsed();
    const [, sign, source, name = "", single, double, number, word] = match;
    if (source !== undefined) {
      found.push({
        value() {
          const value = source === "status" ? facts.status(name) : facts.property(name);
          if (value === undefined) throw new NotEvaluated();
          return value;
        },
      });
    } else if (number !== undefined) found.push({ value: () => Number(number) });
    else if (single !== undefined || double !== undefined) found.push({ value: () => single ?? double ?? "" });
    else found.push({ word: sign ?? (word ?? "").toUpperCase() });
  }
  return found;
}

const comparisons: Readonly<Record<string, (a: Json, b: Json) => boolean>> = {
  "==": (a, b) => a === b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => ordered(a, b) < 0,
  "<=": (a, b) => ordered(a, b) <= 0,
  ">": (a, b) => ordered(a, b) > 0,
  ">=": (a, b) => ordered(a, b) >= 0,
};

function ordered(a: Json, b: Json): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw new NotEvaluated();
}

/** Whether `text` holds of `facts`. The whole text is parsed before anything is evaluated. */
export function evaluate(text: string, facts: Facts): Verdict {
  try {
    const left = tokens(text, facts);
    const next = (): string | undefined => (left[0] !== undefined && "word" in left[0] ? left[0].word : undefined);
    const take = (...words: readonly string[]): boolean => {
      const yes = words.includes(next() ?? "");
      if (yes) left.shift();
      return yes;
    };
    const either = (): (() => boolean) => {
      let value = both();
      while (take("OR", "||")) {
        const [a, b] = [value, both()];
        value = () => a() || b();
      }
      return value;
    };
    const both = (): (() => boolean) => {
      let value = one();
      while (take("AND", "&&")) {
        const [a, b] = [value, one()];
        value = () => a() && b();
      }
      return value;
    };
    const one = (): (() => boolean) => {
      if (take("NOT", "!")) {
        const value = one();
        return () => !value();
      }
      if (take("TRUEPREDICATE")) return () => true;
      if (take("FALSEPREDICATE")) return () => false;
      if (take("(")) {
        const value = either();
        if (!take(")")) throw new NotParsed();
        return value;
      }
      const a = operand();
      const compare = comparisons[next() ?? ""];
      if (compare === undefined) throw new NotParsed();
      left.shift();
      const b = operand();
      return () => compare(a(), b());
    };
    const operand = (): (() => Json) => {
      const first = left.shift();
      if (first !== undefined && "value" in first) return first.value;
      if (first?.word === "TRUE" || first?.word === "YES") return () => true;
      if (first?.word === "FALSE" || first?.word === "NO") return () => false;
      throw new NotParsed();
    };
    const whole = either();
    if (left.length > 0) throw new NotParsed();
    return whole() ? "true" : "false";
  } catch (error) {
    if (error instanceof NotParsed) return "not-parsed";
    if (error instanceof NotEvaluated) return "not-evaluated";
    throw error;
  }
}
