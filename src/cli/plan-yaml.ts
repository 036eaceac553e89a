/** Plans as YAML: the documents of a file are requests of the contract. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments, stringify } from "yaml";
import { type PlanRequest, planRequest } from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";

/** A standing plan of a file. */
export interface FilePlan {
  /** "plans.yaml, line 12" */
  readonly where: string;
  readonly name: string;
  readonly request: PlanRequest;
}

const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Fields that only a once plan has. */
const OF_ONCE_PLANS = ["devices", "rule", "group", "allowPastDeadline", "maxUserDeferrals", "replace"] as const;

export const invalidFile = (where: string, why: string): UptickError =>
  new UptickError("plan-file-invalid", `${where}: ${why}`);

export const yamlOf = (requests: readonly PlanRequest[]): string =>
  requests.map((request) => `---\n${stringify(request, { lineWidth: 0 })}`).join("");

/** The plans of one file, in its order. @throws UptickError `plan-file-invalid` with the file's name and the line */
export function readPlans(file: string, text: string): readonly FilePlan[] {
  if (text.length > MOST_CHARACTERS) throw invalidFile(file, "the file is larger than 4 MiB.");
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter });
  const at = (offset: number): string => `${file}, line ${lineCounter.linePos(offset).line}`;
  return [...documents].flatMap((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) throw invalidFile(at(error.pos[0]), error.message.split(/ at line |\n/)[0] ?? "");
    const start = document.contents?.range?.[0] ?? 0;
    const value = valueOf(document, at(start));
    return value === null ? [] : [planOf(document, value, start, at)];
  });
}

function valueOf(document: Document, where: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    const why = "the aliases of this document stand for too much, or for nothing; write the values themselves.";
    throw new UptickError("plan-file-invalid", `${where}: ${why}`, { cause });
  }
}

function planOf(document: Document, value: unknown, start: number, at: (offset: number) => string): FilePlan {
  const read = planRequest.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path ?? [];
    const [unknown] = issue?.code === "unrecognized_keys" ? issue.keys : [];
    const field = [...path, ...(unknown === undefined ? [] : [unknown])].map(String).join(".");
    const why = unknown === undefined ? (issue?.message ?? "not a plan") : "no plan has this field";
    throw invalidFile(at(offsetOf(document, path, unknown) ?? start), `${field === "" ? "" : `${field}: `}${why}.`);
  }
  const request = read.data;
  if (request.standing !== true) {
    const why =
      "only a standing plan can be applied from a file (standing: true). A once plan decides for its devices when it is made, so applying it again would make another plan. Make it with uptick plan create.";
    throw invalidFile(at(start), why);
  }
  const once = OF_ONCE_PLANS.find((field) => request[field] !== undefined);
  if (once !== undefined)
    throw invalidFile(at(offsetOf(document, [once]) ?? start), `${once}: only a once plan has it.`);
  if (request.name === undefined)
    throw invalidFile(at(start), "the plan has no name, by which apply finds it on the server; add name.");
  return { where: at(start), name: request.name, request };
}

/** Where the field is written; undefined: it is not. */
function offsetOf(document: Document, path: readonly PropertyKey[], key?: string): number | undefined {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (key === undefined) return isNode(node) ? node.range?.[0] : undefined;
  if (!isMap(node)) return undefined;
  const found = node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)?.key;
  return isNode(found) ? found.range?.[0] : undefined;
}
