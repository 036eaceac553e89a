/** What the gate learns of a member from the steps of its job, by both mechanisms. */
import { describe, expect, it } from "vitest";
import type { Ended } from "../jobs/ended.ts";
import type { Input } from "../jobs/input.ts";
import type { Job } from "../jobs/job.ts";
import type { JobV1 } from "../jobs/job-v1.ts";
import { stepAfterEnd } from "../jobs/after-end.ts";
import { answer, DAY, dict, DUE, HOUR, MINUTE, NEW, newOne, NOON, OLD, report } from "../jobs/one-job.suite.ts";
import { step } from "../jobs/step.ts";
import { factsOf } from "./member-facts.ts";
import { type Member, memberAfter, memberFrom, memberHeard, type MemberKept } from "./member.ts";
import { outcomeOf } from "./outcome.ts";

/** A device whose job is made at noon, and what comes to it; it is heard with all that it sends. */
interface Life extends MemberKept {
  readonly job: Job;
  readonly heardAt: number;
}

const HEARD: ReadonlySet<Input["kind"]> = new Set(["answer", "offered", "unanswered", "seen", "report", "taken"]);

function live(job: Job, inputs: readonly (readonly [Input | "heard", number])[], member: Member = {}): Life {
  let kept: MemberKept = { member, startedAt: null };
  let [current, heardAt] = [job, NOON];
  for (const [input, hours] of [[{ kind: "begin" }, 0] as const, ...inputs]) {
    const now = NOON + hours * HOUR;
    if (input !== "heard") {
      const { job: after, traces } = step(current, input, now);
      kept = memberAfter(kept, { after, traces }, now);
      current = after;
    }
    if (input !== "heard" && !HEARD.has(input.kind)) continue;
    heardAt = now;
    kept = memberHeard(kept, now);
  }
  const { member: last, startedAt } = kept;
  return { member: last, startedAt, job: current, heardAt };
}

/** An ended job of which a version is seen. */
function sighted(life: Life, version: string, hours: number): Life {
  const now = NOON + hours * HOUR;
  const change = stepAfterEnd(life.job as Ended, { version, at: now }, now);
  if (change === undefined) throw new Error("nothing has changed");
  const kept = memberAfter(life, { after: change.job, traces: change.traces }, now);
  return { ...kept, job: change.job, heardAt: now };
}

function outcome(life: Life, hours: number, urgent: "normal" | "urgent" = "normal") {
  const { member, startedAt, heardAt, job } = life;
  const columns = { givenAt: job.createdAt, startedAt, lastSeenAt: heardAt, excluded: false };
  const { kind, since } = outcomeOf(factsOf(member, columns, NOON), NOON + hours * HOUR, urgent);
  return [kind, (since - NOON) / HOUR];
}
const started = ({ startedAt }: Life): number | null => (startedAt === null ? null : (startedAt - NOON) / HOUR);

const offered: Input = { kind: "offered", purpose: "install" };
const results = (Status: string, InstallAction = "InstallASAP"): Input =>
  answer("install", { UpdateResults: [dict({ ProductKey: "k", Status, InstallAction })] });
const status = (item: Parameters<typeof dict>[0]): Input =>
  answer("status", { OSUpdateStatus: [dict({ ProductKey: "k", ...item })] });
const fault = (UseEnglishDescription = "it broke"): Input => ({
  kind: "answer",
  purpose: "install",
  answer: {
    status: "Error",
    body: new Map(),
    errorChain: [{ domain: "d", code: 1, localizedDescription: UseEnglishDescription }],
  },
});

/** In one step, so that the first question is followed by the order. */
const commanded = (more: Partial<JobV1> = {}): Job => newOne({ productKey: "k", ...more });
/** As far as its order. */
const ORDERED = [
  [OLD, 0],
  [status({ IsDownloaded: true, Status: "Idle" }), 0],
  [offered, 1],
] as const;
const AGAIN = [
  [DUE, 3],
  [OLD, 3],
  [status({ IsDownloaded: true, Status: "Idle" }), 3],
  [DUE, 3],
] as const;

describe("targets R6: a member that is told by command", () => {
  it("starts when its install order is handed out, and not when that waits in the queue", () => {
    expect(started(live(commanded(), ORDERED.slice(0, 2)))).toBeNull();
    expect(started(live(commanded(), ORDERED))).toBe(1);
  });

  it("has not started where it refuses the order with NotNow", () => {
    const life = live(commanded(), [...ORDERED, [answer("install", {}, "NotNow"), 2]]);
    expect([started(life), outcome(life, 4)]).toEqual([null, ["pending", 0]]);
    // The order that it takes later counts.
    const later = live(commanded(), [...ORDERED, [answer("install", {}, "NotNow"), 2], [offered, 5]]);
    expect(started(later)).toBe(5);
  });

  it("is good when it is heard again an hour after it was seen at the release", () => {
    const reached = live(commanded(), [...ORDERED, [results("Installing"), 1], [NEW, 2]]);
    expect([reached.job.state, outcome(reached, 2)]).toEqual(["done", ["pending", 0]]);
    expect(outcome({ ...reached, heardAt: NOON + 3 * HOUR }, 3)).toEqual(["good", 3]);
  });

  it("fails when it goes back, and is good when it comes again", () => {
    const reached = live(commanded(), [...ORDERED, [results("Installing"), 1], [NEW, 2]]);
    const back = sighted(reached, "26.5", 8);
    expect([started(back), outcome(back, 8)]).toEqual([1, ["failed", 8]]);
    // Seen below again, it went back once.
    expect(outcome(sighted(back, "26.5.1", 9), 9)).toEqual(["failed", 8]);
    const again = sighted(back, "26.6.2", 20);
    expect(outcome({ ...again, heardAt: NOON + 22 * HOUR }, 22)).toEqual(["good", 21]);
  });

  it.each([
    ["is pending for an hour after it took its order", 1.9, "pending"],
    ["is unclear then", 2, "unclear"],
    ["for three days", 72.9, "unclear"],
    ["and lost after them", 73, "lost"],
  ])("that is silent %s", (_title, hours, kind) => {
    const life = live(commanded(), [...ORDERED, [results("Installing"), 1]]);
    expect(outcome(life, hours)[0]).toBe(kind);
  });

  it("is lost after 12 hours in an urgent run", () => {
    const life = live(commanded(), [...ORDERED, [results("Installing"), 1]]);
    expect([outcome(life, 12.9, "urgent"), outcome(life, 13, "urgent")]).toEqual([
      ["unclear", 2],
      ["lost", 13],
    ]);
  });

  const silent: readonly [string, readonly (readonly [Input, number])[], string][] = [
    ["its order was handed out and it never answered", [], "pending"],
    ["it took its order and said nothing of what it does", [[results("Idle"), 1]], "lost"],
    ["it took its order by beginning to download", [[results("Downloading"), 1]], "lost"],
    [
      "it said later that it downloads",
      [
        [results("Downloading"), 1],
        [status({ Status: "Downloading" }), 2],
      ],
      "pending",
    ],
    [
      "it said later that it has it downloaded",
      [
        [results("Installing"), 1],
        [status({ IsDownloaded: true, Status: "Idle" }), 2],
      ],
      "pending",
    ],
    [
      "it said later that nothing is in progress, and may be about to restart",
      [
        [results("Installing"), 1],
        [status({ Status: "Idle" }), 2],
      ],
      "lost",
    ],
    ["it refused its order with an error", [[fault(), 1]], "failed"],
  ];
  it.each(silent)("silent for five days after %s", (_title, inputs, kind) => {
    expect(outcome(live(commanded(), [...ORDERED, ...inputs]), 5 * 24)[0]).toBe(kind);
  });

  it.each([
    ["install-failed", results("InstallFailed")],
    ["device-error", fault()],
  ])("fails after %s twice, or where it lasts a day", (reason, sign) => {
    const once = live(commanded(), [...ORDERED, [sign, 1]]);
    expect([once.job.reason, outcome(once, 24.9)[0], outcome(once, 25)]).toEqual([reason, "pending", ["failed", 25]]);
    const twice = live(commanded(), [...ORDERED, [sign, 1], ...AGAIN, [offered, 3.5], [sign, 4]]);
    expect(outcome(twice, 5)).toEqual(["failed", 4]);
    const third = live(commanded(), [...ORDERED, [sign, 1], ...AGAIN, [offered, 3.5], [sign, 4], [sign, 9]]);
    expect(outcome(third, 9)).toEqual(["failed", 4]);
  });

  it("fails where it says twice that there is no update for it", () => {
    const none: Input = { kind: "known", events: [{ kind: "noUpdate", detail: "none" }] };
    const no: readonly (readonly [Input, number])[] = [
      [none, 1],
      [OLD, 1],
    ];
    const once = live(commanded(), [...ORDERED, ...no]);
    expect([once.job.reason, outcome(once, 2)[0]]).toEqual(["no-update", "pending"]);
    const late: readonly (readonly [Input, number])[] = no.map(([input, at]) => [input, at + 5]);
    expect(outcome(live(commanded(), [...ORDERED, ...no, ...AGAIN, [offered, 5], ...late]), 7)).toEqual(["failed", 6]);
  });

  it("has not failed where the sign is over within the day", () => {
    const life = live(commanded(), [
      ...ORDERED,
      [results("InstallFailed"), 1],
      ...AGAIN,
      [offered, 5],
      [results("Installing"), 5],
    ]);
    const heard = { ...life, heardAt: NOON + 30 * HOUR };
    expect(outcome(heard, 30)).toEqual(["pending", 0]);
  });

  it("has not failed while it has not started", () => {
    const download = (life: readonly (readonly [Input, number])[]) => live(commanded({ productKey: "k" }), life);
    const error: Input = { ...(fault() as Extract<Input, { kind: "answer" }>), purpose: "download" };
    const life = download([
      [OLD, 0],
      [status({ IsDownloaded: false, Status: "Idle" }), 0],
      [error, 1],
    ]);
    expect([life.job.reason, started(life), outcome(life, 30)[0]]).toEqual(["device-error", null, "pending"]);
  });

  it.each([
    ["insufficient-power", results("InstallInsufficientPower")],
    ["insufficient-space", results("InstallInsufficientSpace")],
    ["phone-call", results("InstallPhoneCallInProgress")],
  ])("is hindered by %s, from when that is said until it gets further", (reason, sign) => {
    const life = live(commanded(), [...ORDERED, [sign, 1]]);
    expect([life.job.reason, outcome(life, 4)]).toEqual([reason, ["hindered", 1]]);
    const more = live(commanded(), [...ORDERED, [sign, 1], ...AGAIN, [offered, 5], [sign, 5]]);
    expect(outcome(more, 6)).toEqual(["hindered", 1]);
    const further = live(commanded(), [...ORDERED, [sign, 1], ...AGAIN, [offered, 5], [results("Downloading"), 5]]);
    expect(outcome(further, 5.5)).toEqual(["pending", 0]);
  });

  it("is hindered before, where its job before this one was", () => {
    const before = live(commanded(), [...ORDERED, [results("InstallInsufficientSpace"), 1]]).member;
    const former = memberFrom({ ...before, hinderedSince: NOON - DAY });
    const fresh = live(commanded(), ORDERED, former);
    expect(outcome(fresh, 2)).toEqual(["pending", 0]);
    expect(outcome(live(commanded(), [...ORDERED, [results("InstallInsufficientSpace"), 1]], former), 2)).toEqual([
      "hindered-before",
      -24,
    ]);
    // It got further meanwhile.
    const further = [...ORDERED, [results("Downloading"), 1], [results("InstallInsufficientSpace"), 2]] as const;
    expect(outcome(live(commanded(), further, former), 3)).toEqual(["hindered", 2]);
    expect(memberFrom({ hinderedSince: NOON, reachedAt: NOON })).toEqual({});
    expect(memberFrom(null)).toEqual({});
  });

  it("is hindered before, where it was known that the Mac needs its user", () => {
    const mac = { platform: "macOS", bootstrapToken: "missing" } as const;
    const life = live(commanded(mac), [...ORDERED, [results("InstallFailed"), 1]]);
    expect([life.job.reason, outcome(life, 2)[0]]).toEqual(["bootstrap-token-missing", "hindered-before"]);
  });

  const ends: readonly [string, Partial<JobV1> & { signs?: true }, Input, number, string][] = [
    [
      "fails where its job gave up after install-failed",
      { tries: { hindered: 8 } as Job["tries"] },
      results("InstallFailed"),
      2,
      "failed",
    ],
    [
      "does not fail where its job gave up after a lack of space",
      { tries: { hindered: 15 } as Job["tries"] },
      results("InstallInsufficientSpace"),
      2,
      "hindered",
    ],
    [
      "fails where its job ends while it shows a sign",
      { expiresAt: NOON + 2 * HOUR, tries: { hindered: 1 } as Job["tries"], signs: true },
      DUE,
      3,
      "failed",
    ],
    ["does not fail where it left", {}, { kind: "gone", cause: "checked-out" }, 2, "pending"],
    ["does not fail where its job ends in silence", { expiresAt: NOON + 2 * HOUR }, DUE, 3, "pending"],
  ];
  it.each(ends)("%s", (_title, more, last, at, kind) => {
    const tries = { unheard: 0, hindered: 0, looks: 0, downloads: 0, scans: 0, ...more.tries };
    const base = live(commanded(), more.signs === true ? [...ORDERED, [results("InstallFailed"), 1]] : ORDERED);
    const before = {
      ...base.job,
      tries,
      ...(more.expiresAt === undefined ? {} : { expiresAt: more.expiresAt }),
    } as Job;
    const { job, traces } = step(before, last, NOON + at * HOUR);
    const kept = memberAfter(base, { after: job, traces }, NOON + at * HOUR);
    expect([job.state, outcome({ ...kept, job, heardAt: NOON + at * HOUR }, at)[0]]).toEqual(["failed", kind]);
  });
});

const MOMENT = 29;
const at = NOON + MOMENT * HOUR;
const declared = (more: Partial<JobV1> = {}): Job =>
  newOne({
    mechanism: "declaration",
    because: "declarations-preferred",
    enforcement: { local: "2026-08-26T17:00:00", at, latestAt: at, from: "deadline" },
    ...more,
  });
const TAKEN = [[{ kind: "taken" }, 1]] as const;
const IN_FORCE = [...TAKEN, [report({ installState: "waiting" }), 2]] as const;
const failing = (reason: string, count = 1): Input => report({ installState: "failed", failure: { count, reason } });

describe("targets R6: a member that is told by declaration", () => {
  it.each([
    ["has not started while it only has its declaration", [], null],
    ["has not started while it downloads", [[report({ installState: "downloading" }), 9]], null],
    ["starts when it installs", [[report({ installState: "installing" }), 9]], 9],
    ["starts when its install fails", [[failing("it broke"), 9]], 9],
    ["has not started when it is heard before its moment", [["heard", MOMENT - 0.01]], null],
    [
      "starts when it is heard at its moment",
      [
        ["heard", MOMENT],
        ["heard", MOMENT + 4],
      ],
      MOMENT,
    ],
    ["starts when it is seen at the release", [[{ kind: "seen", seen: { version: "26.6.2", at: NOON } }, 12]], 12],
  ] as readonly [string, readonly (readonly [Input | "heard", number])[], number | null][])(
    "%s",
    (_title, inputs, start) => {
      expect(started(live(declared(), [...IN_FORCE, ...inputs]))).toBe(start);
    },
  );

  it("has not started when it is heard past its moment without its declaration", () => {
    expect(started(live(declared(), [["heard", MOMENT + 1]]))).toBeNull();
  });

  it("has another moment when it fetches one, by which it starts", () => {
    const life = live(declared(), [...IN_FORCE, ["heard", MOMENT - 1]]);
    const job = {
      ...life.job,
      declared: {
        ...(life.job as { declared: object }).declared,
        enforcement: { local: "", at: at + DAY, latestAt: at + DAY, from: "deadline" },
      },
    } as Job;
    const { job: after, traces } = step(job, { kind: "seen", seen: { version: "26.5", at } }, at + HOUR);
    const moved = memberHeard(memberAfter(life, { after, traces }, at + HOUR), at + HOUR);
    expect([moved.member.momentAt, moved.startedAt]).toEqual([at + DAY, null]);
    expect(memberHeard(moved, at + DAY).startedAt).toBe(at + DAY);
  });

  const rows: readonly [string, readonly (readonly [Input | "heard", number])[], number, readonly [string, number]][] =
    [
      ["pending before its moment", [], 20, ["pending", 0]],
      [
        "unclear where it was heard last in the hour before its moment",
        [["heard", MOMENT - 0.5]],
        MOMENT + 1,
        ["unclear", MOMENT + 0.5],
      ],
      [
        "away where it is silent from before its moment until three days after it",
        [["heard", MOMENT - 2]],
        MOMENT + 72,
        ["away", MOMENT + 72],
      ],
      ["pending a moment before that", [["heard", MOMENT - 2]], MOMENT + 71.9, ["pending", 0]],
      ["lost three days after it began to install", [[report({ installState: "installing" }), 10]], 82, ["lost", 82]],
      [
        "pending where it said then that it does not install",
        [
          [report({ installState: "installing" }), 10],
          [report({ installState: "none" }), 11],
        ],
        25,
        ["pending", 0],
      ],
      ["pending a day after its moment, where it does nothing", [["heard", MOMENT + 30]], MOMENT + 30, ["pending", 0]],
      [
        "failed a day after its moment, where it reports a failure and is still below",
        [
          [failing("it broke"), MOMENT + 1],
          ["heard", MOMENT + 24],
        ],
        MOMENT + 24,
        ["failed", MOMENT + 24],
      ],
      [
        "not failed before that",
        [
          [failing("it broke"), MOMENT + 1],
          ["heard", MOMENT + 23.9],
        ],
        MOMENT + 23.9,
        ["pending", 0],
      ],
      [
        "failed from its report on, where that comes later",
        [[failing("it broke"), MOMENT + 40]],
        MOMENT + 40,
        ["failed", MOMENT + 40],
      ],
      [
        "hindered, where its report names a cause that is not the release's",
        [
          [failing("The network connection was lost."), MOMENT + 1],
          ["heard", MOMENT + 24],
        ],
        MOMENT + 24,
        ["hindered", MOMENT + 1],
      ],
      [
        "hindered, where it waits for a passcode",
        [
          [failing("A passcode is required."), MOMENT + 1],
          ["heard", MOMENT + 24],
        ],
        MOMENT + 24,
        ["hindered", MOMENT + 1],
      ],
      [
        "hindered, where it has the update and does not begin",
        [[report({ installState: "prepared" }), MOMENT + 3]],
        MOMENT + 4,
        ["hindered", MOMENT + 3],
      ],
      [
        "good, where a failure was followed by the release",
        [
          [failing("it broke"), MOMENT + 1],
          [{ kind: "seen", seen: { version: "26.6.1", at: NOON } }, MOMENT + 5],
          ["heard", MOMENT + 6],
        ],
        MOMENT + 40,
        ["good", MOMENT + 6],
      ],
    ];
  it.each(rows)("is %s", (_title, inputs, hours, expected) => {
    expect(outcome(live(declared(), [...IN_FORCE, ...inputs]), hours)).toEqual(expected);
  });

  it("keeps the same object while nothing is new", () => {
    const life = live(declared(), IN_FORCE);
    const again = step(life.job, report({ installState: "waiting" }), NOON + 3 * HOUR);
    const kept = memberAfter(life, { after: again.job, traces: again.traces }, NOON + 3 * HOUR);
    expect(kept).toBe(life);
    const past = memberHeard(life, at);
    expect([memberHeard(life, at - 1), memberHeard(past, at + MINUTE)]).toEqual([life, past]);
  });
});

describe("a member that was there before it was given anything", () => {
  it("fails when it goes back", () => {
    const over: Ended = {
      state: "done",
      reason: "already-there",
      params: {},
      since: NOON,
      wanted: { version: "26.6.1", major: false },
    };
    const change = stepAfterEnd(over, { version: "26.5", at }, at);
    const kept = memberAfter(
      { member: {}, startedAt: null },
      { after: change?.job ?? over, traces: change?.traces ?? [] },
      at,
    );
    expect(kept.member).toEqual({ wentBackAt: at });
  });
});
