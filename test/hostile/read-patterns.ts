/** Finds every regular expression in a TypeScript file. */
import { parseSync } from "oxc-parser";
import { isNode, type Node, walk } from "../nodes.ts";

export interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly line: number;
}

export interface PatternReading {
  readonly patterns: readonly Pattern[];
  /** Lines on which one is put together when the program runs, so that no check can see it. */
  readonly builtAt: readonly number[];
}

/** `RegExp(…)`, also by way of globalThis, or a text where `match`, `matchAll` and `search` would make a pattern of it. */
function isBuilt(node: Node): boolean {
  const { callee } = node;
  if ((node.type !== "NewExpression" && node.type !== "CallExpression") || !isNode(callee)) return false;
  const member = isNode(callee["property"]) ? callee["property"]["name"] : callee["name"];
  if (member === "RegExp") return true;
  const [first] = Array.isArray(node["arguments"]) ? (node["arguments"] as unknown[]) : [];
  const isText = isNode(first) && (typeof first["value"] === "string" || first.type === "TemplateLiteral");
  return callee.type === "MemberExpression" && /^(match|matchAll|search)$/.test(String(member)) && isText;
}

/** @throws Error when the file is not TypeScript. */
export function readPatterns(file: string, code: string): PatternReading {
  const parsed = parseSync(file, code);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${file} can't be parsed: ${problem.message}`);
  const patterns: Pattern[] = [];
  const builtAt: number[] = [];
  for (const node of walk(parsed.program)) {
    const line = code.slice(0, node.start).split("\n").length;
    const regex =
      node.type === "Literal" ? (node["regex"] as { pattern: string; flags: string } | undefined) : undefined;
    if (regex !== undefined && regex !== null) patterns.push({ source: regex.pattern, flags: regex.flags, line });
    if (isBuilt(node)) builtAt.push(line);
  }
  return { patterns, builtAt };
}
