/** Writes docs/api.md from the route table. */
import { z } from "zod";
import { problem } from "./problem.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

/** What of JSON Schema our schemas turn into. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly contentEncoding?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

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

class Shapes {
  readonly found = new Map<string, Schema>();

  /** The schema as JSON Schema; the named shapes it uses are kept. */
  read(schema: z.ZodType, io: "input" | "output"): Schema {
    const read = z.toJSONSchema(schema, { io }) as Schema;
    for (const [name, shape] of Object.entries(read.$defs ?? {})) this.found.set(name, shape);
    const name = z.globalRegistry.get(schema)?.id;
    if (name === undefined) return read;
    if (read.$ref === undefined) this.found.set(name, read);
    return { $ref: `#/$defs/${name}` };
  }
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
  parts.push(route.open === true ? "Needs no token." : `Least role: ${route.role}.`);
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

const INTRODUCTION = `# API

This page describes the admin API. Every address except \`/healthz\` and \`/readyz\` needs an admin token: \`Authorization: Bearer TOKEN\`. The first
start of the server prints one; \`uptick token create NAME\` creates others.

\`\`\`sh
curl -H "Authorization: Bearer $UPTICK_TOKEN" http://127.0.0.1:8080/api/v1/devices
\`\`\`

- Times are integers, milliseconds since 1970 UTC, or RFC 3339 texts where the shape says so. \`window\` and \`deadline\` are
  texts in a device's local time.
- Bodies and replies are JSON in UTF-8 unless a media type says otherwise. A key or query parameter that is not listed
  here is refused (\`request-invalid\`), so that you notice a typing error. Later versions may add keys to replies.
- Lists come in pages: send \`next\` of one page as \`after\` to get the next page. On the last page it is null. It is opaque text; a changed one is refused.
- Every reply has \`x-request-id\`, which the server's log repeats, and \`cache-control: no-store\`.

This page is generated from \`src/contract/routes\` (a test compares the two).

## Errors

Every error is \`application/problem+json\` (RFC 9457) with a fixed \`code\`, a \`detail\` and a \`remedy\`:

\`\`\`json
{
  "type": "urn:uptick:error:plan-unknown",
  "title": "No plan has this id.",
  "status": 404,
  "detail": "No plan has the id 7.",
  "code": "plan-unknown",
  "remedy": "Run uptick plan list, and use an id from its list.",
  "requestId": "0f8fad5b-d9cb-469f-a165-70867728950e"
}
\`\`\`

\`docs/errors.md\` lists every code. Each address can answer \`unauthorized\` (401, with \`WWW-Authenticate: Bearer\`),
\`request-invalid\` (400) and \`internal\` (500); an address with a body also \`media-type-invalid\` (415) and
\`request-too-large\` (413); a write also \`idempotency-key-invalid\` (400) and the other three errors of [repeated requests](#repeated-requests). JSON that nests deeper than 32 levels is
\`request-invalid\` (400). When many large bodies arrive at the same time, the answer is \`server-busy\` (503) with \`Retry-After\`. An unknown address or method is \`not-found\` (404).

## Repeated requests

A connection can break before the reply arrives. Send the header \`Idempotency-Key\` with each write, such as a new UUID, and send the same
request again with the same key. The key has 1 to 255 visible ASCII characters.

- The same key, address, query and body of the same actor within 24 hours get the first reply: status, headers and body. Its header
  \`idempotent-replayed\` is \`true\`. The audit has one row.
- Another address, query or body with the key is \`idempotency-key-reused\` (409).
- While the first request is under way, the second is \`idempotency-key-in-use\` (409) with \`Retry-After\`. It does not wait.
- Refusals (4xx) are kept as well. These are not kept, so the same request may be sent again with the same key: a request that was refused before
  it was carried out (401, 403, 413, 415, a body or query that does not fit), and replies of 429 and 5xx.
- A reply is kept only as long as it is at most 256 KiB, and is sealed with the data key. If the first request changed something and its reply is not
  known, because the server died or the reply was too large, nothing is done twice. A write whose reply is an object then shows the
  object as it is now; a write to several devices completes what is missing; every other write is
  \`idempotency-answer-lost\` (409), and \`object\` names what was changed. What is shown only once can't be shown again then.
- Dry runs ignore the key. The raw command API ignores it too: there the CommandUUID is the key.

One plan and one device have an \`ETag\`. A request with \`If-None-Match\` and this tag is answered 304 without a body while the reply would be
the same. The tag is weak. It changes with every field, also with a sentence that names a time.

An object with a \`revision\` is edited with the revision that you know. A stale one is \`revision-stale\` (412); \`present\` of the problem is the object as it is.

## The raw command API

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

DELETE of that address withdraws the command if it has not been delivered.
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
  return `${INTRODUCTION}\n## Addresses\n\n${sections.join("\n\n")}\n\n## Shapes\n\n${described.join("\n\n")}\n`;
}
