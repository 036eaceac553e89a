/** The contract's schemas as JSON Schema (2020-12), for docs/api.md and the OpenAPI document. */
import { z } from "zod";

/** What of JSON Schema our schemas turn into. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly contentEncoding?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  /** Of a word in a query, taken in any case: the words that there are. */
  readonly words?: readonly string[];
  /** Of a value that a query writes as text: what the text stands for. */
  readonly query?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** What zod writes of an object; deleting from it is how the rendering is changed. */
type Writable = { -readonly [K in keyof Schema]: Schema[K] };

/** Takes out what no reader needs: the bounds of all whole numbers, and the patterns of formats that have a name. */
function plain({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const written = jsonSchema as Writable;
  if (written.minimum === Number.MIN_SAFE_INTEGER) delete written.minimum;
  if (written.maximum === Number.MAX_SAFE_INTEGER) delete written.maximum;
  if (written.format !== undefined) delete written.pattern;
  // Later versions may add keys to replies. A strict object is one that we take, and it stays closed.
  if (zodSchema._zod.def.type === "object" && zodSchema._zod.def.catchall === undefined)
    delete written.additionalProperties;
}

/** Reads schemas one after the other, and keeps the named shapes that they use: those with an `id`. */
export class Shapes {
  readonly found = new Map<string, Schema>();
  readonly #read = { input: new Map<z.ZodType, Schema>(), output: new Map<z.ZodType, Schema>() };

  /** The schema of what is sent ("input") or received ("output"); a named one as a reference to `#/$defs/NAME`. */
  read(schema: z.ZodType, io: "input" | "output"): Schema {
    const before = this.#read[io].get(schema);
    if (before !== undefined) return before;
    const read = this.#convert(schema, io);
    this.#read[io].set(schema, read);
    return read;
  }

  #convert(schema: z.ZodType, io: "input" | "output"): Schema {
    const read = z.toJSONSchema(schema, { io, override: plain }) as Schema;
    for (const [name, shape] of Object.entries(read.$defs ?? {})) this.found.set(name, shape);
    const name = z.globalRegistry.get(schema)?.id;
    if (name === undefined) return read;
    if (read.$ref === undefined) this.found.set(name, read);
    return { $ref: `#/$defs/${name}` };
  }
}
