/** What a plan decides, kept as rows: what is asked and the rows → the rows afterwards. */
import { describe } from "vitest";
import type { Decision } from "../../plans/index.ts";
import { enrollmentRow, planDeviceRow } from "../../store/suite-rows.ts";
import { NOW, SEED, table } from "../enrollment/one-device.suite.ts";
import { addDecisions, dropDecisions, noteRefused } from "./plan-devices.ts";

const params = { version: "26.5" };
const decisions: readonly Decision[] = [
  { kind: "job", enrollmentId: "e1", job: SEED },
  { kind: "compliant", enrollmentId: "e2", reason: "already-there", params, wanted: SEED.target },
  { kind: "refused", enrollmentId: "e3", reason: "not-supervised", params },
];

describe("what a plan has decided", () => {
  const open = { decidedAt: NOW, doneAt: null, jobId: null };
  table(addDecisions, { planId: "p1", decisions, now: NOW }, [
    [
      "is a row for each device, with what a job is to be made from, and nobody is told",
      {
        input: {},
        rows: { enrollment: [enrollmentRow("e1")] },
        changed: {
          "planDevice p1/e1": { ...open, kind: "job", reason: null, params: {}, seed: SEED },
          "planDevice p1/e2": { ...open, kind: "compliant", reason: "already-there", params, seed: SEED.target },
          "planDevice p1/e3": { ...open, kind: "refused", reason: "not-supervised", params, seed: null },
        },
        notes: [],
      },
    ],
  ]);
  table(dropDecisions, { planId: "p1" }, [
    [
      "goes where nothing comes of the plan, and of no other plan",
      {
        input: {},
        rows: { planDevice: [planDeviceRow("p1", "e1"), planDeviceRow("p1", "e2"), planDeviceRow("p2", "e1")] },
        changed: { "planDevice p1/e1": "gone", "planDevice p1/e2": "gone" },
      },
    ],
  ]);
});

describe("devices that a plan has refused", () => {
  const refused = { kind: "refused", reason: "busy", seed: null } as const;
  table(noteRefused, { planId: "p1", now: NOW }, [
    [
      "read so on their timelines, once, and no others",
      {
        input: {},
        rows: {
          planDevice: [
            planDeviceRow("p1", "e1", refused),
            planDeviceRow("p1", "e2", { ...refused, doneAt: 5 }),
            planDeviceRow("p1", "e3"),
            planDeviceRow("p1", "e4", refused),
            planDeviceRow("p2", "e5", refused),
          ],
        },
        changed: { "planDevice p1/e1": { doneAt: NOW }, "planDevice p1/e4": { doneAt: NOW } },
        reply: 2,
        notes: ["job-refused", "job-refused"],
      },
    ],
    ["are none any more", { input: {}, rows: { planDevice: [planDeviceRow("p1", "e3")] }, changed: {}, reply: 0 }],
    [
      "are noted some at a time",
      {
        input: {},
        rows: { planDevice: Array.from({ length: 130 }, (_, n) => planDeviceRow("p1", `e${1000 + n}`, refused)) },
        changed: Object.fromEntries(
          Array.from({ length: 100 }, (_, n) => [`planDevice p1/e${1000 + n}`, { doneAt: NOW }]),
        ),
        reply: 100,
      },
    ],
  ]);
});
