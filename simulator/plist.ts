import { XMLParser } from "fast-xml-parser";

/** A number that is written as `<real>`, also when it has no fraction. */
export class Real {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type PlistValue = string | number | boolean | Date | Uint8Array | Real | readonly PlistValue[] | PlistDict;
export interface PlistDict {
  readonly [key: string]: PlistValue | undefined;
}

const header =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n';

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function write(value: PlistValue, indent: string): string {
  if (typeof value === "string") return `${indent}<string>${escapeText(value)}</string>\n`;
  if (typeof value === "boolean") return `${indent}<${value}/>\n`;
  if (value instanceof Real) return `${indent}<real>${value.value}</real>\n`;
  if (typeof value === "number") {
    const tag = Number.isInteger(value) ? "integer" : "real";
    return `${indent}<${tag}>${value}</${tag}>\n`;
  }
  if (value instanceof Date) return `${indent}<date>${value.toISOString().replace(/\.\d+Z$/, "Z")}</date>\n`;
  if (value instanceof Uint8Array) {
    // Apple's writer breaks and indents its base64, so ours does: a reader must take the white space out.
    const lines =
      Buffer.from(value)
        .toString("base64")
        .match(/.{1,68}/g) ?? [];
    return `${indent}<data>\n${lines.map((line) => `${indent}${line}\n`).join("")}${indent}</data>\n`;
  }
  if (isList(value)) {
    return `${indent}<array>\n${value.map((item) => write(item, `${indent}\t`)).join("")}${indent}</array>\n`;
  }
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${indent}\t<key>${escapeText(key)}</key>\n${write(item, `${indent}\t`)}`],
  );
  return `${indent}<dict>\n${entries.join("")}${indent}</dict>\n`;
}

const isList = (value: object): value is readonly PlistValue[] => Array.isArray(value);

/** Writes an XML property list as Apple's devices do. Keys whose value is undefined are left out. */
export function writePlist(root: PlistDict): Buffer {
  return Buffer.from(`${header}<plist version="1.0">\n${write(root, "")}</plist>\n`, "utf8");
}

/** One node of the parser's ordered output: one tag name (or `#text`) with its children, and attributes under `:@`. */
type XmlNode = Record<string, unknown>;

// Strings are neither trimmed nor read as numbers; the order of keys and values is what gives a dictionary its meaning.
const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: true,
});

const tagOf = (node: XmlNode): string => Object.keys(node).find((key) => key !== ":@") ?? "";
const childrenOf = (node: XmlNode): readonly XmlNode[] => {
  const children = node[tagOf(node)];
  return Array.isArray(children) ? (children as XmlNode[]) : [];
};
const elementsOf = (node: XmlNode): readonly XmlNode[] => childrenOf(node).filter((child) => tagOf(child) !== "#text");
const textOf = (node: XmlNode): string =>
  childrenOf(node)
    .map((child) => (typeof child["#text"] === "string" ? child["#text"] : ""))
    .join("");

function read(node: XmlNode): PlistValue {
  const tag = tagOf(node);
  switch (tag) {
    case "dict":
      return readDict(node);
    case "array":
      return elementsOf(node).map(read);
    case "string":
      return textOf(node);
    case "true":
      return true;
    case "false":
      return false;
    case "integer":
      if (!/^\s*[+-]?(\d+|0x[0-9a-f]+)\s*$/i.test(textOf(node))) throw new Error(`Not an integer: ${textOf(node)}`);
      return Number(textOf(node));
    case "real":
      return new Real(Number(textOf(node)));
    case "date":
      return new Date(textOf(node).trim());
    case "data":
      return Buffer.from(textOf(node).replaceAll(/\s/g, ""), "base64");
    default:
      throw new Error(`A property list has no <${tag}>.`);
  }
}

function readDict(node: XmlNode): PlistDict {
  const dict: Record<string, PlistValue> = {};
  const parts = elementsOf(node);
  for (let at = 0; at < parts.length; at += 2) {
    const [key, value] = [parts[at], parts[at + 1]];
    if (key === undefined || value === undefined || tagOf(key) !== "key") throw new Error("A dictionary needs pairs.");
    dict[textOf(key)] = read(value);
  }
  return dict;
}

/** Reads an XML property list whose root is a dictionary. Throws on anything else. */
export function readPlist(bytes: Uint8Array): PlistDict {
  const parsed: unknown = parser.parse(Buffer.from(bytes).toString("utf8"), true);
  const nodes = Array.isArray(parsed) ? (parsed as XmlNode[]) : [];
  const plist = nodes.find((node) => tagOf(node) === "plist");
  const root = plist === undefined ? undefined : elementsOf(plist)[0];
  if (root === undefined || tagOf(root) !== "dict") throw new Error("This is no property list with a dictionary.");
  return readDict(root);
}

/** The text under `key`, or undefined when it is absent or something else. */
export const text = (dict: PlistDict, key: string): string | undefined => {
  const value = dict[key];
  return typeof value === "string" ? value : undefined;
};
/** The number under `key`, or undefined. */
export const number = (dict: PlistDict, key: string): number | undefined => {
  const value = dict[key];
  return typeof value === "number" ? value : value instanceof Real ? value.value : undefined;
};
/** The bytes under `key`, or undefined. */
export const data = (dict: PlistDict, key: string): Buffer | undefined => {
  const value = dict[key];
  return value instanceof Uint8Array ? Buffer.from(value) : undefined;
};
/** The list under `key`, or undefined. */
export const list = (dict: PlistDict, key: string): readonly PlistValue[] | undefined => {
  const value = dict[key];
  return typeof value === "object" && isList(value) ? value : undefined;
};
/** True when the value is a dictionary. */
export const isDict = (value: PlistValue | undefined): value is PlistDict =>
  typeof value === "object" &&
  !isList(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof Real);
/** The texts of the list under `key`; other items are left out. */
export const texts = (dict: PlistDict, key: string): readonly string[] =>
  (list(dict, key) ?? []).filter((item) => typeof item === "string");
