/** Finds everything that a TypeScript file draws in: also types, dynamic imports and worker URLs. */
import { parseSync } from "oxc-parser";
import { isNode, type Node, walk } from "../nodes.ts";

export type ImportKind = "import" | "export" | "type" | "dynamic" | "url" | "computed";

export interface Import {
  readonly kind: ImportKind;
  /** As written; empty for an import() whose path is computed. */
  readonly specifier: string;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface FileReading {
  readonly imports: readonly Import[];
  /** Lines with `new Date()` or `Date()`: the linter can't tell them from a conversion. */
  readonly readsClockAt: readonly number[];
}

const literal = (value: unknown): string | undefined =>
  isNode(value) && value.type === "Literal" && typeof value["value"] === "string" ? value["value"] : undefined;

const isCalled = (node: Node, name: string): boolean => isNode(node["callee"]) && node["callee"]["name"] === name;

const argumentsOf = (node: Node): readonly unknown[] => (Array.isArray(node["arguments"]) ? node["arguments"] : []);

/** `import type …`. An import whose every name is marked `type` is none: it stays as `import {} from …`, and loads the module. */
function isTypeOnly(node: Node): boolean {
  return node["importKind"] === "type" || node["exportKind"] === "type";
}

/** `import.meta.resolve(…)` or `require(…)`. */
function isResolver(node: Node): boolean {
  const callee = node["callee"];
  if (!isNode(callee)) return false;
  if (callee.type === "Identifier") return callee["name"] === "require";
  const object = callee["object"];
  const property = callee["property"];
  return isNode(object) && object.type === "MetaProperty" && isNode(property) && property["name"] === "resolve";
}

function importOf(node: Node): Omit<Import, "line"> | undefined {
  const source = literal(node["source"]);
  switch (node.type) {
    case "ImportDeclaration":
      return { kind: isTypeOnly(node) ? "type" : "import", specifier: source ?? "", typeOnly: isTypeOnly(node) };
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return source === undefined ? undefined : { kind: "export", specifier: source, typeOnly: isTypeOnly(node) };
    case "TSImportType":
      return { kind: "type", specifier: source ?? "", typeOnly: true };
    case "ImportExpression":
      return { kind: source === undefined ? "computed" : "dynamic", specifier: source ?? "", typeOnly: false };
    case "TSExternalModuleReference":
      return { kind: "import", specifier: literal(node["expression"]) ?? "", typeOnly: false };
    case "CallExpression": {
      if (!isResolver(node)) return undefined;
      const path = literal(argumentsOf(node)[0]);
      return { kind: path === undefined ? "computed" : "dynamic", specifier: path ?? "", typeOnly: false };
    }
    case "NewExpression": {
      const path = isCalled(node, "URL") ? literal(argumentsOf(node)[0]) : undefined;
      // Only what can be run counts; a URL of a data file or of the web draws in no code.
      const isCode = path !== undefined && path.startsWith(".") && /\.[cm]?[jt]s$/.test(path);
      return isCode ? { kind: "url", specifier: path, typeOnly: false } : undefined;
    }
    default:
      return undefined;
  }
}

/** @throws Error when the file is not TypeScript. */
export function readImports(file: string, code: string): FileReading {
  const parsed = parseSync(file, code);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${file} can't be parsed: ${problem.message}`);
  const imports: Import[] = [];
  const readsClockAt: number[] = [];
  for (const node of walk(parsed.program)) {
    const line = code.slice(0, node.start).split("\n").length;
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line });
    const isDate = (node.type === "NewExpression" || node.type === "CallExpression") && isCalled(node, "Date");
    if (isDate && (node.type === "CallExpression" || argumentsOf(node).length === 0)) readsClockAt.push(line);
  }
  return { imports, readsClockAt };
}
