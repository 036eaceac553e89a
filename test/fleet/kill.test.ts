/** Guarantee 1 at full length: a fleet is brought to its version by a server that is killed again and again. */
import { beforeAll, describe, expect, it } from "vitest";
import { killFindings } from "./findings.ts";
import { killPlan } from "./kill-plan.ts";
import { type KilledOutcome, runKilled } from "./killed-run.ts";
import { type Outcome, QUICK_KINDS } from "./outcome.ts";
import { runVirtually } from "./virtual-run.ts";

const COUNT = 50;
const KILLS = 20;
const RUN = { count: COUNT, kinds: QUICK_KINDS, seed: "kill" } as const;
/** Real ms; a run that is stuck ends itself long before. */
const NEVER = 3_600_000;

describe(`guarantees 1, 2 and 11: ${COUNT} devices, a server killed ${KILLS} times`, () => {
  let calm: Outcome;
  let killed: KilledOutcome;

  beforeAll(async () => {
    calm = await runVirtually(RUN);
    killed = await runKilled({ ...RUN, nextKill: killPlan(RUN.seed, KILLS) });
  }, NEVER);

  it("brings every device to its end, and all kills came before that", () => {
    expect([calm.unsettled, killed.unsettled]).toEqual([[], []]);
    expect(killed.kills).toBe(KILLS);
    expect(killed.devices).toHaveLength(COUNT);
  });

  it("ends as the undisturbed run: every answer stored once, no install twice or outside its window", () => {
    expect(killFindings(calm, killed)).toEqual([]);
  });

  it("was busy when it was killed", () => {
    const answers = killed.devices.reduce((sum, { record }) => sum + record.answersAcknowledged.length, 0);
    expect(answers).toBeGreaterThan(COUNT * 2);
    expect(killed.devices.filter(({ record }) => record.installsExecuted.length === 1).length).toBeGreaterThan(0);
  });

  it("was of both generations", () => {
    const installs = killed.devices.flatMap(({ record }) => record.installsExecuted);
    const declared = installs.filter((install) => install.declared !== undefined).length;
    expect(Math.min(declared, installs.length - declared)).toBeGreaterThan(5);
  });
});
