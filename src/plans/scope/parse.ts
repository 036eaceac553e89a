/** The text of a rule as data: `not` binds before `and`, `and` before `or`. Words and fields are read in any case. */
import { UptickError } from "../../errors/index.ts";
import { printRule } from "./print.ts";
import { ALL, type Field, FIELDS, joined, not, sizeOf, oneOf, type Rule, test } from "./rule.ts";
import { isKeyword, type Piece, Scanner } from "./scanner.ts";
import { meant, valueOf } from "./values.ts";
import { quoted } from "./problem.ts";

/** Characters of a rule, as it is written and in its canonical text. */
export const LONGEST_RULE = 100_000;
/** Tests of a rule; each model of a list is one, and so is "all". A whole fleet is asked all of them while devices wait. */
export const MOST_TESTS = 1000;
/** Parentheses within each other. */
export const DEEPEST_RULE = 20;

const FIELD_WORDS = `a field (${FIELDS.join(", ")})`;
const FACTOR = `${FIELD_WORDS}, "not", "all" or "("`;
/** Names under which people look for what is not a field. */
const VERSIONS: ReadonlySet<string> = new Set(["os", "osversion", "version", "build"]);

/**
 * Reads a rule. Throws `rule-invalid`, which names the place and what was expected there and shows it with a caret; and for
 * a rule that is too long.
 */
export function parseRule(text: string): Rule {
  if (text.length > LONGEST_RULE) throw tooLong(text.length);
  const scanner = new Scanner(text);
  const rule = either(scanner, 0);
  if (scanner.peek().kind !== "end") throw scanner.unexpected('"and", "or" or the end');
  const tests = sizeOf(rule);
  if (tests > MOST_TESTS)
    throw tooMuch(`The rule asks ${tests} things of a device; at most ${MOST_TESTS} are possible.`);
  // It is stored in this form, so it must be readable in this form.
  const { length } = printRule(rule);
  if (length > LONGEST_RULE) throw tooLong(length);
  return rule;
}

const tooLong = (length: number): UptickError =>
  tooMuch(`The rule has ${length} characters; at most ${LONGEST_RULE} are possible.`);

const tooMuch = (message: string): UptickError =>
  new UptickError("rule-invalid", message, {
    remedy:
      "Write values of one field as a list, such as serial in (…), or give the devices a tag and write a rule with the tag.",
  });

function either(scanner: Scanner, depth: number): Rule {
  const terms = [both(scanner, depth)];
  while (scanner.takes("or")) terms.push(both(scanner, depth));
  return joined("or", terms);
}

function both(scanner: Scanner, depth: number): Rule {
  const factors = [factor(scanner, depth)];
  while (scanner.takes("and")) factors.push(factor(scanner, depth));
  return joined("and", factors);
}

function factor(scanner: Scanner, depth: number): Rule {
  return scanner.takes("not") ? not(simple(scanner, depth)) : simple(scanner, depth);
}

function simple(scanner: Scanner, depth: number): Rule {
  const { at } = scanner.peek();
  if (scanner.takes("(")) {
    if (depth === DEEPEST_RULE)
      throw scanner.problem(at, `more than ${DEEPEST_RULE} parentheses stand within each other`);
    const inner = either(scanner, depth + 1);
    if (!scanner.takes(")")) throw scanner.unexpected('"and", "or" or ")"');
    return inner;
  }
  if (scanner.takes("all")) return ALL;
  const piece = scanner.peek();
  if (piece.kind !== "word" || isKeyword(piece.text)) throw scanner.unexpected(FACTOR);
  return tested(scanner, fieldOf(scanner, scanner.next()));
}

function fieldOf(scanner: Scanner, { text, at }: Piece): Field {
  const name = text.toLowerCase();
  const field = FIELDS.find((one) => one === name);
  if (field !== undefined) return field;
  const hint = VERSIONS.has(name)
    ? "; an OS version is not a field, since devices would leave the rule by updating: write major"
    : meant(text, FIELDS);
  throw scanner.problem(at, `expected ${FIELD_WORDS}, found ${quoted(text)}${hint}`);
}

function tested(scanner: Scanner, field: Field): Rule {
  if (scanner.takes("=")) return test(field, "=", value(scanner, field));
  if (scanner.takes("!=")) return test(field, "!=", value(scanner, field));
  if (!scanner.takes("in")) throw scanner.unexpected('"=", "!=" or "in"');
  if (!scanner.takes("(")) throw scanner.unexpected('"("');
  const values = [value(scanner, field)];
  while (scanner.takes(",")) values.push(value(scanner, field));
  if (!scanner.takes(")")) throw scanner.unexpected('"," or ")"');
  return oneOf(field, values);
}

function value(scanner: Scanner, field: Field): string {
  const { text, at } = scanner.value(field === "model", `a value of ${field}`);
  const read = valueOf(field, text);
  if ("value" in read) return read.value;
  throw scanner.problem(at, `expected ${read.expected}; found ${quoted(text)}${read.hint ?? ""}`);
}
