/** The renewal of an identity as a table: its rows when it is due → its rows afterwards. Times of renewals are real time. */
import { describe } from "vitest";
import type { RenewalRow } from "../../store/index.ts";
import { challengeRow } from "../../store/suite-rows.ts";
import {
  caller,
  command,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  idle,
  MINUTE,
  NOW,
  says,
  table,
} from "../enrollment/one-device.suite.ts";
import { poll } from "../commands/poll.ts";
import { dropRenewal, postponeRenewal, renew } from "./renewal.ts";

const END = NOW + 60 * DAY;
const row = (more: Partial<RenewalRow> = {}): RenewalRow => ({
  enrollmentId: "e1",
  endsAt: END,
  dueAt: NOW,
  attempts: 2,
  leaseUntil: NOW + MINUTE,
  error: null,
  errorAt: null,
  ...more,
});
const made = challengeRow("new", { purpose: "renew", enrollmentId: "e1", createdAt: NOW });
const input = {
  enrollmentId: "e1",
  endsAt: END,
  challenge: made,
  uuid: "renewal",
  bytes: new Uint8Array([1]),
  shown: null as Uint8Array | null,
  staleBefore: NOW - 7 * DAY,
  dueAt: NOW + DAY,
  firstId: ID,
  now: NOW,
};
const before = command("before", { purpose: "renew", requestType: "InstallProfile", once: 1 });
const own = (createdAt: number) => challengeRow("old", { purpose: "renew", enrollmentId: "e1", createdAt });
const sent = {
  "command e1/renewal": { requestType: "InstallProfile", origin: "care", purpose: "renew", once: 1, state: "queued" },
  "challenge new": made,
  "renewal e1": { dueAt: NOW + DAY, leaseUntil: 0, attempts: 3 },
  "enrollment e1": { dueAt: NOW + 15 * MINUTE },
  "outbox push:e1": { dueAt: NOW },
};
const replaced = {
  ...sent,
  "command e1/before": "gone",
  "closedCommand e1/before": { outcome: "withdrawn" },
};
const waits = { changed: { "renewal e1": { dueAt: NOW + DAY, leaseUntil: 0 } }, reply: "waiting", notes: [] };
const unneeded = { changed: {}, reply: "not-needed" };

describe("a renewal that is due", () => {
  table(renew, input, [
    ["is sent", { input: {}, rows: device({ renewal: [row()] }), changed: sent, notes: ["command-queued"] }],
    [
      "is sent, and shown without its challenge",
      { input: { shown: new Uint8Array([2]) }, rows: device({ renewal: [row()] }), changed: sent },
    ],
    [
      "does not put off an earlier look at the device",
      {
        input: {},
        rows: device({ renewal: [row()], enrollment: [enrollment({ dueAt: NOW + 1 })] }),
        changed: Object.fromEntries(Object.entries(sent).filter(([name]) => name !== "enrollment e1")),
      },
    ],
    ["is not sent where there is none", { input: {}, rows: device(), ...unneeded }],
    [
      "is not sent where another identity speaks by now",
      { input: {}, rows: device({ renewal: [row({ endsAt: END + 1 })] }), ...unneeded },
    ],
    ...(["authenticated", "checked-out", "quarantined", "removed"] as const).map(
      (state) =>
        [
          `is not sent to a device that is ${state}`,
          { input: {}, rows: device({ renewal: [row()], enrollment: [enrollment({ state })] }), ...unneeded },
        ] as const,
    ),
    [
      "waits while one is outstanding whose challenge is good",
      { input: {}, rows: device({ renewal: [row()], command: [before], challenge: [own(NOW)] }), ...waits },
    ],
    [
      "waits while one is outstanding that is just old enough to be kept",
      { input: {}, rows: device({ renewal: [row()], command: [before], challenge: [own(NOW - 7 * DAY)] }), ...waits },
    ],
    [
      "takes the place of one that is a millisecond older",
      {
        input: {},
        rows: device({ renewal: [row()], command: [before], challenge: [own(NOW - 7 * DAY - 1)] }),
        changed: { ...replaced, "challenge old": "gone" },
      },
    ],
    [
      "waits by the newest challenge, not the oldest",
      {
        input: {},
        rows: device({
          renewal: [row()],
          command: [before],
          challenge: [own(NOW), { ...own(NOW - 9 * DAY), hash: "older" }],
        }),
        ...waits,
      },
    ],
    [
      "takes the place of one whose challenge has gone",
      { input: {}, rows: device({ renewal: [row()], command: [before] }), changed: replaced },
    ],
    [
      "ends the challenges of those before it, answered or not",
      {
        input: {},
        rows: device({ renewal: [row()], challenge: [own(NOW)] }),
        changed: { ...sent, "challenge old": "gone" },
      },
    ],
    [
      "is no matter of an admin's own InstallProfile",
      {
        input: {},
        rows: device({
          renewal: [row()],
          command: [command("raw", { requestType: "InstallProfile", origin: "raw" })],
        }),
        changed: sent,
      },
    ],
  ]);
});

const put = {
  enrollmentId: "e1",
  endsAt: END,
  dueAt: (NOW + DAY) as number | null,
  because: null as string | null,
  now: NOW,
};
describe("a renewal that is put off", () => {
  table(postponeRenewal, put, [
    [
      "comes at its new time",
      {
        input: {},
        rows: device({ renewal: [row()] }),
        changed: { "renewal e1": { dueAt: NOW + DAY, leaseUntil: 0 } },
        notes: [],
      },
    ],
    [
      "never comes where the identity is not ours",
      { input: { dueAt: null }, rows: device({ renewal: [row()] }), changed: { "renewal e1": { dueAt: null } } },
    ],
    [
      "says why",
      {
        input: { because: "a rule" },
        rows: device({ renewal: [row()] }),
        changed: { "renewal e1": { error: "a rule", errorAt: NOW } },
        notes: ["renewal-impossible"],
      },
    ],
    [
      "keeps an older error where there is no newer",
      {
        input: {},
        rows: device({ renewal: [row({ error: "before", errorAt: 5 })] }),
        changed: { "renewal e1": { dueAt: NOW + DAY, leaseUntil: 0 } },
      },
    ],
    [
      "changes nothing where another identity speaks by now",
      { input: {}, rows: device({ renewal: [row({ endsAt: END + 1 })] }), changed: {} },
    ],
  ]);
  table(dropRenewal, { enrollmentId: "e1" }, [
    [
      "is dropped when its enrollment has left",
      { input: {}, rows: device({ renewal: [row()] }), changed: { "renewal e1": "gone" } },
    ],
    ["is dropped once", { input: {}, rows: device(), changed: {} }],
  ]);
});

describe("the answer to a renewal", () => {
  const { der: _der, ...shown } = caller.shown;
  const out = command("before", {
    purpose: "renew",
    requestType: "InstallProfile",
    once: 1,
    state: "offered",
    offers: 1,
  });
  const rows = (more: Partial<RenewalRow> = {}) => device({ renewal: [row(more)], command: [out] });
  const closed = { "command e1/before": "gone", "closedCommand e1/before": {} };
  table(poll, { shown, message: says({ Status: "Error", CommandUUID: "before" }), now: NOW, firstId: ID }, [
    [
      "that is an error is kept where the warning finds it",
      {
        input: {},
        rows: rows(),
        changed: { ...closed, "renewal e1": { error: "The device answered Error and gave no reason.", errorAt: NOW } },
      },
    ],
    [
      "that is a newer error takes the place of an older",
      {
        input: {},
        rows: rows({ error: "older", errorAt: NOW - HOUR }),
        changed: { ...closed, "renewal e1": { errorAt: NOW } },
      },
    ],
    [
      "that it was accepted is no error",
      { input: { message: says({ Status: "Acknowledged", CommandUUID: "before" }) }, rows: rows(), changed: closed },
    ],
    [
      "that got lost is missed, and no error: the next look sends another",
      {
        input: { message: idle },
        rows: rows(),
        changed: { "command e1/before": "gone", "closedCommand e1/before": { outcome: "answer-lost" } },
      },
    ],
  ]);
});
