/** Circles of imports: files none of which can be read, or moved, without the others. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { readImports } from "./read-imports.ts";
import { isTest } from "./rooms.ts";

/** Each file below `folder` of `root` with what it imports there, types too; tests apart. Paths are from `root`. */
function importsBelow(root: string, folder: string): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((file) => file.endsWith(".ts") && !isTest(file));
  return new Map(
    files.map((file) => {
      const { imports } = readImports(file, readFileSync(join(root, file), "utf8"));
      const inner = imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => posix.join(dirname(file), specifier));
      return [file, inner.filter((target) => existsSync(join(root, target)))] as const;
    }),
  );
}

/** Every circle below `folder`, its files sorted; each file is in one at most (Tarjan's strongly connected components). */
export function circlesBelow(root: string, folder: string): readonly (readonly string[])[] {
  const imports = importsBelow(root, folder);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];

  function visit(file: string): number {
    const own = index.size;
    index.set(file, own);
    path.push(file);
    let lowest = own;
    for (const target of imports.get(file) ?? []) {
      if (target === file) circles.push([file]);
      if (!index.has(target)) lowest = Math.min(lowest, visit(target));
      else if (path.includes(target)) lowest = Math.min(lowest, low.get(target) ?? index.get(target) ?? own);
      low.set(file, lowest);
    }
    if (lowest === own) {
      const members = path.splice(path.lastIndexOf(file));
      if (members.length > 1) circles.push(members.toSorted());
    }
    return lowest;
  }

  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}
