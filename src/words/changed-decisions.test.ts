import { describe, expect, it } from "vitest";
import { changedWords, type DecisionInShort } from "./changed-decisions.ts";

const job: DecisionInShort = {
  kind: "job",
  release: "26.6.1",
  mechanism: "declaration",
  deadlineLocal: "2026-09-04T17:00",
  momentLocal: "2026-09-04T05:00:00",
  reason: null,
};
const other: DecisionInShort = {
  ...job,
  kind: "refused",
  release: null,
  mechanism: null,
  deadlineLocal: null,
  momentLocal: null,
};
const shown = "update to 26.6.1 by declaration, deadline 2026-09-04 17:00, install from 2026-09-04 05:00";

describe("a decision that has changed since the dry run", () => {
  it.each<[string, DecisionInShort | null, DecisionInShort | null, string]>([
    ["refused now", job, { ...other, reason: "busy" }, `The dry run showed: ${shown}. Now: refused (busy).`],
    [
      "there now",
      { ...job, mechanism: "command", deadlineLocal: null, momentLocal: null },
      { ...other, kind: "compliant", reason: "already-there" },
      "The dry run showed: update to 26.6.1 by command. Now: up to date (already-there).",
    ],
    ["not shown", null, job, `The dry run did not show this device. Now: ${shown}.`],
    [
      "in another ring",
      { ...job, ring: "Pilot" },
      { ...other, reason: "busy", ring: "Early" },
      `The dry run showed: ${shown}, in the ring "Pilot". Now: refused (busy), in the ring "Early".`,
    ],
    ["gone", job, null, `The dry run showed: ${shown}. Now the plan no longer includes this device.`],
    [
      "the same in words",
      job,
      { ...job },
      `The dry run showed: ${shown}. It is the same now, but the device has reported other facts, or the install time has passed.`,
    ],
  ])("is told with what was shown and what is decided now: %s", (_what, before, now, sentence) => {
    expect(changedWords(before, now)).toEqual({
      sentence,
      remedy: "Make another dry run, and a plan for this device from it.",
    });
  });
});
