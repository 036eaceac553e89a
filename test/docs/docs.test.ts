/** Documents say nothing that isn't there: commands parse, settings exist, links lead somewhere. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { buildProgram, processIo } from "../../src/cli/index.ts";
import { fileKey, SETTING_NAMES } from "../../src/main/config/settings.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...readdirSync(join(root, "docs")).map((file) => join("docs", file)),
];
const text = (page: string): string => readFileSync(join(root, page), "utf8");

describe("the documents", () => {
  it.each(pages)("%s links to nothing that isn't there", (page) => {
    const targets = [...text(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => target);
    const broken = targets.filter(
      (target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)),
    );
    expect(broken).toEqual([]);
  });

  it.each(pages)("%s names no command or flag that the program does not have", (page) => {
    const lines = [...text(page).matchAll(/(?:`|npx |^\s*\$ )uptick ([^`\n#]+)/gm)].map(([, words = ""]) =>
      words.trim(),
    );
    expect(lines.flatMap(unknownIn)).toEqual([]);
  });

  it.each(["docs/operations.md", "README.md", "SECURITY.md"])(
    "%s writes no setting that the table does not have",
    (page) => {
      const known: ReadonlySet<string> = new Set(SETTING_NAMES.map(fileKey));
      const written = [...text(page).matchAll(/`([a-z]+(?:-[a-z]+)+)(?:=[a-z]+| FILE)?`/g)].map(
        ([, name = ""]) => name,
      );
      expect(written.filter((name) => !known.has(name) && !NO_SETTING.has(name))).toEqual([]);
    },
  );
});

describe("the sentences of the program", () => {
  // A remedy that names a command which does not exist can't be carried out.
  it("name no command or flag that the program does not have", () => {
    const named = sources().flatMap((file) =>
      [...text(file).matchAll(/\buptick ([a-z]+(?: (?:[a-z]+|[A-Z]+(?![a-z])|--[a-z-]+))*)/g)].map(
        ([, words = ""]) => ({
          file,
          unknown: unknownIn(words),
        }),
      ),
    );
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
  });
});

/** Source files whose sentences an admin reads. */
function sources(): string[] {
  return execFileSync("git", ["ls-files", "src/*.ts"], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((file) => file.endsWith(".ts") && !/\.(?:test|suite)\.ts$/.test(file));
}

/** Codes, log events and headers of the same form. */
const NO_SETTING: ReadonlySet<string> = new Set([
  "push-topic-fixed",
  "schema-newer",
  "data-key",
  "device-request-failed",
  "loop-failed",
  "push-misconfigured",
  "file-mode-mended",
  "database-missing",
  "authority-is-new",
  "admin-token-reset",
  "account-reset",
  "plan-refused",
  "clock-suspect",
  "clock-believed",
  "device-removed",
  "serials-shared",
  "device-ambiguous",
  "bodies-over-budget",
  "server-busy",
  "database-damaged",
  "catalog-empty",
  "catalog-old",
  "catalog-fetched",
  "catalog-fetch-failed",
  "release-withdrawn",
  "major-starts",
  "release-offered-again",
  "withdrawn-releases-failed",
  "catalog-stale",
  "catalog-incomplete",
  "catalog-smaller",
  "cve-feed-invalid",
  "cve-feed-failed",
  "import-cves",
  "latest-minor",
  "maybe-expired",
  "not-posted",
  "not-offered",
  "no-devices",
]);

const io = processIo([], () => undefined);

/** They have settings of their own, and tests that hold documents to them. */
const SERVERS: ReadonlySet<string> = new Set(["serve", "demo", "simulate", "rehearse"]);

/** What of a command line the program does not know: its command, or a flag. */
function unknownIn(line: string): string[] {
  const words = line.split(/\s+/);
  const first = words[0] ?? "";
  // A flag for all commands, or "uptick" as a word of a sentence.
  if (SERVERS.has(first) || first.startsWith("-")) return [];
  // It works on the server's own data, so its flags are the server's settings.
  if ((first === "token" || first === "account") && words[1] === "reset") {
    return words.filter(
      (word) => word.startsWith("--") && !SETTING_NAMES.some((name) => word === `--${fileKey(name)}`),
    );
  }
  let command = buildProgram(io);
  const known = new Set(["--help", ...command.options.map(({ long }) => long)]);
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    for (const { long } of command.options) known.add(long);
  }
  if (command.parent === null) return [`uptick ${line}`];
  return words.filter((word) => /^--[a-z]/.test(word) && !known.has(word.split("=")[0] ?? ""));
}
