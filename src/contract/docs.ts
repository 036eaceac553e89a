/** Writes docs/api.md from the route table. */
import { CONVENTIONS } from "./docs-conventions.ts";
import { renderExamples } from "./docs-examples.ts";
import { type Schema, Shapes } from "./json-schema.ts";
import { problem } from "./problem.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return link(schema.$ref.split("/").at(-1) ?? "");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === "object" && schema.properties !== undefined) {
    const names = Object.entries(schema.properties).map(([name, field]) => `\`${name}\`: ${typeOf(field)}`);
    return `object (${names.join(", ")})`;
  }
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return `object of ${typeOf(schema.additionalProperties)}`;
  }
  if (schema.contentEncoding === "base64") return "string (base64)";
  if (schema.pattern !== undefined && /^\^\\d(?:\+|\*|\{[\d,]+\})?\$$/.test(schema.pattern)) return "whole number";
  if (schema.type === undefined) return "any JSON";
  return typeof schema.type === "string" ? schema.type : schema.type.join(" or ");
}

function fieldTable(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const needed = schema.required?.includes(name) === true ? "" : ", optional";
    return `| \`${name}\` | ${cell(typeOf(field))}${needed} | ${cell(field.description ?? "")} |`;
  });
  return ["| name | type | |", "|---|---|---|", ...rows].join("\n");
}

function shapeOf(schema: Schema): string {
  const variants = schema.oneOf?.map(fieldTable).join("\n\nor\n\n");
  if (variants !== undefined) return variants;
  return schema.properties === undefined ? `${typeOf(schema)}` : fieldTable(schema);
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`;
}

function bodyText(body: NonNullable<Route["body"]>, shapes: Shapes): string {
  const what = "schema" in body ? typeOf(shapes.read(body.schema, "input")) : body.what;
  const optional = "optional" in body ? "; may be left out" : "";
  return `Body: \`${body.media}\`, at most ${size(body.maxBytes)}: ${what}${optional}.`;
}

function section(route: Route, shapes: Shapes): string {
  const parts = [`### ${route.method} ${route.path}`, route.summary];
  parts.push(route.open === true ? "Needs no token and no session." : `Least role: ${route.role}.`);
  if (route.params !== undefined) parts.push(`In the path:\n\n${fieldTable(shapes.read(route.params, "input"))}`);
  if (route.query !== undefined) parts.push(`In the query:\n\n${fieldTable(shapes.read(route.query, "input"))}`);
  if (route.body !== undefined) parts.push(bodyText(route.body, shapes));
  const replies = route.replies.map(({ status, media, schema, when }) => {
    const what = schema === undefined ? "" : cell(typeOf(shapes.read(schema, "output")));
    return `| ${status} | ${media === null ? "no body" : `\`${media}\``} | ${what} | ${cell(when)} |`;
  });
  parts.push(["| status | media type | body | when |", "|---|---|---|---|", ...replies].join("\n"));
  if (route.errors.length > 0) parts.push(`Errors: ${route.errors.map((code) => `\`${code}\``).join(", ")}.`);
  return parts.join("\n\n");
}

const RAW_COMMANDS = `## The raw command API

\`\`\`sh
curl -X PUT -H "Authorization: Bearer $UPTICK_TOKEN" -H "Content-Type: application/x-apple-aspen-mdm" \\
  --data-binary @command.plist "http://127.0.0.1:8080/mdm?device=C02XXXXXXXXX&wait=60"
\`\`\`

The server sends the command to the device unchanged. It uses the same queue as its own commands, and the same guarantees: at
most one update command is outstanding for a device, including raw commands. The reply is the device's own answer. If the
device has not answered when the wait ends, the reply is 202, and its \`Location\` is the address of the outcome.

An answer may get lost. A command that only gets information or downloads (\`resent\`: true) is then delivered again until the device
answers. Any other command is delivered only once, because a second execution could do harm. When the device contacts the server
without an answer to it, the command ends as \`answer-lost\` (\`command-closed\`, 410). The device may have executed it. Check with
DeviceInformation or OSUpdateStatus, then send it again with a new CommandUUID if you still need it. A late answer is stored and shown.

\`POST …/withdraw\` at that address withdraws the command if it has not been delivered.
`;

/** The whole page. */
export function renderApiDocs(): string {
  const shapes = new Shapes();
  const routes: readonly Route[] = Object.values(ROUTES);
  const sections = routes.map((route) => section(route, shapes));
  shapes.read(problem, "output");
  const listed = [...shapes.found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const described = listed.map(([name, shape]) => {
    const words = shape.description === undefined ? "" : `${shape.description}\n\n`;
    return `### ${name}\n\n${words}${name === "Json" ? "" : shapeOf(shape)}`.trimEnd();
  });
  return `${CONVENTIONS}\n${renderExamples()}\n${RAW_COMMANDS}\n## Addresses\n\n${sections.join("\n\n")}\n\n## Shapes\n\n${described.join("\n\n")}\n`;
}
