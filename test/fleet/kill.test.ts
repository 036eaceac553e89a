/** Guarantee 1 at full length: a fleet is brought to its version by a server that is killed again and again. */
import { beforeAll, describe, expect, it } from "vitest";
import { dice } from "./dice.ts";
import { killFindings } from "./findings.ts";
import { QUICK_KINDS } from "./outcome.ts";
import { type Outcome, runFleet } from "./run-fleet.ts";

const COUNT = 50;
const KILLS = 20;
const RUN = { count: COUNT, kinds: QUICK_KINDS, seed: "kill", speed: 3600, limit: 180_000 } as const;

describe(`guarantees 1, 2 and 11: ${COUNT} devices, a server killed ${KILLS} times and more`, () => {
  let calm: Outcome;
  let killed: Outcome;

  beforeAll(async () => {
    let left = KILLS + 2;
    const draw = dice(RUN.seed);
    // Anything from the middle of a start's first work to a quiet moment later.
    const nextKill = (): number | undefined => (left-- > 0 ? draw() * 900 : undefined);
    [calm, killed] = await Promise.all([runFleet(RUN), runFleet({ ...RUN, nextKill })]);
  }, 210_000);

  it("brings every device to its end", () => {
    expect([calm.settled, killed.settled]).toEqual([true, true]);
    expect(killed.kills).toBeGreaterThanOrEqual(KILLS);
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
