/**
 * Whatever a device answers, NotNow included, and however often: within one moment its job comes to rest. A job that asked
 * again because of an answer would ask and be answered as fast as the network carries it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "./by-command/interpret.ts";
import { DAY, dict, NEW, newOne, NOON, type Purpose, runs } from "./one-job.suite.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import type { Job } from "./job.ts";
import { MOMENTS, restless } from "./rest.suite.ts";
import { step } from "./step.ts";

const acknowledged = (body: Parameters<typeof dict>[0]): Answer => ({
  status: "Acknowledged",
  body: dict(body),
  errorChain: [],
});
const bare = (status: Answer["status"]): Answer => ({ status, body: dict({}), errorChain: [] });
const failed = (code: number): Answer => ({
  status: "Error",
  body: dict({}),
  errorChain: [{ code, domain: "MCMDMErrorDomain" }],
});
const answerIn = (input: Input): Answer => {
  if (input.kind !== "answer") throw new Error("no answer");
  return input.answer;
};
const states = (...items: Parameters<typeof dict>[0][]): Answer =>
  acknowledged({ OSUpdateStatus: items.map((item) => dict({ ProductKey: "k", ...item })) });
const lists = (...items: Parameters<typeof dict>[0][]): Answer =>
  acknowledged({ AvailableOSUpdates: items.map((item) => dict({ ProductKey: "k", ...item })) });
const results = (InstallAction: string, Status: string): Answer =>
  acknowledged({ UpdateResults: [dict({ ProductKey: "k", InstallAction, Status })] });

/** The answer gets lost. */
const LOST = bare({ unknown: "lost" });

/** What any command may be answered with. */
const ANY = [
  bare("NotNow"),
  bare("CommandFormatError"),
  bare({ unknown: "Later" }),
  acknowledged({}),
  failed(12_021),
  failed(12_008),
  failed(1),
];
const ORDERED = ["Idle", "Downloading", "Installing", "Levitating", "DownloadFailed"].map((status) =>
  results("Default", status),
);
const SAYS: Readonly<Record<Purpose, readonly Answer[]>> = {
  ask: [
    answerIn(runs("26.5", "23F77")),
    answerIn(runs("26.5", "23F77", { OSUpdateSettings: dict({ PreviousScanDate: new Date(NOON - DAY) }) })),
    answerIn(NEW),
    answerIn(runs("sixteen", "23F77")),
    ...ANY,
  ],
  status: [
    states(),
    states({ Status: "Idle", IsDownloaded: true }),
    states({ Status: "Idle", IsDownloaded: false }),
    states({ Status: "Downloading", DownloadPercentComplete: { real: 0.5 } }),
    states({ Status: "Installing" }),
    states({ ProductKey: "a", Status: "Idle" }, { ProductKey: "b", Status: "Idle" }),
    ...ANY,
  ],
  scan: [acknowledged({ ScanInitiated: true }), acknowledged({ ScanInitiated: false }), ...ANY],
  list: [
    lists(),
    lists({ Version: "26.6.1", Build: "23G83" }),
    lists({ ProductKey: "s", ProductName: "Safari" }),
    ...ANY,
  ],
  download: [...ORDERED, ...ANY],
  install: [...ORDERED, ...ANY, LOST],
};
const PURPOSES = Object.keys(SAYS) as readonly Purpose[];
const device = fc.record(
  Object.fromEntries(PURPOSES.map((purpose) => [purpose, fc.constantFrom(...SAYS[purpose])])) as {
    [P in Purpose]: fc.Arbitrary<Answer>;
  },
);

const mac = { platform: "macOS", twoSteps: false } as const;
const JOBS: readonly Job[] = [
  newOne(),
  newOne({ window: { from: "10:00", to: "16:00" } }),
  newOne({ goal: "downloaded", action: "DownloadOnly" }),
  newOne(mac),
  newOne({ ...mac, twoSteps: true, window: { from: "10:00", to: "16:00" } }),
  newOne({ ...mac, identify: "product-key" }),
  newOne({ ...mac, identify: "product-key", goal: "notified", action: "NotifyOnly" }),
  newOne({ ...mac, identify: "product-key", target: { version: "others", major: false, others: true } }),
];

/** More than any job has reason to say in one moment. */
const MOST = 40;

type Says = Readonly<Record<Purpose, Answer>>;

/** All that passes between a job and its device at `now`, until neither has more to say; undefined: it has no end. */
function exchange(from: Job, says: Says, first: Input, now: number): Job | undefined {
  let job = from;
  let isPushed = false;
  const put = (input: Input): void => {
    const after = step(job, input, now);
    job = after.job;
    isPushed ||= after.effects.some(({ kind }: Effect) => kind === "push");
  };
  put(first);
  for (let said = 0; isPushed; ) {
    isPushed = false;
    const refused = new Set<Purpose>();
    if (hasLeft(job)) put({ kind: "unanswered", purpose: "install" });
    for (;;) {
      const purpose = purposesIn(job).find((each) => !refused.has(each) && !(each === "install" && hasLeft(job)));
      if (purpose === undefined) break;
      said += 1;
      if (said > MOST) return undefined;
      // The device comes again with its answer, and takes what waits then.
      isPushed = false;
      put({ kind: "offered", purpose });
      const answer = says[purpose];
      if (answer.status === "NotNow") refused.add(purpose);
      if (answer === LOST) break;
      put({ kind: "answer", purpose, answer });
    }
  }
  return job;
}

const purposesIn = ({ out }: Job): readonly Purpose[] => PURPOSES.filter((purpose) => out[purpose] !== undefined);
/** An order is delivered once. */
const hasLeft = ({ out: { install } }: Job): boolean => install !== undefined && install.offeredAt !== null;

const moment = fc.nat(MOMENTS);

describe("a job and its device", () => {
  it("come to rest in one moment, whatever the device answers to every command of a kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(...JOBS), fc.tuple(device, device), moment, moment, (job, ways, changeAt, stopAt) => {
        expect(restless(job, ways, { changeAt, stopAt }, exchange)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });
});
