/** How a job goes on for each way a device answers: one row is a story, the answers it gives and where the job stands. */
import { describe, expect, it } from "vitest";
import type { PlistValue } from "../../protocol/index.ts";
import { bootstrapTokenOf } from "../decisions/authorise.ts";
import type { Job } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { satisfies } from "./satisfy.ts";
import type { Input } from "./input.ts";
import { step } from "./step.ts";
import type { Effect } from "./effect.ts";
import { verdictOf } from "../../words/verdict/of-job.suite.ts";
import { answer, begun, dict, DUE, HOUR, MINUTE, NEW, NOON, OLD, type Purpose, runs } from "./one-job.suite.ts";

const error = (purpose: Purpose, code: number): Input => ({
  kind: "answer",
  purpose,
  answer: { status: "Error", body: dict({}), errorChain: [{ code, domain: "MCMDMErrorDomain" }] },
});
const status = (...items: Record<string, PlistValue>[]): Input =>
  answer("status", { OSUpdateStatus: items.map((item) => dict({ ProductKey: "k", ...item })) });
const results = (purpose: Purpose, InstallAction: string, Status: string): Input =>
  answer(purpose, { UpdateResults: [dict({ ProductKey: "k", InstallAction, Status })] });
const listed = (...items: Record<string, PlistValue>[]): Input =>
  answer("list", { AvailableOSUpdates: items.map((item) => dict(item)) });
const LEFT: Input = { kind: "offered", purpose: "install" };
const DOWNLOADED = { IsDownloaded: true, Status: "Idle" };

const mac = (more: Partial<JobV1> = {}): Job =>
  begun({
    platform: "macOS",
    target: { version: "26.6.2", major: false },
    twoSteps: false,
    productKey: "k",
    ...more,
  });

/** Plays the inputs; a `due` happens at the job's own next moment. */
function play(job: Job, inputs: readonly Input[], from = NOON): { job: Job; now: number; sent: string[] } {
  let [current, now] = [job, from];
  const sent: string[] = [];
  for (const input of inputs) {
    now = input.kind === "due" ? Math.max(now, current.next?.at ?? now) : now + 1000;
    const after = step(current, input, now);
    current = after.job;
    sent.push(...after.effects.flatMap((effect: Effect) => (effect.kind === "send" ? [effect.purpose] : [])));
  }
  return { job: current, now, sent };
}
const begin: readonly Input[] = [OLD, status()];
const toInstall: readonly Input[] = [OLD, status(DOWNLOADED), LEFT];

describe("an old Mac that must list its updates first", () => {
  const target = { version: "10.14.6", major: false };
  const old = begun({ platform: "macOS", identify: "product-key", twoSteps: false, target });
  const on10 = runs("10.14.5", "18F132");
  it.each<[string, Input]>([
    [
      "a status that it can't be asked for, before 10.11.5",
      { kind: "forbidden", purpose: "status", rule: "needs 10.11.5" },
    ],
    ["a status that it answers with an error", error("status", 12021 + 60_000)],
    ["a status without the list", answer("status", {})],
    ["nothing in progress", status()],
  ])("is not held up by %s", (_what, told) => {
    const { job, sent } = play(old, [on10, told]);
    expect({ state: job.state, sent }).toEqual({ state: "scanning", sent: ["status", "scan"] });
  });

  it("says until when the update is hidden from its user, until that day", () => {
    const until = new Date(NOON + 20 * 24 * HOUR);
    const { job, now } = play(old, [
      on10,
      status(),
      answer("scan", { ScanInitiated: true }),
      DUE,
      listed({ ProductKey: "k", Version: "10.14.6", Build: "18G103", DeferredUntil: until }),
    ]);
    expect(job).toMatchObject({ state: "installing", known: { productKey: "k", deferredUntil: until.getTime() } });
    expect(verdictOf(job, now).sentence).toContain("hides the update from its user until 2026-09-14 12:00");
    expect(verdictOf(job, until.getTime() + 1).sentence).not.toContain("hides");
  });
});

describe("a job whose device answers in an unusual way", () => {
  it.each<[string, readonly Input[], object, string[]]>([
    [
      "a user is logged in on a Shared iPad: tried again in a quarter of an hour",
      [...toInstall, error("install", 12077)],
      { state: "blocked", reason: "logged-in-user" },
      ["status", "install"],
    ],
    [
      "a phone call: tried again soon",
      [...toInstall, results("install", "Error", "InstallPhoneCallInProgress"), DUE],
      { state: "asking", reason: "asking-version" },
      ["status", "install", "ask"],
    ],
    [
      "another action than asked for is kept",
      [...toInstall, results("install", "InstallLater", "Idle")],
      { state: "installing", orders: { scheduled: { asked: "InstallASAP", device: "InstallLater" } } },
      ["status", "install"],
    ],
    [
      "the download is gone: it is ordered again, once it was looked at",
      [
        ...toInstall,
        results("install", "InstallASAP", "Idle"),
        DUE,
        OLD,
        status({ IsDownloaded: false, Status: "Idle" }),
      ],
      { state: "downloading", reason: "download-ordered" },
      ["status", "install", "ask", "status", "download"],
    ],
    [
      "no UpdateResults: the version is looked at, then the progress",
      [...toInstall, answer("install", {}), OLD, status({ IsDownloaded: true, Status: "Installing" })],
      { state: "installing", reason: "installing", orders: { installs: 1 } },
      ["status", "install", "ask", "status"],
    ],
    [
      "no update available, for it is installed",
      [...toInstall, error("install", 12048), NEW],
      { state: "done", reason: "updated-by-itself" },
      ["status", "install", "ask"],
    ],
    [
      "no update available, for the device does not see it yet",
      [...begin, error("download", 12048), OLD],
      { state: "blocked", reason: "no-update" },
      ["status", "download", "ask"],
    ],
    [
      "scheduled by its user for the night: looked at again and again, never ordered twice",
      [
        ...toInstall,
        results("install", "InstallASAP", "Installing"),
        ...Array.from({ length: 30 }, () => [DUE, OLD, status({ IsDownloaded: true, Status: "Installing" })]).flat(),
      ],
      { state: "installing", reason: "installing", orders: { installs: 1 } },
      ["status", "install", ...Array.from({ length: 30 }, () => ["ask", "status"]).flat()],
    ],
  ])("%s", (_story, inputs, stands, sent) => {
    const played = play(begun(), inputs);
    expect(played.job).toMatchObject(stands);
    expect(played.sent).toEqual(sent);
  });

  it("takes an install that was met with NotNow for one that has not left: a stop takes it back", () => {
    const notNow: Input = {
      kind: "answer",
      purpose: "install",
      answer: { status: "NotNow", body: dict({}), errorChain: [] },
    };
    const { job, now } = play(begun(), [...toInstall, notNow]);
    expect(job).toMatchObject({ state: "installing", reason: "not-now", orders: { installs: 0 } });
    const stopped = step(job, { kind: "withdraw", cause: "plan-stopped" }, now);
    expect(stopped.job).toMatchObject({ state: "stopped", reason: "withdrawn" });
    expect(stopped.effects).toContainEqual({ kind: "withdraw", purpose: "install" });
    expect(play(job, [LEFT], now).job.orders.installs).toBe(1);
  });

  it("remembers over a silence that there was no update to install", () => {
    const played = play(begun(), [...toInstall, error("install", 12048), DUE, DUE, NEW]);
    expect(played.job).toMatchObject({ state: "done", reason: "updated-by-itself" });
  });

  it.each([
    ["without UpdateResults", answer("download", {})],
    ["with a status nobody knows", results("download", "DownloadOnly", "Levitating")],
  ])("gives a download order answered %s time to show before it is given again", (_how, vague) => {
    const here = play(begun(), [...begin, vague, OLD, status()]);
    expect(here.sent.filter((purpose) => purpose === "download")).toHaveLength(1);
    expect(here.job).toMatchObject({ state: "downloading", next: { action: "look-again" } });
    const distances: number[] = [];
    let { job, now } = here;
    let orderedAt = job.orders.downloadAt ?? 0;
    for (let nth = 0; nth < 200 && job.state === "downloading"; nth += 1) {
      const input: Input =
        job.out.download !== undefined
          ? vague
          : job.out.ask !== undefined
            ? OLD
            : job.out.status !== undefined
              ? status()
              : DUE;
      ({ job, now } = play(job, [input], now));
      if ((job.orders.downloadAt ?? 0) > orderedAt)
        distances.push(Math.round(((job.orders.downloadAt ?? 0) - orderedAt) / MINUTE));
      orderedAt = job.orders.downloadAt ?? 0;
    }
    expect(job).toMatchObject({ state: "blocked", reason: "download-not-starting" });
    expect(distances.length).toBe(5);
    for (const [nth, least] of [15, 30, 60, 120].entries()) expect(distances[nth]).toBeGreaterThanOrEqual(least);
  });

  it("does not try what keeps an install from beginning for ever", () => {
    let { job, now }: { job: Job; now: number } = { job: begun(), now: NOON };
    for (let nth = 0; nth < 400 && job.next !== null; nth += 1) {
      const { out } = job;
      const input: Input = out.install
        ? error("install", 12077)
        : out.ask
          ? OLD
          : out.status
            ? status(DOWNLOADED)
            : DUE;
      ({ job, now } = play(job, [input], now));
    }
    expect(job).toMatchObject({ state: "failed", reason: "logged-in-user" });
  });

  it("says since when a device is silent, and how many pushes Apple accepted", () => {
    const { job, now } = play(begun({ heardAt: NOON - HOUR }), [DUE, DUE]);
    const reach = { pushesAccepted: 2, trouble: null, lastSeenAt: NOON - HOUR };
    expect(verdictOf(job, now, reach).sentence).toContain(
      "nothing has been heard from the device since 2026-08-25 11:00, Apple accepted 2 pushes since",
    );
  });
});

describe("a Mac that needs its user", () => {
  const needy = mac({ bootstrapToken: "missing", twoSteps: true });
  const ordered: readonly Input[] = [OLD, status(DOWNLOADED), LEFT];

  it.each<[string, Parameters<typeof bootstrapTokenOf>[0], string | undefined]>([
    ["needs one, none escrowed", { required: true, allowed: "allowed", escrowed: false }, "missing"],
    ["needs one, escrowed", { required: true, allowed: "allowed", escrowed: true }, undefined],
    ["needs one and lets none do it", { required: true, allowed: "disallowed", escrowed: true }, "disallowed"],
    ["needs none", { required: false, allowed: "not supported", escrowed: false }, undefined],
    ["has not said", { required: undefined, allowed: undefined, escrowed: false }, undefined],
  ])("%s", (_who, facts, stands) => {
    expect(bootstrapTokenOf(facts)).toBe(stands);
  });

  it("is told of before anything has failed, with a remedy", () => {
    const verdict = verdictOf(needy, NOON);
    expect(verdict.sentence).toContain("needs a bootstrap token");
    expect(verdict.remedy).toContain("log in once");
  });

  it.each([
    ["does not begin", [results("install", "InstallASAP", "Idle"), DUE, OLD, status(DOWNLOADED)]],
    ["fails without a reason", [results("install", "Error", "InstallFailed")]],
  ] as const)("is blocked for that when it %s, and goes on when its token comes", (_how, inputs) => {
    const { job, now } = play(needy, [...ordered, ...inputs]);
    expect(job).toMatchObject({ state: "blocked", reason: "bootstrap-token-missing" });
    const after = step(job, { kind: "escrowed" }, now + 1);
    expect(after.job).toMatchObject({ state: "asking", next: { action: "push-again" } });
    expect(after.job.bootstrapToken).toBeUndefined();
    expect(after.effects).toContainEqual({ kind: "send", purpose: "ask", once: false });
  });

  it("is not blamed for what has a reason of its own", () => {
    const { job } = play(needy, [...ordered, results("install", "Error", "InstallInsufficientPower")]);
    expect(job.reason).toBe("insufficient-power");
  });
});

describe("a Mac whose user may put it off", () => {
  const later = mac({ action: "InstallLater", maxUserDeferrals: 3 });
  const day = new Date(NOON + 30 * HOUR);
  const told = status({
    ...DOWNLOADED,
    MaxDeferrals: 3n,
    DeferralsRemaining: 2n,
    NextScheduledInstall: day,
    PastNotifications: [new Date(NOON)],
  });
  const ordered: readonly Input[] = [
    OLD,
    status(DOWNLOADED),
    LEFT,
    results("install", "InstallLater", "Idle"),
    DUE,
    OLD,
  ];

  it("is looked at when it means to install, at most a day from now, and never ordered again before", () => {
    const { job, now } = play(later, [...ordered, told]);
    expect(job).toMatchObject({
      state: "installing",
      known: { deferrals: { max: 3, remaining: 2, nextInstallAt: day.getTime() } },
    });
    expect((job.next?.at ?? 0) - now).toBe(24 * HOUR);
    const next = play(job, [DUE, OLD, told], now);
    expect(next.job.next?.at).toBe(day.getTime() + 45 * MINUTE);
    expect(next.sent).toEqual(["ask", "status"]);
  });

  it("says how often, how often more, and when next", () => {
    const { job, now } = play(later, [...ordered, told]);
    expect(verdictOf(job, now).sentence).toContain(
      "the user may put it off 2 more times (3 in all, asked once so far); the Mac plans to install at 2026-08-26 18:00",
    );
  });

  it("is told when the update can't be put off", () => {
    const scan: Input[] = [answer("scan", { ScanInitiated: true }), DUE];
    const offer = listed({ ProductKey: "k", Version: "26.6.2", Build: "25G83", AllowsInstallLater: false });
    const { job } = play(later, [OLD, status(), ...scan, offer]);
    expect(job).toMatchObject({ state: "failed", reason: "later-not-allowed" });
  });
});

describe("a plan that only tells", () => {
  const telling = mac({ action: "NotifyOnly", goal: "notified" });
  const ordered: readonly Input[] = [OLD, status(DOWNLOADED), LEFT];
  it.each([
    ["NotifyOnly", "notified"],
    ["InstallASAP", "installing"],
  ])("that the Mac takes as %s is %s", (action, state) => {
    expect(play(telling, [...ordered, results("install", action, "Idle")]).job.state).toBe(state);
  });
});

describe("a Mac that scans for longer than five minutes", () => {
  const telling = mac({ action: "NotifyOnly", goal: "notified" });
  const safari = { ProductKey: "s", HumanReadableName: "Safari", Version: "26.5.2" };
  const os = { ProductKey: "k", HumanReadableName: "macOS", Version: "26.6.2", Build: "25G83" };
  const toScan: readonly Input[] = [OLD, status(), answer("scan", { ScanInitiated: true }), DUE];
  const old = listed(safari);
  /** The device names what it has loaded besides. */
  const both = answer("install", {
    UpdateResults: [
      dict({ ProductKey: "k", InstallAction: "NotifyOnly", Status: "Downloading" }),
      dict({ ProductKey: "s", InstallAction: "DownloadOnly", Status: "Idle" }),
    ],
  });

  it("is asked for its list again, and then understood whatever it names besides", () => {
    const early = play(telling, [...toScan, old]);
    expect(early.job).toMatchObject({ state: "scanning", reason: "scan-under-way", next: { action: "read-list" } });
    const { job, sent } = play(early.job, [DUE, listed(safari, os), LEFT, both], early.now);
    expect(sent).toEqual(["list", "install"]);
    expect(job).toMatchObject({ state: "notified" });
  });

  it("is told the version alone where its third list does not have the update either", () => {
    const { job, sent, now } = play(telling, [...toScan, old, DUE, old, DUE, old]);
    expect(sent.filter((purpose) => purpose === "list")).toHaveLength(3);
    expect(sent.at(-1)).toBe("install");
    expect(job).toMatchObject({ state: "installing", reason: "install-ordered" });
    expect(Math.floor((now - NOON) / MINUTE)).toBe(15);
  });
});

describe("what a Mac has besides its OS", () => {
  const others = mac({
    target: { version: "other-updates", major: false, others: true },
    identify: "product-key",
  });
  const scanned = (at: number): Input =>
    runs("26.5", "25F71", { OSUpdateSettings: dict({ PreviousScanDate: new Date(at) }) });
  const took = answer("scan", { ScanInitiated: true });
  const os = { ProductKey: "MSU", HumanReadableName: "macOS", Version: "26.6.2", Build: "25G83" };
  const safari = { ProductKey: "082-1", HumanReadableName: "Safari", Version: "26.6", Build: "21624.2.5" };
  const data = {
    ProductKey: "072-1",
    HumanReadableName: "XProtect",
    Version: "1",
    Build: "25A1",
    IsConfigDataUpdate: true,
  };
  const held = { ...safari, ProductKey: "9", DeferredUntil: new Date(NOON) };
  const toOrder: readonly Input[] = [scanned(1), took, DUE, scanned(2), listed(os, safari, data, held), LEFT];

  it("is ordered by key, all of it and nothing else", () => {
    const { job, sent } = play(others, toOrder);
    expect(sent).toEqual(["scan", "ask", "list", "install"]);
    expect(job.known.others).toEqual([
      { key: "082-1", name: "Safari 26.6" },
      { key: "072-1", name: "XProtect 1" },
    ]);
  });

  it("is installed when a list made after a scan does not have it any more", () => {
    const result = results("install", "InstallASAP", "Idle");
    const quiet: Input[] = [DUE, scanned(2), status(), DUE, scanned(2), status()];
    const again = play(others, [...toOrder, result, ...quiet, took, DUE]);
    // The Mac has not scanned yet: its list would still be the one of before.
    const waiting = play(again.job, [scanned(2)], again.now);
    expect(waiting.job).toMatchObject({ state: "scanning", reason: "scan-under-way" });
    const { job, now } = play(waiting.job, [DUE, scanned(3), listed(os, held)], waiting.now);
    expect(job).toMatchObject({ state: "done", reason: "other-updates-installed", end: { at: expect.any(Number) } });
    expect(verdictOf(job, now).sentence).toContain("1 is held back by a restriction");
  });

  it("is ordered again when it is still in such a list, an hour after the first order", () => {
    const quiet: Input[] = [DUE, scanned(2), status(), DUE, scanned(2), status()];
    const left = [took, DUE, scanned(3), listed(os, data)];
    const early = play(others, [...toOrder, results("install", "InstallASAP", "Idle"), ...quiet, ...left]);
    expect(early.job).toMatchObject({ state: "ready", reason: "install-not-begun", next: { action: "install" } });
    expect(early.job.known.others).toEqual([{ key: "072-1", name: "XProtect 1" }]);
    // By a list of then: the Mac may have installed it meanwhile.
    const { sent } = play(early.job, [DUE, scanned(3), took, DUE, scanned(4), listed(os, data)], early.now);
    expect(sent).toEqual(["ask", "scan", "ask", "list", "install"]);
  });

  it("is read from the list of a Mac that does not say when it scanned after half an hour", () => {
    const silent = runs("26.5", "25F71");
    const looks = (count: number): Input[] => Array.from({ length: count }, () => [DUE, silent]).flat();
    const early = play(others, [silent, took, ...looks(6)]);
    expect(early.sent).not.toContain("list");
    expect(early.job).toMatchObject({ state: "scanning", reason: "scan-under-way" });
    const { sent, now } = play(early.job, [DUE, silent], early.now);
    expect(sent).toContain("list");
    expect(now - NOON).toBeGreaterThanOrEqual(30 * MINUTE);
  });

  it("is never taken for there because of a version, or of a Mac that does not scan", () => {
    expect(satisfies(others.target, { version: "99.0" })).toBe(false);
    const never = Array.from({ length: 7 }, () => [DUE, scanned(1)]).flat();
    expect(play(others, [scanned(1), took, ...never]).job).toMatchObject({ state: "blocked", reason: "scan-failed" });
  });
});

describe("guarantee 3 with Background Security Improvements", () => {
  const base = { version: "26.6.1", major: false };
  const improved = { ...base, supplemental: { extra: "b", build: "23G6183b" } };
  const named = { ...improved, named: "23G6183b" };
  const seen = (version: string, build: string, supplementalExtra?: string, supplementalBuild?: string) => ({
    version,
    build,
    ...(supplementalExtra === undefined ? {} : { supplementalExtra }),
    ...(supplementalBuild === undefined ? {} : { supplementalBuild }),
  });
  it.each([
    ["the version without one", base, seen("26.6.1", "23G83", undefined, "23G83"), true],
    ["the version with one", base, seen("26.6.1", "23G83", "(a)", "23G6183a"), true],
    ["an older version with one", base, seen("26.6", "23G71", "(c)", "23G83"), false],
    ["another build, which the catalog may lack", base, seen("26.6.1", "23G99", "(a)", "23G83"), true],
    ["the one asked for", improved, seen("26.6.1", "23G83", "(b)", "23G6183b"), true],
    ["the same, written without brackets", improved, seen("26.6.1", "23G83", "b", "23G6183b"), true],
    ["none of it", improved, seen("26.6.1", "23G83", undefined, "23G83"), false],
    ["the one before", improved, seen("26.6.1", "23G83", "(a)", "23G6183a"), false],
    ["the one after, which holds it", improved, seen("26.6.1", "23G83", "(c)", "23G6183c"), true],
    ["the same letter in another build", improved, seen("26.6.1", "23G83", "(b)", "23G7183b"), true],
    ["the build alone, without a letter", improved, seen("26.6.1", "23G83", undefined, "23G6183b"), true],
    ["the build that was named", named, seen("26.6.1", "23G83", "(b)", "23G6183b"), true],
    ["another build of the letter, where one was named", named, seen("26.6.1", "23G83", "(b)", "23G7183b"), false],
    ["a later letter than that of the build named", named, seen("26.6.1", "23G83", "(c)", "23G6183c"), true],
    ["a beta of the version, with a letter", improved, seen("26.6.1", "23G5075b", "(b)", "23G6183b"), false],
    ["a newer version without one", improved, seen("26.6.2", "23G90"), true],
  ])("%s", (_what, target, device, there) => {
    expect(satisfies(target, device)).toBe(there);
  });
});

describe("several products in one answer", () => {
  const item = (ProductKey: string, more: Record<string, PlistValue> = {}) =>
    dict({ ProductKey, Status: "Idle", IsDownloaded: false, ...more });
  const statuses = (...items: Map<string, PlistValue>[]) => answer("status", { OSUpdateStatus: items });
  const result = (ProductKey: string, Status: string, InstallAction = "InstallASAP") =>
    dict({ ProductKey, InstallAction, Status });
  const ordered = (...items: Map<string, PlistValue>[]) => answer("install", { UpdateResults: items });
  const SAFARI = { IsDownloaded: true };
  const begins = [runs("26.5", "25F70")];
  const downloadPlan = { goal: "downloaded", action: "DownloadOnly", twoSteps: true } as const;

  it("a downloaded Safari is no downloaded macOS: nothing was ordered, so the Mac is told to look for updates", () => {
    const unknown = begun({
      platform: "macOS",
      target: { version: "26.6.2", major: false },
      ...downloadPlan,
    });
    const { job, sent } = play(unknown, [...begins, statuses(item("safari", SAFARI))]);
    expect(job.state).toBe("scanning");
    expect(sent).toEqual(["status", "scan"]);
  });

  it.each([
    ["another product first", [item("safari", SAFARI), item("k", { Status: "Downloading" })], "downloading"],
    ["the job's product first", [item("k", SAFARI), item("safari")], "downloaded"],
    ["other products only", [item("safari", SAFARI), item("xprotect", { Status: "Installing" })], "scanning"],
  ] as const)("is read by product key: %s", (_what, items, state) => {
    const { job } = play(mac(downloadPlan), [...begins, statuses(...items)]);
    expect(job.state).toBe(state);
  });

  it("asks an iPhone that lists two updates for the key of the one, and takes an only one", () => {
    const one = play(begun(), [runs("26.5", "23F77"), statuses(item("a", SAFARI))]);
    expect(one.job.state).toBe("installing");
    const two = play(begun(), [runs("26.5", "23F77"), statuses(item("a", SAFARI), item("b"))]);
    expect(two.sent.at(-1)).toBe("list");
    const known = play(two.job, [
      listed({ ProductKey: "b", Version: "26.6.1", Build: "23G83" }, { ProductKey: "a", Version: "18.7.8" }),
    ]);
    expect(known.job).toMatchObject({ known: { productKey: "b" }, state: "downloading" });
  });

  it.each([
    [
      "another product failed",
      [result("safari", "InstallFailed"), result("k", "Installing")],
      "installing",
      "installing",
    ],
    [
      "the job's product failed",
      [result("k", "InstallFailed"), result("safari", "Installing")],
      "blocked",
      "install-failed",
    ],
    [
      "none is the job's",
      [result("safari", "InstallFailed"), result("xprotect", "Idle")],
      "installing",
      "asking-version",
    ],
  ] as const)("reads the results of an order by product key: %s", (_what, items, state, reason) => {
    const { job } = play(mac(), [...begins, statuses(item("k", SAFARI)), LEFT, ordered(...items)]);
    expect([job.state, job.reason]).toEqual([state, reason]);
  });

  it("learns the key from the only result of an order by version", () => {
    const { job } = play(begun({ identify: "product-version" }), [
      runs("26.5", "23F77"),
      status(),
      results("download", "DownloadOnly", "Downloading"),
    ]);
    expect(job.known.productKey).toBe("k");
  });
});

describe("what an error chain tells", () => {
  const chain = (...items: [number, string, string?][]) =>
    items.map(([code, domain, usEnglishDescription]) => ({
      code,
      domain,
      ...(usEnglishDescription === undefined ? {} : { usEnglishDescription }),
    }));
  const refused = (purpose: Purpose, ...items: [number, string, string?][]): Input => ({
    kind: "answer",
    purpose,
    answer: { status: "Error", body: dict({}), errorChain: chain(...items) },
  });
  const failedWith = (Status: string, ...items: [number, string, string?][]): Input =>
    answer("download", {
      UpdateResults: [
        dict({
          ProductKey: "k",
          InstallAction: "DownloadOnly",
          Status,
          ErrorChain: items.map(([code, domain, words = ""]) =>
            dict({ ErrorCode: BigInt(code), ErrorDomain: domain, USEnglishDescription: words }),
          ),
        }),
      ],
    });
  const upTo = [runs("26.5", "23F77"), status()];

  it("2213 is no update: the version is asked for at once", () => {
    const { sent } = play(begun(), [...upTo, refused("download", [2213, "DeviceManagement.error", "No update"])]);
    expect(sent.at(-1)).toBe("ask");
  });

  it.each([
    [[1, "Outer", "Failed"], [103, "com.apple.softwareupdateservices.errors"], "blocked", "declaration-in-place"],
    [[1, "Outer", "Failed"], [74, "com.apple.softwareupdateservices.errors"], "failed", "refused-for-good"],
    [[1, "Outer", "Failed"], [12049, "MCMDMErrorDomain"], "blocked", "passcode"],
    [[1, "Outer", "Failed"], [99_999, "Elsewhere"], "blocked", "device-error"],
  ] as const)("reads all of it: %j, %j", (first, second, state, reason) => {
    const { job } = play(begun(), [...upTo, refused("download", [...first], [...second])]);
    expect([job.state, job.reason]).toEqual([state, reason]);
  });

  it("stays with a failure status, and names the cause where the status does not", () => {
    const plain = play(begun(), [...upTo, failedWith("DownloadFailed", [99_999, "Elsewhere", "The disk is on fire"])]);
    expect(plain.job).toMatchObject({
      reason: "download-failed",
      params: { detail: "DownloadFailed: The disk is on fire (Elsewhere 99999)" },
    });
    const known = play(begun(), [...upTo, failedWith("DownloadFailed", [12049, "MCMDMErrorDomain", "Passcode"])]);
    expect(known.job.reason).toBe("passcode");
    const space = play(begun(), [...upTo, failedWith("DownloadInsufficientSpace", [12049, "MCMDMErrorDomain", "x"])]);
    expect(space.job.reason).toBe("insufficient-space");
  });

  it("a status that can't be had under a declaration is said, not asked again at once", () => {
    const declared = refused("status", [103, "com.apple.softwareupdateservices.errors"]);
    expect(play(begun(), [runs("26.5", "23F77"), declared]).job).toMatchObject({
      state: "blocked",
      reason: "declaration-in-place",
    });
  });
});
