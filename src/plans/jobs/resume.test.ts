/** When a paused job continues, its deadline leaves users the notice that they were promised, and keeps its time of day. */
import { describe, expect, it } from "vitest";
import { enforcementFor } from "./by-declaration/enforcement.ts";
import { declaredOf, type Job, type LiveJob } from "./job.ts";
import { newJob } from "./new-job.ts";
import { DAY, HOUR, NOON, SEED, walk } from "./one-job.suite.ts";
import { deadlineIfResumed } from "./resume.ts";

const FRIDAY = { deadline: "2026-08-28T17:00", deadlineAt: Date.UTC(2026, 7, 28, 17) } as const;
const made = (more: object = {}): LiveJob => newJob({ ...SEED, ...more }, { id: "j", planId: "p" }, NOON);
const declared = (more: object = {}): LiveJob => {
  const job = { ...SEED, ...more };
  return made({ ...job, mechanism: "declaration", enforcement: enforcementFor(job, NOON) });
};
const paused = (job: Job, at = NOON): LiveJob =>
  walk(job, [{ kind: "begin" }, NOON], [{ kind: "withdraw", cause: "plan-paused" }, at]);

describe("the deadline of a job that is resumed", () => {
  it.each<[what: string, now: number, local: string | undefined]>([
    ["more than a day ahead stays", FRIDAY.deadlineAt - DAY - 1, undefined],
    ["exactly a day ahead stays", FRIDAY.deadlineAt - DAY, undefined],
    ["a moment less ahead moves by a day", FRIDAY.deadlineAt - DAY + 1, "2026-08-29T17:00"],
    ["that is now moves by a day", FRIDAY.deadlineAt, "2026-08-29T17:00"],
    ["that has just passed moves by two", FRIDAY.deadlineAt + 1, "2026-08-30T17:00"],
    ["that passed long ago is the first with a day's notice", FRIDAY.deadlineAt + 40 * DAY + HOUR, "2026-10-09T17:00"],
  ])("%s", (_what, now, local) => {
    expect(deadlineIfResumed(made(FRIDAY), now)?.local).toBe(local);
    expect(deadlineIfResumed(declared(FRIDAY), now)?.local).toBe(local);
  });

  it("of a device whose zone is unknown leaves a day wherever it is", () => {
    const now = FRIDAY.deadlineAt - DAY - HOUR;
    expect(deadlineIfResumed(made({ ...FRIDAY, zoneKnown: false }), now)?.local).toBe("2026-08-29T17:00");
  });

  it("leaves a day before the window's last opening, where the device installs then", () => {
    const job = declared({ ...FRIDAY, window: { from: "22:00", to: "05:00" } });
    const due = deadlineIfResumed(job, Date.UTC(2026, 7, 27, 12));
    const when = enforcementFor({ ...job, deadline: due?.local ?? "none" }, Date.UTC(2026, 7, 27, 12));
    expect([due?.local, when.local]).toEqual(["2026-08-29T17:00", "2026-08-28T22:00:00"]);
  });

  it("is none where the plan has none", () => expect(deadlineIfResumed(made(), NOON + 90 * DAY)).toBeUndefined());
});

describe("a job that is resumed", () => {
  it("asks its device, and lives as long as a new one", () => {
    const later = NOON + 60 * DAY;
    const job = walk(paused(made()), [{ kind: "due" }, later], [{ kind: "resume" }, later]);
    expect(job).toMatchObject({ state: "asking", reason: "asking-version", expiresAt: later + 30 * DAY });
    expect(job.stop).toBeUndefined();
  });

  it("is not failed by the days of its pause", () => {
    const job = walk(paused(made()), [{ kind: "due" }, NOON + 300 * DAY]);
    expect(job).toMatchObject({ state: "paused", next: { action: "resume", at: NOON + 301 * DAY } });
  });

  it("declares the same, and knows what its device made of it, where that has never let go of it", () => {
    const taken = walk(declared(FRIDAY), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON + 1]);
    const job = walk(taken, [{ kind: "withdraw", cause: "halted" }, NOON + 2], [{ kind: "resume" }, NOON + 3]);
    expect(declaredOf(job)).toMatchObject({ enforcement: declaredOf(taken).enforcement, takenAt: NOON + 1 });
    expect(job.state).toBe("declaring");
  });

  it("declares as if for the first time where its device has fetched a list without it", () => {
    const taken = walk(declared(FRIDAY), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON + 1]);
    const dropped = walk(
      taken,
      [{ kind: "withdraw", cause: "halted" }, NOON + 2],
      [{ kind: "synced", listed: false }, NOON + 3],
    );
    expect(dropped).toMatchObject({ state: "last-word", reason: "withdrawal-fetched" });
    const job = walk(dropped, [{ kind: "resume" }, NOON + 4]);
    expect(declaredOf(job).takenAt).toBeUndefined();
    expect(declaredOf(job).enforcement).toEqual(declaredOf(taken).enforcement);
  });

  it("is none that was stopped", () => {
    const stopped = walk(
      declared(FRIDAY),
      [{ kind: "begin" }, NOON],
      [{ kind: "taken" }, NOON + 1],
      [{ kind: "withdraw", cause: "plan-stopped" }, NOON + 2],
    );
    expect(walk(stopped, [{ kind: "resume" }, NOON + 3])).toEqual(stopped);
  });
});
