/** The prose of a file: paragraphs of a document, comments and sentences of a source file. */
import { parseSync } from "oxc-parser";
import { type Node, walk } from "../nodes.ts";

export interface Prose {
  readonly text: string;
  readonly line: number;
}

/** Sentences have spaces; codes, paths and keys have none. */
function sentenceIn(node: Node): string | undefined {
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type !== "TemplateElement") return undefined;
  const value = node["value"] as { readonly cooked?: unknown };
  return typeof value.cooked === "string" ? value.cooked : undefined;
}

/** Line breaks and the stars of a comment are spaces, so that a phrase is found across two lines. */
const joined = (text: string): string => text.replace(/\s*\n\s*\**\s*/g, " ");

/** Comments and sentences of a TypeScript file. Names in backticks are code, not prose. Throws when it can't be parsed. */
export function proseOfSource(file: string, source: string): Prose[] {
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? "does not parse"}`);
  const lineOf = (offset: number): number => source.slice(0, offset).split("\n").length;
  const found: Prose[] = comments.map(({ value, start }) => ({ text: withoutCode(value), line: lineOf(start) }));
  for (const node of walk(program)) {
    const text = sentenceIn(node);
    if (text !== undefined && /\s/.test(text)) found.push({ text: withoutCode(text), line: lineOf(node.start) });
  }
  return found;
}

/** Paragraphs of a Markdown page, without code. */
export function proseOfPage(page: string): Prose[] {
  const prose = page
    .replace(/^```.*?^```/gms, (block) => block.replace(/[^\n]/g, ""))
    .replace(/^ {4}.*$/gm, "")
    .replace(/\]\([^)]*\)/g, "]");
  const found: Prose[] = [];
  let line = 1;
  for (const part of prose.split(/(\n{2,})/)) {
    if (/\S/.test(part)) found.push({ text: withoutCode(part), line });
    line += part.split("\n").length - 1;
  }
  return found;
}

function withoutCode(text: string): string {
  return joined(text.replace(/`[^`\n]*`/g, "`…`"));
}
