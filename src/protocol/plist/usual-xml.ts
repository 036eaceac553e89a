/**
 * Reads the form in which Apple's devices write property lists: its elements and blanks between them, without references, comments or
 * CDATA. Nearly every message is of this form, and a tokenizer that knows all of XML takes four times as long. What is not of this
 * form, or not valid, is left to that tokenizer (`parse-xml.ts`), which is the measure (`usual-xml.test.ts`).
 */
import { parseData, parseDate, parseInteger, parseReal } from "./scalars.ts";
import { MAX_DEPTH, type PlistValue } from "./value.ts";

const PROLOG =
  /^<\?xml version="1\.0" encoding="UTF-8"\?>[\t\n ]*<!DOCTYPE plist PUBLIC "[^"<>&[\]]*" "[^"<>&[\]]*">[\t\n ]*<plist version="1\.0">/;
/** References; what ends CDATA; line ends that XML reads as others; what no XML document may hold. */
// oxlint-disable-next-line no-control-regex
const UNUSUAL = /[&\0-\x08\x0b-\x1f\ufffe\uffff]|\]\]>/;

const LESS = 0x3c;
const SLASH = 0x2f;

/** Undefined: the text is not of this form, or there is something wrong with it. `maxNodes`: elements, the outermost included. */
export function readUsualXml(text: string, maxNodes: number): PlistValue | undefined {
  const prolog = PROLOG.exec(text);
  if (prolog === null || UNUSUAL.test(text)) return undefined;
  return new Walk(text, prolog[0].length, maxNodes).whole();
}

/** Thrown, once, where the text leaves the form: nothing of it is told to anyone. */
const OTHER = new Error("not of the usual form");

class Walk {
  readonly #text: string;
  #at: number;
  #left: number;
  #depth = 0;

  constructor(text: string, at: number, maxNodes: number) {
    this.#text = text;
    this.#at = at;
    this.#left = maxNodes - 1;
  }

  whole(): PlistValue | undefined {
    try {
      const value = this.#value(this.#name());
      if (this.#name() !== "/plist") return undefined;
      this.#blanks();
      return this.#at === this.#text.length ? value : undefined;
    } catch (error) {
      if (error === OTHER) return undefined;
      throw error;
    }
  }

  #blanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x0a && code !== 0x09 && code !== 0x20) return;
      this.#at += 1;
    }
  }

  /** What stands in the next tag: "dict", "/dict", "true/". */
  #name(): string {
    this.#blanks();
    if (this.#text.charCodeAt(this.#at) !== LESS) throw OTHER;
    const end = this.#text.indexOf(">", this.#at);
    // No name is longer; an attribute makes it so.
    if (end < 0 || end - this.#at > 9) throw OTHER;
    const name = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return name;
  }

  #value(name: string): PlistValue {
    this.#count();
    switch (name) {
      case "dict":
        return this.#within(() => this.#dict());
      case "array":
        return this.#within(() => this.#array());
      case "string":
        return this.#leaf("string");
      case "string/":
        return "";
      case "dict/":
        return this.#within(() => new Map());
      case "array/":
        return this.#within(() => []);
      case "true/":
        return true;
      case "false/":
        return false;
      case "integer":
        return known(parseInteger(this.#leaf("integer")));
      case "real":
        return { real: known(parseReal(this.#leaf("real"))) };
      case "date":
        return known(parseDate(this.#leaf("date")));
      case "data":
        return known(parseData(this.#leaf("data")));
      default:
        throw OTHER;
    }
  }

  #dict(): PlistValue {
    const map = new Map<string, PlistValue>();
    for (let name = this.#name(); name !== "/dict"; name = this.#name()) {
      if (name !== "key") throw OTHER;
      this.#count();
      const key = this.#leaf("key");
      if (map.has(key)) throw OTHER;
      map.set(key, this.#value(this.#name()));
    }
    return map;
  }

  #array(): PlistValue {
    const items: PlistValue[] = [];
    for (let name = this.#name(); name !== "/array"; name = this.#name()) items.push(this.#value(name));
    return items;
  }

  /** Text up to the end of this element. */
  #leaf(name: string): string {
    const end = this.#text.indexOf("<", this.#at);
    if (end < 0 || this.#text.charCodeAt(end + 1) !== SLASH || !this.#text.startsWith(name, end + 2)) throw OTHER;
    if (this.#text.charCodeAt(end + 2 + name.length) !== 0x3e) throw OTHER;
    const text = this.#text.slice(this.#at, end);
    this.#at = end + 3 + name.length;
    return text;
  }

  /** A container is one level deeper. */
  #within(read: () => PlistValue): PlistValue {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw OTHER;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw OTHER;
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw OTHER;
  return value;
}
