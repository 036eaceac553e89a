/** The worked examples as shell commands. */
import { type Example, EXAMPLES, type ExampleStep } from "./examples.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

/** In single quotes, or in double ones where a variable is in it. */
const quoted = (text: string): string =>
  text.includes("$") ? `"${text}"` : /^[\w/:.-]+$/.test(text) ? text : `'${text}'`;

function targetOf(route: Route, { params = {}, query = {} }: ExampleStep): string {
  const value = (text: string): string => (text.startsWith("$") ? text : encodeURIComponent(text));
  const path = route.path.replaceAll(/:([a-z]+)/gi, (_whole, name: string) => value(params[name] ?? ""));
  const pairs = Object.entries(query).map(([name, text]) => `${name}=${value(text)}`);
  return quoted(pairs.length === 0 ? path : `${path}?${pairs.join("&")}`);
}

function commandOf(step: ExampleStep): string {
  const route: Route = ROUTES[step.route];
  const { body, file, accept, then, keep } = step;
  const parts = [`api ${route.method} ${targetOf(route, step)}`];
  if (accept !== undefined) parts.push(`-H 'Accept: ${accept}'`);
  if (file !== undefined) parts.push(`-H 'Content-Type: ${route.body?.media ?? ""}' --data-binary @${file}`);
  if (body !== undefined) parts.push(`-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`);
  if (then !== undefined) parts.push(then.startsWith("cat >") ? then.slice("cat ".length) : `| ${then}`);
  const command = parts.join(" \\\n  ");
  return keep === undefined ? command : `${keep}=$(${command})`;
}

const exampleText = ({ task, about, steps }: Example): string =>
  `### ${task}\n\n${about}\n\n\`\`\`sh\n${steps.map(commandOf).join("\n")}\n\`\`\``;

const BEFORE = `The examples use \`curl\` and \`jq\`, and this function:

\`\`\`sh
api() { curl -sS --fail-with-body -X "$1" "http://127.0.0.1:8080$2" -H "Authorization: Bearer $UPTICK_TOKEN" "\${@:3}"; }
\`\`\``;

/** A section for each task. */
export const renderExamples = (): string => `## Examples\n\n${[BEFORE, ...EXAMPLES.map(exampleText)].join("\n\n")}\n`;
