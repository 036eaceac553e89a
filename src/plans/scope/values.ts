/** The values of a rule's fields: what each takes, and its canonical form. */
import { nearest } from "../../errors/index.ts";
import { PLATFORMS, platformNamed } from "../../protocol/index.ts";
import type { Field } from "./rule.ts";

/** What a tag is made of. */
export const TAG = /^[a-z0-9-]{1,40}$/;
export const TAG_WORDS = "1 to 40 of the characters a-z, 0-9 and -";

/** Tags that a device may have. */
export const MOST_TAGS = 50;

/** What a group is called. */
export const GROUP_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._-]{0,58}[\p{L}\p{M}\p{N}._-])?$/u;
export const GROUP_NAME_WORDS = "1 to 60 letters, digits, blanks, dots, _ or -, and begins with a letter or digit";

/** By which a group is found: its name in any case. */
export const groupKey = (name: string): string => name.normalize("NFC").toLowerCase();

/** iPads are of the platform iOS: the word means both. */
export const IPADOS = "iPadOS";
const PLATFORM_VALUES = [...PLATFORMS, IPADOS];
const MOST_OF_A_VALUE = 100;

export type Value =
  | { readonly value: string }
  /** `hint`: what is said behind the text that was found. */
  | { readonly expected: string; readonly hint?: string };

/** A value as it is written, in its canonical form; or which values the field takes. */
export function valueOf(field: Field, text: string): Value {
  switch (field) {
    case "platform": {
      const platform = text.toLowerCase() === IPADOS.toLowerCase() ? IPADOS : platformNamed(text);
      if (platform !== undefined) return { value: platform };
      return { expected: `a platform (${PLATFORM_VALUES.join(", ")})`, hint: meant(text, PLATFORM_VALUES) };
    }
    case "model":
      return /^[\w.,-]*\*?$/.test(text) && text !== "" && text.length <= MOST_OF_A_VALUE
        ? { value: text }
        : {
            expected:
              "a product type such as Mac14,2, a lookup id such as J314sAP, or the beginning of one with * at its end",
          };
    case "major":
      return /^[1-9]\d{0,2}$/.test(text) ? { value: text } : { expected: "a major OS version such as 26" };
    case "supervised": {
      const word = text.toLowerCase();
      if (word === "true" || word === "yes") return { value: "true" };
      return word === "false" || word === "no" ? { value: "false" } : { expected: "true or false" };
    }
    case "tag":
      return TAG.test(text.toLowerCase()) ? { value: text.toLowerCase() } : { expected: `a tag: ${TAG_WORDS}` };
    case "group": {
      const name = text.normalize("NFC");
      return GROUP_NAME.test(name) ? { value: name } : { expected: `the name of a group: ${GROUP_NAME_WORDS}` };
    }
    case "serial":
      return /^[^\p{C}]+$/u.test(text) && text.length <= MOST_OF_A_VALUE
        ? { value: text }
        : { expected: "a serial number" };
  }
}

/** Letters that may be wrong, missing or too many. */
const MOST_WRONG = 2;
const LONGEST_MEANT = 40;

/** ` (did you mean "macOS"?)`, or nothing. */
export function meant(text: string, words: readonly string[]): string {
  // What is much longer is near to none, and would only take time.
  const word = text.length > LONGEST_MEANT ? undefined : nearest(text, words, MOST_WRONG);
  return word === undefined ? "" : ` (did you mean "${word}"?)`;
}
