/** How a route's requests stand in the OpenAPI document. */
import type { Schema, Shapes } from "./json-schema.ts";
import type { BytesBody, JsonBody, Route } from "./route.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

/** What the text of a parameter stands for: a number, a boolean, a word. */
function valueOf({ query, words, description: _description, ...schema }: Schema): Schema {
  if (query !== undefined) return query;
  return words === undefined ? schema : { ...schema, enum: words };
}

function parametersIn(place: "path" | "query", schema: Schema): Parameter[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === "path" || schema.required?.includes(name) === true,
    ...(field.description === undefined ? {} : { description: field.description }),
    schema: valueOf(field),
  }));
}

/** Those of the path, then those of the query. */
export function parametersOf({ params, query }: Route, shapes: Shapes): readonly Parameter[] {
  return [
    ...(params === undefined ? [] : parametersIn("path", shapes.read(params, "input"))),
    ...(query === undefined ? [] : parametersIn("query", shapes.read(query, "input"))),
  ];
}

/** A body as the document has it. `x-max-bytes` is the size up to which it is read. */
export function requestBodyOf(body: JsonBody | BytesBody, shapes: Shapes): object {
  const isJson = "schema" in body;
  return {
    required: !(isJson && body.optional === true),
    ...(isJson ? {} : { description: body.what }),
    content: { [body.media]: { schema: isJson ? shapes.read(body.schema, "input") : { type: "string" } } },
    "x-max-bytes": body.maxBytes,
  };
}
