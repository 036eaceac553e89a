/** What a device names as its OS version and is none: it is kept and said, never compared, and no device is "there" by it. */
import { isVersion } from "../../protocol/index.ts";

/** Characters that go into a sentence. */
const MOST_SAID = 100;

/** The text, clipped; undefined where it is a version, empty, or no text. */
export function oddVersion(said: unknown): string | undefined {
  if (typeof said !== "string" || said === "" || isVersion(said)) return undefined;
  return said.slice(0, MOST_SAID);
}
