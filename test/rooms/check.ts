/** Holds every import of the project against the table of rooms. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix } from "node:path";
import { type Import, readImports } from "./read-imports.ts";
import { APART, GROUNDS, isTest, type Room, roomOf, TEST_FOLDER } from "./rooms.ts";

export type Rule =
  | "backward import"
  | "shared by what stands apart"
  | "deep import"
  | "value import of a room for types only"
  | "closed door"
  | "forbidden package"
  | "forbidden builtin"
  | "import of a test"
  | "import of a file that is not there"
  | "import outside every room"
  | "computed import"
  | "file outside every room"
  | "clock in a pure room";

export interface Violation {
  readonly rule: Rule;
  readonly file: string;
  readonly line: number;
  /** What was drawn in, as written. */
  readonly what: string;
}

export interface Checked {
  readonly files: number;
  readonly violations: readonly Violation[];
}

const SCANNED = ["src", "simulator", TEST_FOLDER];

function listFiles(root: string): string[] {
  return SCANNED.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !file.includes("node_modules/"))
      .toSorted(),
  );
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function judgePackage(room: Room, specifier: string, dependencies: ReadonlySet<string>): Rule | undefined {
  if (isBuiltin(specifier)) {
    const name = specifier.startsWith("node:") ? specifier : `node:${specifier}`;
    return room.builtins === "any" || room.builtins.includes(name) ? undefined : "forbidden builtin";
  }
  const name = packageName(specifier);
  const allowed =
    room.packages === "any"
      ? dependencies.has(name)
      : room.packages.some((entry) => (entry.endsWith("/") ? name.startsWith(entry) : name === entry));
  return allowed ? undefined : "forbidden package";
}

function mayEnter(from: Room, to: Room): boolean {
  if (to.onlyFor !== undefined) return to.onlyFor.includes(from.folder);
  if (from.rooms === "any" || from.rooms.includes(to.folder)) return true;
  return from.typesOf?.includes(to.folder) ?? false;
}

function judgeFile(from: Room, target: string, seen: Import): Rule | undefined {
  const to = roomOf(target);
  if (isTest(target)) return "import of a test";
  if (to === undefined) return "import outside every room";
  if (to === from || from.partOf === to.folder) return undefined;
  if (!mayEnter(from, to)) return to.onlyFor === undefined ? "backward import" : "closed door";
  if (target !== `${to.folder}/index.ts`) return "deep import";
  const typesOnly = from.rooms !== "any" && !from.rooms.includes(to.folder);
  return typesOnly && !seen.typeOnly ? "value import of a room for types only" : undefined;
}

function judgeGround(file: string, target: string): Rule | undefined {
  const ground = GROUNDS.find((folder) => file.startsWith(`${folder}/`));
  if (ground === undefined || target.startsWith(`${ground}/`) || roomOf(file) !== roomOf(target)) return undefined;
  return "backward import";
}

function judge(root: string, file: string, room: Room, seen: Import, dependencies: Set<string>): Rule | undefined {
  if (seen.kind === "computed") return room.computedImports === true ? undefined : "computed import";
  if (!seen.specifier.startsWith(".")) return judgePackage(room, seen.specifier, dependencies);
  const target = posix.join(dirname(file), seen.specifier);
  return (
    judgeFile(room, target, seen) ??
    judgeGround(file, target) ??
    (existsSync(join(root, target)) ? undefined : "import of a file that is not there")
  );
}

/** A test is held only to the isolation of the room it lies in: it may use any package, but not the other side's code. */
function judgeTest(file: string, room: Room | undefined, seen: Import): Rule | undefined {
  if (!seen.specifier.startsWith(".")) return undefined;
  const target = posix.join(dirname(file), seen.specifier);
  const lies = (folder: string, path: string): boolean => path.startsWith(`${folder}/`);
  const apart = APART.find(({ folder }) => lies(folder, file));
  if (apart?.never.some((folder) => lies(folder, target)) === true && !apart.but.includes(target))
    return "shared by what stands apart";
  if (room?.isolated !== true) return undefined;
  return target.startsWith(`${room.folder}/`) ? undefined : "backward import";
}

/** All violations below `root`. @throws Error when there is no file to read: a check that reads nothing finds nothing. */
export function checkRooms(root: string): Checked {
  const files = listFiles(root);
  if (files.length === 0) throw new Error(`no source file below ${root}: the check of the rooms would say nothing`);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies?: object };
  const dependencies = new Set(Object.keys(manifest.dependencies ?? {}));
  const violations: Violation[] = [];
  for (const file of files) {
    const room = roomOf(file);
    const test = isTest(file);
    if (room === undefined && !test) {
      violations.push({ rule: "file outside every room", file, line: 1, what: file });
      continue;
    }
    const { imports, readsClockAt } = readImports(file, readFileSync(join(root, file), "utf8"));
    for (const seen of imports) {
      const rule =
        test || room === undefined ? judgeTest(file, room, seen) : judge(root, file, room, seen, dependencies);
      if (rule !== undefined) violations.push({ rule, file, line: seen.line, what: seen.specifier });
    }
    if (test || room?.pure !== true) continue;
    for (const line of readsClockAt) violations.push({ rule: "clock in a pure room", file, line, what: "new Date()" });
  }
  return { files: files.length, violations };
}
