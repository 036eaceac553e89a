/** Every code that a person reads of has words, and every word has a code: a code that is added without words is found here. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { isNode, walk } from "../../test/nodes.ts";
import { FETCH_CAUSES, RELEASE_STATES } from "../catalog/index.ts";
import * as contract from "../contract/index.ts";
import { DEVICE_WARNINGS, FETCH_CAUSES as CONTRACT_CAUSES, JOB_STATES } from "../contract/index.ts";
import { policyState, policyWay } from "../contract/policies.ts";
import { ERROR_GROUPS, ERRORS } from "../errors/index.ts";
import { BLOCKER_CODES, COMPLIANCE_CLASSES, COMPLIANCE_FLAGS, PLAN_ACTIONS, STATES } from "../plans/index.ts";
import { STOPPING } from "../plans/jobs/state.ts";
import { TIMELINE_KINDS } from "../store/index.ts";
import { fetchFailureWords } from "./fetches.ts";
import { GATE_CODES, gateWords } from "./gate.ts";
import { MOVE_WORDS, RECALL_WORDS } from "./deadlines.ts";
import { CLASS_LABELS, CLASS_WORDS, complianceWords, FLAG_WORDS, sharedCause } from "./compliance.ts";
import { policyDecisionWords, policyStateWords } from "./policies.ts";
import { REFUSAL_CODES } from "./refusals.ts";
import { releaseWords } from "./releases.ts";
import { STATE_WORDS } from "./states.ts";
import { timelineText } from "./timeline/timeline.ts";
import { MECHANISM_CODES } from "./verdict/mechanism.ts";
import { causeOf, REASON_CODES, SUBJECTS } from "./verdict/reasons.ts";
import { NEXT, sentenceOf } from "./verdict/verdict.ts";
import { WARNING_CODES } from "./warnings.ts";

const src = fileURLToPath(new URL("../", import.meta.url));
const sourcesOf = (folder: string): string[] =>
  readdirSync(join(src, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.(?:test|suite)\.ts$/.test(file))
    .map((file) => readFileSync(join(src, folder, file), "utf8"));

/** A code has hyphens, or is given as a reason. */
const CODE = /^[a-z]+(?:-[a-z]+)+$/;

/** Codes that a source has as values: not in types, imports, or where one is only compared. */
function codesIn(source: string): string[] {
  const { program } = parseSync("a.ts", source);
  const found: string[] = [];
  const look = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(look);
    if (!isNode(node)) return;
    const { type, value } = node;
    if (type === "Literal" && typeof value === "string" && CODE.test(value)) found.push(value);
    if (type === "Property" && nameOf(node["key"]) === "reason" && typeof literalOf(value) === "string")
      found.push(String(literalOf(value)));
    const compared = type === "BinaryExpression" || type === "SwitchCase";
    for (const [key, child] of Object.entries(node)) {
      if (isNode(child) && /^TS(?!As|Satisfies|NonNull)/.test(child.type)) continue;
      if (compared && isNode(child) && child.type === "Literal") continue;
      if (key !== "source") look(child);
    }
  };
  look(program);
  return found;
}
const literalOf = (node: unknown): unknown => (isNode(node) && node.type === "Literal" ? node["value"] : undefined);
const nameOf = (node: unknown): unknown => (isNode(node) ? (node["name"] ?? node["value"]) : undefined);

/** What else `plans` names with hyphens. */
const NO_REASONS: ReadonlySet<string> = new Set([
  ...[...STATES, ...PLAN_ACTIONS, ...RELEASE_STATES, ...MECHANISM_CODES],
  ...[...Object.keys(ERRORS), ...Object.keys(NEXT)],
  ...[...COMPLIANCE_CLASSES, ...COMPLIANCE_FLAGS],
  // Of the capability table and of blockers' classes.
  ...["product-key", "product-version", "not-yet", "needs-user"],
  // The states of a stop, all shown as "stopping".
  ...STOPPING,
  // Why a deadline moves, and why a moment is taken back: they have words of another kind.
  ...[...Object.keys(MOVE_WORDS), ...Object.keys(RECALL_WORDS)],
  // A target; the cause of a stop.
  ...["other-updates", "latest-minor", "plan-stopped", "plan-paused", "rollout-superseded"],
  // What the gate decides has its own words; problems of rings are worded where they are found; an outcome is counted.
  ...[...GATE_CODES, "last-ring", "rest-too-early", "due-too-early", "opens-too-early", "hindered-before"],
]);

/** Words for what old stores hold and nothing writes any more. */
const STORED_ONCE: readonly string[] = ["release-expired"];

describe("every code has words", () => {
  it("of the reasons that plans gives: states of a job, refusals, what is said beside them", () => {
    const given = new Set(sourcesOf("plans").flatMap(codesIn));
    expect(given.size).toBeGreaterThan(100);
    expect([...given].filter((code) => !NO_REASONS.has(code) && !REASON_CODES.includes(code))).toEqual([]);
    expect(BLOCKER_CODES.filter((code) => !REASON_CODES.includes(code))).toEqual([]);
  });

  it("of what the gate decides, with the numbers that it was decided by", () => {
    const written = sourcesOf("plans/rollouts").join("\n");
    expect(GATE_CODES.filter((code) => !written.includes(`"${code}"`))).toEqual([]);
    const numbers = {
      ...{ members: 50, reachable: 48, expected: 45, settled: 44, needed: 39 },
      ...{ started: 45, failures: 1, unclear: 0, allowed: 2, version: "26.6.2" },
    };
    for (const code of GATE_CODES) expect(gateWords(code, numbers)).toMatch(/^[a-z0-9][^?]*[^.?]$/);
    expect(gateWords("enough-good", numbers)).toBe(
      "44 of 45 reachable devices are good for 48 hours, 39 are needed; 1 of 45 failed and 0 are unclear, 2 are allowed",
    );
    expect(gateWords("unknown-code", {})).toBe("unknown-code");
  });

  it("finds a reason without words, however it is given", () => {
    const source = `
      type A = "a-type"; import "a-module";
      const f = (x) => x === "compared-only" ? say(x, "by-call") : { reason: "unhyphened", code: "by-field" };
      const g = "by-const" as const satisfies A;`;
    expect(codesIn(source)).toEqual(["by-call", "unhyphened", "by-field", "by-const"]);
  });

  it("once, and no word is left that nothing gives", () => {
    const all = SUBJECTS.flatMap((words) => Object.keys(words));
    expect(all.length).toBe(new Set(all).size);
    const written = new Set(
      ["plans", "catalog", "protocol", "service"].flatMap(sourcesOf).flatMap((source) =>
        [...walk(parseSync("a.ts", source).program)].flatMap((node) => {
          const text = node.type === "Literal" ? node["value"] : node.type === "Identifier" ? node["name"] : undefined;
          return typeof text === "string" ? [text] : [];
        }),
      ),
    );
    expect(REASON_CODES.filter((code) => !written.has(code))).toEqual(STORED_ONCE);
  });

  it.each(STATES)("of the state %s", (state) => {
    expect(STATE_WORDS[state]).toMatch(/^[a-z].*[^.]$/i);
    expect(JOB_STATES).toContain(state);
    expect(sentenceOf(state as "done", "begun", {})).toMatch(/^[A-Z][a-z ]+: the plan has just been made\.$/);
  });

  it("of compliance are those that the API can have", () => {
    expect([contract.COMPLIANCE_CLASSES, contract.COMPLIANCE_FLAGS]).toEqual([COMPLIANCE_CLASSES, COMPLIANCE_FLAGS]);
  });

  it.each(COMPLIANCE_CLASSES)("of the class of compliance %s", (kind) => {
    expect(CLASS_WORDS[kind]).toMatch(/^[a-z].*[^.]$/i);
    expect(complianceWords(kind, "not-heard", {})).toMatch(/^[A-Z].*: not heard, .*\.$/);
    expect(CLASS_LABELS[kind]).toMatch(/^[A-Z]/);
  });

  it.each(REASON_CODES)("that many devices share, without what is one device's own: %s", (code) => {
    expect(sharedCause(code, {})).not.toMatch(/\?|undefined|NaN|\(\)/);
  });

  it.each(COMPLIANCE_FLAGS)("of the flag %s", (flag) => expect(FLAG_WORDS[flag]).toMatch(/^[a-z].*[^.]$/i));

  it.each(TIMELINE_KINDS)("of the timeline's kind %s", (kind) => {
    const text = timelineText(kind, { reason: "begun" });
    expect(text).not.toBe(kind);
    expect(text).toMatch(/^[A-Z]| /);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it("of the warnings that the API can have", () => {
    expect(WARNING_CODES).toEqual(expect.arrayContaining([...DEVICE_WARNINGS]));
    expect(new Set(WARNING_CODES).size).toBe(WARNING_CODES.length);
  });

  it.each(policyWay.options)("of a policy by %s in every state", (way) => {
    const device = { enrolled: true, leftOut: [] };
    const decision = policyDecisionWords({ way, leftOut: [] }, { enrolled: true, replaces: null });
    expect(decision).toMatch(/^[A-Z].*\.$/);
    for (const state of policyState.options)
      for (const held of [0, 1] as const)
        expect(policyStateWords({ way, state, held, objection: null }, device)).toMatch(/^[A-Z].*\.$/);
  });

  it("of why a list was not fetched or taken, all of which the API can have", () => {
    expect(CONTRACT_CAUSES).toEqual(FETCH_CAUSES);
    for (const cause of FETCH_CAUSES) {
      const { sentence: text, remedy } = fetchFailureWords({ cause, detail: "the detail." });
      expect([cause, text.includes("the detail"), /^[A-Z].*\.$/.test(text), /uptick catalog/.test(remedy)]).toEqual([
        cause,
        true,
        true,
        true,
      ]);
    }
  });

  it.each([...RELEASE_STATES, "no-devices"] as const)("of a release that is %s", (state) => {
    const days = { postedOn: "2026-08-22", until: "2026-09-22" };
    expect(releaseWords(state, { listDate: "2026-08-23", listDays: 1 }, days)).toMatch(/^[A-Z].*\.$/);
  });

  it("of what the device side refuses; what can't be read brings its own sentence", () => {
    const groups = ERROR_GROUPS.filter(({ title }) => title === "Devices" || title === "Enrollment");
    const codes = groups.flatMap(({ errors }) => Object.keys(errors));
    const own = ["plist-invalid", "plist-too-large", "message-invalid", "scep-invalid"];
    expect(codes.filter((code) => !own.includes(code)).toSorted()).toEqual(REFUSAL_CODES.toSorted());
  });

  it("and a code that nobody knows is shown as it came", () => {
    expect(causeOf("toString", {})).toContain("toString");
    expect(timelineText("constructor", {})).toBe("constructor");
  });
});
