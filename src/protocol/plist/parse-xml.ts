/** Strict reader of XML property lists. The tokenizer is saxes; what a property list may hold is decided here. */
import { SaxesParser } from "saxes";
import { type ErrorCode, UptickError } from "../../errors/index.ts";
import { parseData, parseDate, parseInteger, parseReal } from "./scalars.ts";
import { readUsualXml } from "./usual-xml.ts";
import { MAX_DEPTH, type PlistValue } from "./value.ts";

export interface PlistLimits {
  /** Largest document in bytes; 1 MiB unless said otherwise. */
  readonly maxBytes?: number;
  /** Most elements (values and keys together); 65 536 unless said otherwise. */
  readonly maxNodes?: number;
}

/** One element that is open: a container with what it has so far, or a leaf with its text. */
type Open =
  | { readonly kind: "plist"; value: PlistValue | undefined }
  | { readonly kind: "dict"; readonly map: Map<string, PlistValue>; key: string | undefined }
  | { readonly kind: "array"; readonly items: PlistValue[] }
  | { readonly kind: "leaf"; readonly name: string; text: string };

const LEAVES: ReadonlySet<string> = new Set(["string", "integer", "real", "date", "data", "key", "true", "false"]);

/**
 * Reads one XML property list of UTF-8 bytes.
 *
 * Refuses, with the line: what is not well formed, a document type with an internal subset, entities beyond XML's own,
 * processing instructions, duplicate keys, integers beyond 64 bits, dates that are not `YYYY-MM-DDTHH:MM:SSZ`, base64 that
 * is not strict, and anything before, after or missing.
 * @throws UptickError `plist-invalid`, or `plist-too-large` (bytes, nodes, or more than 64 levels)
 */
export function parseXmlPlist(bytes: Uint8Array, limits: PlistLimits = {}): PlistValue {
  const maxBytes = limits.maxBytes ?? 1024 * 1024;
  if (bytes.length > maxBytes) {
    throw new UptickError(
      "plist-too-large",
      `The property list has ${bytes.length} bytes; at most ${maxBytes} are read.`,
    );
  }
  const text = decodeUtf8(bytes);
  const maxNodes = limits.maxNodes ?? 65_536;
  return readUsualXml(text, maxNodes) ?? readXml(text, maxNodes);
}

/** Any property list in XML, whatever its form. */
export function readXml(text: string, maxNodes: number): PlistValue {
  return new Reader(maxNodes).read(text);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new UptickError("plist-invalid", "The property list is not UTF-8 text.", { cause });
  }
}

class Reader {
  private readonly parser = new SaxesParser();
  private readonly stack: Open[] = [];
  private readonly maxNodes: number;
  private nodes = 0;
  private result: PlistValue | undefined;

  constructor(maxNodes: number) {
    this.maxNodes = maxNodes;
    this.parser.on("xmldecl", (declaration) => {
      if (declaration.version !== "1.0") this.fail(`XML version ${declaration.version} is not 1.0`);
      if (declaration.encoding !== undefined && declaration.encoding.toLowerCase() !== "utf-8") {
        this.fail(`the encoding is declared as ${declaration.encoding}, not UTF-8`);
      }
    });
    this.parser.on("doctype", (doctype) => {
      if (doctype.includes("[")) this.fail("the document type has an internal subset");
      if (!/^\s*plist(\s|$)/.test(doctype)) this.fail("the document type is not plist");
    });
    this.parser.on("processinginstruction", () => this.fail("a processing instruction"));
    this.parser.on("opentag", (tag) => this.open(tag.name, tag.attributes));
    this.parser.on("closetag", () => this.close());
    this.parser.on("text", (text) => this.text(text));
    this.parser.on("cdata", (text) => this.text(text));
  }

  read(text: string): PlistValue {
    try {
      this.parser.write(text).close();
    } catch (error) {
      if (error instanceof UptickError) throw error;
      // saxes puts line and column before its message.
      const message =
        error instanceof Error ? error.message.replace(/^\d+:\d+: /, "").replace(/\.$/, "") : String(error);
      this.fail(message, error);
    }
    if (this.result === undefined) return this.fail("there is no plist element");
    return this.result;
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.count();
    const parent = this.stack.at(-1);
    for (const attribute in attributes) {
      const value = attributes[attribute] ?? "";
      if (name !== "plist" || attribute !== "version" || value !== "1.0") {
        this.fail(`<${name}> has the attribute ${attribute}="${clip(value)}"`);
      }
    }
    if (parent === undefined) {
      if (name !== "plist") this.fail(`the outermost element is <${clip(name)}>, not <plist>`);
      this.stack.push({ kind: "plist", value: undefined });
      return;
    }
    if (parent.kind === "leaf") this.fail(`<${clip(name)}> inside <${parent.name}>`);
    if (parent.kind === "plist" && parent.value !== undefined) this.fail("<plist> holds more than one value");
    if (parent.kind === "dict") {
      if (name === "key" && parent.key !== undefined) this.fail(`the key "${clip(parent.key)}" has no value`);
      if (name !== "key" && parent.key === undefined) this.fail(`<${clip(name)}> in <dict> has no key`);
    } else if (name === "key") this.fail("<key> outside <dict>");
    // The plist element itself is not a level; this element becomes level `stack.length`.
    if ((name === "dict" || name === "array") && this.stack.length > MAX_DEPTH) {
      this.fail(`nests deeper than ${MAX_DEPTH} levels`, undefined, "plist-too-large");
    }
    if (name === "dict") this.stack.push({ kind: "dict", map: new Map(), key: undefined });
    else if (name === "array") this.stack.push({ kind: "array", items: [] });
    else if (LEAVES.has(name)) this.stack.push({ kind: "leaf", name, text: "" });
    else this.fail(`<${clip(name)}> is not an element of property lists`);
  }

  private text(text: string): void {
    const top = this.stack.at(-1);
    if (top?.kind === "leaf") top.text += text;
    else if (!isBlank(text)) this.fail(`text "${clip(text.trim())}" outside a value`);
  }

  private close(): void {
    const top = this.stack.pop();
    if (top === undefined) return;
    if (top.kind === "plist") {
      if (top.value === undefined) this.fail("<plist> is empty");
      this.result = top.value;
    } else if (top.kind === "leaf") {
      if (top.name === "key") this.addKey(top.text);
      else this.add(this.leaf(top.name, top.text));
    } else if (top.kind === "dict") {
      if (top.key !== undefined) this.fail(`the key "${clip(top.key)}" has no value`);
      this.add(top.map);
    } else this.add(top.items);
  }

  private addKey(key: string): void {
    const parent = this.stack.at(-1);
    if (parent?.kind !== "dict") return this.fail("<key> outside <dict>");
    if (parent.map.has(key)) this.fail(`the key "${clip(key)}" is there twice`);
    parent.key = key;
  }

  private add(value: PlistValue): void {
    const parent = this.stack.at(-1);
    if (parent?.kind === "plist") parent.value = value;
    else if (parent?.kind === "array") parent.items.push(value);
    else if (parent?.kind === "dict" && parent.key !== undefined) {
      parent.map.set(parent.key, value);
      parent.key = undefined;
    }
  }

  private leaf(name: string, text: string): PlistValue {
    if (name === "string") return text;
    if (name === "true" || name === "false") {
      if (text.trim() !== "") this.fail(`<${name}> is not empty`);
      return name === "true";
    }
    if (name === "integer") return parseInteger(text) ?? this.refuse("an integer", text);
    if (name === "date") return parseDate(text) ?? this.refuse("a date like 2026-01-31T09:30:00Z", text);
    if (name === "data") return parseData(text) ?? this.fail("the data is not strict base64");
    const real = parseReal(text);
    return real === undefined ? this.refuse("a number", text) : { real };
  }

  private refuse(wanted: string, text: string): never {
    return this.fail(`"${clip(text)}" is not ${wanted}`);
  }

  private count(): void {
    this.nodes += 1;
    if (this.nodes > this.maxNodes) this.fail(`has more than ${this.maxNodes} elements`, undefined, "plist-too-large");
  }

  private fail(what: string, cause?: unknown, code: ErrorCode = "plist-invalid"): never {
    throw new UptickError(code, `Property list, line ${this.parser.line}: ${what}.`, { cause });
  }
}

/** Tabs, line ends and blanks only: what stands between most elements. */
function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
  return true;
}

function clip(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
