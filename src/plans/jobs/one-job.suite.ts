/** One job and what may come to it, for tables over jobs: an iPhone on 26.5 that goes to 26.6.1, by command or by declaration. */
import type { PlistValue } from "../../protocol/index.ts";
import type { DeclaredReport } from "./by-declaration/interpret.ts";
import type { JobV1 } from "./job-v1.ts";
import { readLiveJob } from "./upgrade.ts";
import type { Job, LiveJob } from "./job.ts";
import { newJob } from "./new-job.ts";
import type { JobSeed } from "./job.ts";
import type { Input } from "./input.ts";
import { step } from "./step.ts";

/** A Tuesday, UTC. */
export const NOON = Date.UTC(2026, 7, 25, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const SEED: JobSeed = {
  enrollmentId: "e",
  platform: "iOS",
  from: { version: "26.5" },
  target: { version: "26.6.1", major: false },
  goal: "installed",
  action: "InstallASAP",
  twoSteps: true,
  identify: "product-version",
  zone: "UTC",
  zoneKnown: true,
};

/** As a plan makes it at noon, before anything has come; `more`: in the flat words of the first version. */
export const newOne = (more: Partial<JobV1> = {}): LiveJob => {
  const { v: _v, mechanism: _way, orders, known, ...made } = newJob(SEED, { id: "j", planId: "p" }, NOON);
  return readLiveJob({ ...made, ...orders, ...known, ...more }) as LiveJob;
};

export const begun = (more: Partial<JobV1> = {}): LiveJob => walk(newOne(more), [{ kind: "begin" }, NOON]);

/** Each input at its moment. */
export const walk = (from: Job, ...inputs: readonly (readonly [Input, number])[]): LiveJob =>
  inputs.reduce((current, [input, now]) => step(current, input, now).job, from) as LiveJob;

export type Purpose = Extract<Input, { kind: "answer" }>["purpose"];
export const dict = (entries: Readonly<Record<string, PlistValue>>): Map<string, PlistValue> =>
  new Map(Object.entries(entries));

export const answer = (
  purpose: Purpose,
  body: Readonly<Record<string, PlistValue>>,
  status: "Acknowledged" | "NotNow" = "Acknowledged",
): Input => ({ kind: "answer", purpose, answer: { status, body: dict(body), errorChain: [] } });

export const runs = (OSVersion: string, BuildVersion: string, more: Readonly<Record<string, PlistValue>> = {}): Input =>
  answer("ask", { QueryResponses: dict({ OSVersion, BuildVersion, ...more }) });
export const OLD = runs("26.5", "23F77");
export const NEW = runs("26.6.1", "23G83");
export const DUE: Input = { kind: "due" };

/** What a device reports of a declaration that is in force; `more` in its place. */
export const report = (more: Partial<DeclaredReport> = {}): Input => ({
  kind: "report",
  report: { declaration: { active: true, valid: "valid", reasons: [] }, ours: true, ...more },
});
