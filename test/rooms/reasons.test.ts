/**
 * A reason is what a person is told. What the machine decides by is a state or a field of its own: else a sentence that is said
 * differently changes what is done.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { isNode, type Node, walk } from "../nodes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files that may look at a reason, and why. */
const MAY: Readonly<Record<string, string>> = {
  "src/plans/verdict.ts": "chooses words by it",
  "src/plans/jobs/by-declaration/watch.ts": "says the same cause in other words once the moment has passed",
  "src/plans/compliance/progress.ts": "a class is what a person is told: nothing is done by it",
  "src/plans/jobs/upgrade.ts": "reads documents in which nothing else said it",
  "src/service/plans/tally.ts": "counts refused devices by it, for a person",
  "src/service/plans/withdrawals.ts": "counts withdrawn devices by it, for a person",
  "src/service/check-in/device-face.ts": "the reason of a refusal is an error code: chooses words by it",
  "src/service/check-in/device-answer.ts": "the same: its code on the wire",
  "src/service/server/note-refusals.ts": "the same: its kind of timeline entry",
  "src/service/server/refusals.ts": "the same: its remedy",
  "src/service/events/warning-events.ts":
    "tells warnings apart by it, for a person who is told that one began or ended",
};

const ASKED_OF_TEXT = new Set(["startsWith", "endsWith", "includes", "match"]);
const ASKED_OF_LIST = new Set(["has", "includes", "indexOf", "get"]);

const nameOf = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === "ChainExpression") return nameOf(node["expression"]);
  if (node.type === "Identifier") return node["name"] as string;
  return node.type === "MemberExpression" && node["computed"] !== true ? nameOf(node["property"]) : undefined;
};
const isReason = (node: unknown): boolean => nameOf(node) === "reason";
const isText = (node: unknown): boolean =>
  isNode(node) && (node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node["value"] === "string"));

function branches(node: Node): boolean {
  switch (node.type) {
    case "BinaryExpression":
      return (
        ["===", "!==", "==", "!="].includes(node["operator"] as string) &&
        ((isReason(node["left"]) && isText(node["right"])) || (isText(node["left"]) && isReason(node["right"])))
      );
    case "SwitchStatement":
      return isReason(node["discriminant"]);
    case "MemberExpression":
      return node["computed"] === true && isReason(node["property"]);
    case "CallExpression": {
      const callee = node["callee"];
      if (!isNode(callee) || callee.type !== "MemberExpression") return false;
      const asked = nameOf(callee) ?? "";
      const given = node["arguments"] as readonly unknown[];
      return (
        (ASKED_OF_TEXT.has(asked) && isReason(callee["object"])) || (ASKED_OF_LIST.has(asked) && given.some(isReason))
      );
    }
    default:
      return false;
  }
}

const found = (code: string): number => [...walk(parseSync("x.ts", code).program)].filter(branches).length;

const files = globSync(["src/plans/**/*.ts", "src/service/**/*.ts"], { cwd: root }).filter(
  (file) => !/\.(test|suite)\.ts$/.test(file),
);

describe("reasons", () => {
  it.each([
    'if (job.reason === "silent") stop();',
    'const a = "silent" !== reason ? 1 : 2;',
    'job?.reason === "silent";',
    "switch (job.reason) {}",
    'reason.startsWith("past-");',
    "WAITS.has(job.reason);",
    "WAITS[state].includes(job.reason);",
    "LATE[reason];",
  ])("that are decided by are found: %s", (code) => {
    expect(found(code)).toBe(1);
  });

  it.each(["say(job, reason, {}, now);", "reason === job.reason ? since : now;", 'const told = { reason: "silent" };'])(
    "that are only told are not: %s",
    (code) => {
      expect(found(code)).toBe(0);
    },
  );

  it("decide nothing in plans and service", () => {
    expect(files.length).toBeGreaterThan(100);
    const deciding = files.filter((file) => found(readFileSync(join(root, file), "utf8")) > 0);
    expect(deciding.filter((file) => MAY[file] === undefined)).toEqual([]);
  });
});
