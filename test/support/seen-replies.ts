/** Which kinds of replies a whole run of the tests has seen, and which it should have. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Route, ROUTES } from "../../src/contract/index.ts";

/** Names the folder in which each process notes what it has seen. */
export const SEEN_VARIABLE = "SEEN_REPLIES_OF_UPTICK";

/** Each declared reply as `ROUTE STATUS MEDIA`, where `undefined` stands for no body. */
export function declaredReplies(): readonly string[] {
  return Object.entries<Route>(ROUTES).flatMap(([name, { replies }]) => [
    ...new Set(replies.map(({ status, media }) => `${name} ${status} ${media ?? undefined}`)),
  ]);
}

/** Declared replies of which no process has noted one, in the order of the table. */
export function unseenReplies(folder: string): readonly string[] {
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const seen = new Set(texts.join("").split("\n"));
  return declaredReplies().filter((kind) => !seen.has(kind));
}
