/** What a module loads when it runs: its imports and theirs, types aside. */
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { readImports } from "./read-imports.ts";

export interface Reach {
  /** Files of the project, as paths from its root. */
  readonly files: ReadonlySet<string>;
  /** Packages and parts of Node, as they are written. */
  readonly packages: ReadonlySet<string>;
}

/** `start`: paths from `root`. What is loaded only once it is asked for, or by another thread, counts too. */
export function reachOf(root: string, start: readonly string[]): Reach {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const { specifier, typeOnly } of readImports(file, readFileSync(join(root, file), "utf8")).imports) {
      if (typeOnly || specifier === "") continue;
      if (specifier.startsWith(".")) waiting.push(posix.join(dirname(file), specifier));
      else packages.add(specifier);
    }
  }
  return { files, packages };
}
