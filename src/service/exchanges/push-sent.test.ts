import { describe, expect, it } from "vitest";
import { enrollmentRow } from "../../store/suite-rows.ts";
import type { EnrollmentRow, Write } from "../../store/index.ts";
import { pushSent, type PushResult } from "./push-sent.ts";

const NOW = 1_000_000;
const TOKEN_AT = 500;

function after(
  outcome: PushResult,
  before: Partial<EnrollmentRow> = {},
  more: { attempts?: number; token?: boolean } = {},
) {
  const row = enrollmentRow("e", { pushable: 1, ...before });
  const token = more.token === false ? [] : [{ owner: "e", name: "PushToken", sealed: new Uint8Array(), at: TOKEN_AT }];
  const ask = { enrollmentId: "e", generation: 7, attempts: more.attempts ?? 0, outcome, now: NOW };
  const { writes } = pushSent.decide(ask, { token, enrollment: [row] });
  const of = (table: string) =>
    (writes as readonly Write[]).filter((write) => "patch" in write && write.patch === table) as readonly {
      where: object;
      set: Partial<EnrollmentRow>;
    }[];
  const kept = of("enrollment").reduce<EnrollmentRow>((sum, { set }) => ({ ...sum, ...set }), row);
  return {
    pushable: kept.pushable,
    accepted: kept.pushesAccepted,
    trouble: kept.pushTrouble,
    notes: writes.flatMap((write) => ("insert" in write && write.insert === "timeline" ? [write.row.kind] : [])),
    dropped: writes.some((write) => "drop" in write && write.drop === "outbox"),
    again: of("outbox").map(({ where, set }) => ({ where, set })),
  };
}

const dead = (since: number | null): PushResult => ({ kind: "dead", reason: "Unregistered", since });
const trouble = (code: "push-token-dead" | "push-topic-refused", since = NOW) =>
  ({ code, reason: code === "push-token-dead" ? "Unregistered" : "BadTopic", since }) as const;

describe("what became of a push", () => {
  it("counts only a push that Apple accepted, and ends the trouble", () => {
    const before = { pushesAccepted: 2, pushTrouble: trouble("push-topic-refused", 1) };
    expect(after({ kind: "accepted" }, before)).toMatchObject({
      accepted: 3,
      trouble: null,
      dropped: true,
      notes: ["push-sent"],
    });
  });

  it.each([
    ["a moment before the token came", TOKEN_AT - 1, 1, null],
    ["the very moment at which the token came", TOKEN_AT, 0, trouble("push-token-dead")],
    ["a moment after the token came", TOKEN_AT + 1, 0, trouble("push-token-dead")],
    ["no moment that Apple names", null, 0, trouble("push-token-dead")],
  ])("takes a verdict of %s for what it is", (_title, since, pushable, expected) => {
    const result = after(dead(since));
    expect(result).toMatchObject({
      pushable,
      trouble: expected,
      accepted: 0,
      dropped: true,
      notes: ["push-token-dead"],
    });
  });

  it("believes a verdict on a token that is not stored any more", () => {
    expect(after(dead(TOKEN_AT - 1), {}, { token: false })).toMatchObject({ pushable: 0 });
  });

  it("keeps since when the same trouble lasts, and begins anew with another", () => {
    const before = { pushTrouble: trouble("push-topic-refused", 3) };
    const again = { kind: "again", reason: "BadTopic", at: NOW + 5, trouble: "push-topic-refused" } as const;
    expect(after(again, before, { attempts: 4 }).trouble?.since).toBe(3);
    expect(after(dead(null), before).trouble).toEqual(trouble("push-token-dead"));
  });

  it("is tried again for its own cause only, and says so once", () => {
    const again = { kind: "again", reason: "Shutdown", at: NOW + 5, trouble: null } as const;
    const where = { id: "push:e", generation: 7 };
    expect(after(again)).toMatchObject({
      dropped: false,
      notes: ["push-delayed"],
      trouble: null,
      again: [{ where, set: { dueAt: NOW + 5, attempts: 1, leaseUntil: 0 } }],
    });
    expect(after(again, {}, { attempts: 1 }).notes).toEqual([]);
  });

  it("that is given up is a trouble, and counts as none", () => {
    const gone = { kind: "dropped", reason: "400 BadPriority", trouble: "push-refused" } as const;
    expect(after(gone)).toMatchObject({
      accepted: 0,
      dropped: true,
      notes: ["push-failed"],
      trouble: { code: "push-refused", reason: "400 BadPriority", since: NOW },
    });
  });
});
