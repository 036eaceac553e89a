/** What became of a push, as a table: the outcome and the rows → the rows afterwards. */
import { describe, expect, it } from "vitest";
import { type Rows, transaction } from "../../store/index.ts";
import { outboxRow } from "../../store/suite-rows.ts";
import { transact } from "../../store/in-memory.suite.ts";
import { type Case, device, enrollment, NOW, table } from "../enrollment/one-device.suite.ts";
import { type PushResult, type PushSent, pushesSent } from "./push-sent.ts";

const TOKEN_AT = NOW - 1000;
const input = { enrollmentId: "e1", generation: 7, attempts: 0, outcome: { kind: "accepted" } as PushResult, now: NOW };
type Row = Case<typeof input>;

/** An ask that tells of one push. */
const asOne = ({ now, ...sent }: PushSent & { readonly now: number }) => ({ results: [sent], now });
const pushSent = transaction({
  name: "one-push-sent",
  reads: (one: PushSent & { readonly now: number }) => pushesSent.reads(asOne(one)),
  decide: (one: PushSent & { readonly now: number }, seen) => pushesSent.decide(asOne(one), seen),
});

const trouble = (code: "push-token-dead" | "push-topic-refused" | "push-refused", reason: string, since = NOW) => ({
  code,
  reason,
  since,
});
const DEAD = trouble("push-token-dead", "Unregistered");
const REFUSED = trouble("push-topic-refused", "BadTopic", 3);
const dead = (since: number | null): PushResult => ({ kind: "dead", reason: "Unregistered", since });
const again = (code: "push-topic-refused" | null): PushResult => ({
  kind: "again",
  reason: "BadTopic",
  at: NOW + 5,
  trouble: code,
});

/** With a push that has left: `generation` is the cause it stands for by now. */
const rows = (more: Partial<Rows["enrollment"]> = {}, generation = 7, token = true) =>
  device({
    enrollment: [enrollment(more)],
    outbox: [{ ...outboxRow("e1", NOW), generation, leaseUntil: NOW + 60_000 }],
    secret: token ? [{ owner: "e1", name: "PushToken", sealed: new Uint8Array([1]), at: TOKEN_AT }] : [],
  });
const gone = { "outbox push:e1": "gone" };

describe("a push that Apple accepted", () => {
  table(pushSent, input, [
    [
      "is counted, and ends the trouble",
      {
        input: {},
        rows: rows({ pushesAccepted: 2, pushTrouble: REFUSED }),
        changed: { ...gone, "enrollment e1": { pushesAccepted: 3, pushTrouble: null } },
        notes: ["push-sent"],
      },
    ],
    [
      "is counted, and a newer cause stays",
      { input: {}, rows: rows({}, 8), changed: { "enrollment e1": { pushesAccepted: 1 } }, notes: ["push-sent"] },
    ],
    [
      "is no cause that an older server's clock has named",
      { input: {}, rows: rows({}, 6), changed: { "enrollment e1": { pushesAccepted: 1 } } },
    ],
    ["to a device that is gone", { input: {}, rows: { outbox: rows({}).outbox ?? [] }, changed: gone }],
  ]);
});

describe("a push token that Apple calls dead", () => {
  const believed = { ...gone, "enrollment e1": { pushable: 0, pushTrouble: DEAD } };
  const notes = ["push-token-dead"];
  table(pushSent, input, [
    [
      "since a moment before this token came, is an older one",
      { input: { outcome: dead(TOKEN_AT - 1) }, rows: rows(), changed: gone, notes },
    ],
    [
      "since the very moment at which it came",
      { input: { outcome: dead(TOKEN_AT) }, rows: rows(), changed: believed, notes },
    ],
    [
      "since a moment after it came",
      { input: { outcome: dead(TOKEN_AT + 1) }, rows: rows(), changed: believed, notes },
    ],
    ["since no moment that is named", { input: { outcome: dead(null) }, rows: rows(), changed: believed, notes }],
    [
      "is believed where the token is not stored any more",
      { input: { outcome: dead(TOKEN_AT - 1) }, rows: rows({}, 7, false), changed: believed, notes },
    ],
    [
      "is another trouble than the one before, and begins anew",
      { input: { outcome: dead(null) }, rows: rows({ pushTrouble: REFUSED }), changed: believed, notes },
    ],
    [
      "is known to be: since when, stays",
      {
        input: { outcome: dead(null) },
        rows: rows({ pushable: 0, pushTrouble: trouble("push-token-dead", "Unregistered", 3) }),
        changed: gone,
        notes,
      },
    ],
    [
      "leaves a newer cause for a push",
      { input: { outcome: dead(TOKEN_AT - 1) }, rows: rows({}, 8), changed: {}, notes },
    ],
  ]);
});

describe("a push that is tried again", () => {
  const later = { "outbox push:e1": { dueAt: NOW + 5, attempts: 1, leaseUntil: 0 } };
  table(pushSent, input, [
    [
      "says so the first time",
      { input: { outcome: again(null) }, rows: rows(), changed: later, notes: ["push-delayed"] },
    ],
    [
      "says so once",
      {
        input: { outcome: again(null), attempts: 1 },
        rows: rows(),
        changed: { "outbox push:e1": { dueAt: NOW + 5, attempts: 2, leaseUntil: 0 } },
        notes: [],
      },
    ],
    [
      "is so for its own cause only",
      { input: { outcome: again(null) }, rows: rows({}, 8), changed: {}, notes: ["push-delayed"] },
    ],
    [
      "keeps since when the same trouble lasts",
      {
        input: { outcome: again("push-topic-refused"), attempts: 4 },
        rows: rows({ pushTrouble: REFUSED }),
        changed: { "outbox push:e1": { attempts: 5 } },
      },
    ],
    [
      "for a trouble that is new",
      {
        input: { outcome: again("push-topic-refused") },
        rows: rows(),
        changed: { ...later, "enrollment e1": { pushTrouble: { ...REFUSED, since: NOW } } },
      },
    ],
  ]);
});

describe("a push that is given up", () => {
  const outcome: PushResult = { kind: "dropped", reason: "400 BadPriority", trouble: "push-refused" };
  const told = { "enrollment e1": { pushTrouble: trouble("push-refused", "400 BadPriority") } };
  const cases: readonly (readonly [string, Row])[] = [
    [
      "is a trouble, and counts as none",
      { input: { outcome }, rows: rows(), changed: { ...gone, ...told }, notes: ["push-failed"] },
    ],
    ["leaves a newer cause", { input: { outcome }, rows: rows({}, 8), changed: told, notes: ["push-failed"] }],
  ];
  table(pushSent, input, cases);
});

describe("several pushes in one ask", () => {
  const sent = (generation: number, outcome: PushResult): PushSent => ({
    enrollmentId: "e1",
    generation,
    attempts: 0,
    outcome,
  });
  it.each([
    ["to one device add up", [sent(6, { kind: "accepted" }), sent(7, { kind: "accepted" })], { pushesAccepted: 4 }],
    [
      "keep their order",
      [sent(6, dead(null)), sent(7, again("push-topic-refused"))],
      { pushable: 0, pushTrouble: { ...REFUSED, since: NOW } },
    ],
    [
      "keep since when the same trouble lasts",
      [sent(6, dead(null)), sent(7, dead(null))],
      { pushable: 0, pushTrouble: DEAD },
    ],
  ])("%s", (_title, results, expected) => {
    const { changed } = transact(pushesSent, { results, now: NOW }, rows({ pushesAccepted: 2 }));
    expect(changed["enrollment e1"]).toMatchObject(expected);
  });
});
