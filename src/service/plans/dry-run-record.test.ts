/** Dry runs as rows: how many are kept and how long, and what becomes of one that was not stored to its end. */
import { describe } from "vitest";
import { dryRunRow } from "../../store/suite-rows.ts";
import { NOW, table } from "../enrollment/one-device.suite.ts";
import { addDryRun, addDryRunPage, endDryRun, forgetDryRuns, KEPT_FOR } from "./dry-run-record.ts";

const page = (dryRunId: string, n = 0) => ({ dryRunId, n, doc: { decisions: [], ids: [], places: [] } });
const run = (id: string, at: number, devices = 1) => dryRunRow(id, { at, devices, expiresAt: at + KEPT_FOR });
const fresh = run("new", NOW, 100);

describe("a dry run that is stored", () => {
  table(addDryRun, fresh, [
    [
      "is a row, beside those that are kept",
      { input: {}, rows: { dryRun: [run("a", NOW - KEPT_FOR + 1)] }, changed: { "dryRun new": fresh } },
    ],
    [
      "takes the place of those that have expired, with their pages",
      {
        input: {},
        rows: { dryRun: [run("a", NOW - KEPT_FOR), run("b", NOW)], dryRunPage: [page("a"), page("a", 1), page("b")] },
        changed: { "dryRun new": fresh, "dryRun a": "gone", "dryRunPage a/0": "gone", "dryRunPage a/1": "gone" },
      },
    ],
    [
      "takes the place of the oldest where there are 200",
      {
        input: {},
        rows: { dryRun: Array.from({ length: 200 }, (_none, n) => run(`r${n + 100}`, NOW - n)) },
        changed: { "dryRun new": fresh, "dryRun r299": "gone" },
      },
    ],
    [
      "takes the place of the oldest where all have more than two million devices",
      {
        input: {},
        rows: { dryRun: [run("a", NOW - 1, 1_000_000), run("b", NOW - 2, 999_900), run("c", NOW - 3, 1)] },
        changed: { "dryRun new": fresh, "dryRun c": "gone" },
      },
    ],
    [
      "is kept alone where it has more than two million itself",
      {
        input: { devices: 3_000_000 },
        rows: { dryRun: [run("a", NOW - 1)] },
        changed: { "dryRun new": { ...fresh, devices: 3_000_000 }, "dryRun a": "gone" },
      },
    ],
    [
      "takes the place of one from a clock that was far ahead",
      {
        input: {},
        rows: { dryRun: [run("a", NOW + KEPT_FOR + 1), run("b", NOW + KEPT_FOR)] },
        changed: { "dryRun new": fresh, "dryRun a": "gone" },
      },
    ],
  ]);
});

describe("a page of a dry run", () => {
  const doc = { decisions: [], ids: [], places: [] };
  table(addDryRunPage, { dryRunId: "a", n: 1, page: doc }, [
    ["is a row", { input: {}, rows: { dryRun: [run("a", NOW)] }, changed: { "dryRunPage a/1": page("a", 1) } }],
    ["is not stored where its dry run has gone already", { input: {}, rows: {}, changed: {} }],
  ]);
});

describe("a dry run of which all pages are stored", () => {
  table(endDryRun, { dryRunId: "a", hash: "h" }, [
    [
      "is found by its hash, and no other",
      { input: {}, rows: { dryRun: [run("a", NOW), run("b", NOW)] }, changed: { "dryRun a": { hash: "h" } } },
    ],
    ["has gone already", { input: {}, rows: { dryRun: [run("b", NOW)] }, changed: {} }],
  ]);
});

describe("dry runs that have expired", () => {
  table(forgetDryRuns, { now: NOW }, [
    [
      "are forgotten, and no others",
      {
        input: {},
        rows: { dryRun: [run("a", NOW - KEPT_FOR), run("b", NOW - KEPT_FOR + 1)], dryRunPage: [page("a"), page("b")] },
        changed: { "dryRun a": "gone", "dryRunPage a/0": "gone" },
      },
    ],
  ]);
});
