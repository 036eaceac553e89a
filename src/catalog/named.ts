/** A release by its name, and the one order of names: a version, then the letter of its improvement. */
import { compareVersions } from "../protocol/index.ts";
import { letterOf } from "./satisfy.ts";

/** `extra`: the letter of a Background Security Improvement, "a" or "(a)"; absent: the version itself. */
export interface Named {
  readonly version: string;
  readonly extra?: string;
}

/** As rows have it: null is absent. */
type Name = Pick<Named, "version"> & { readonly extra?: string | null | undefined };

/** "26" is "26.0". */
export function compareNamed(a: Name, b: Name): number {
  const [first, second] = [letterOf(a.extra ?? undefined), letterOf(b.extra ?? undefined)];
  return compareVersions(a.version, b.version) || Number(first > second) - Number(first < second);
}

export const isSameNamed = (a: Name, b: Name): boolean => compareNamed(a, b) === 0;
