/** Which methods an address takes: what has no route is answered by it. */
import { type Route, ROUTES } from "../../contract/index.ts";

const PLACES = Object.values<Route>(ROUTES).map(({ method, path }) => ({ method, parts: path.split("/") }));

/**
 * The methods of a path, sorted; empty: no route has it. OPTIONS is answered everywhere, and HEAD where GET is.
 * A path is its bytes as sent, without the query.
 */
export function methodsAt(path: string): readonly string[] {
  const asked = path.split("/");
  const fits = (part: string, i: number): boolean => (part.startsWith(":") ? asked[i] !== "" : asked[i] === part);
  const methods = PLACES.filter(({ parts }) => parts.length === asked.length && parts.every(fits)).map(
    ({ method }) => method,
  );
  if (methods.length === 0) return [];
  const more = methods.includes("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"];
  return [...new Set([...methods, ...more])].toSorted();
}
