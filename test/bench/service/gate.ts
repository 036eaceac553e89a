/** The gate's functions over all members of a large ring: from what is stored of each to pass, ask or pause. */
import { createHash } from "node:crypto";
import { random } from "../../../simulator/random.ts";
import { type Counted, countsOf } from "../../../src/plans/rollouts/counts.ts";
import { failRule } from "../../../src/plans/rollouts/fail-rule.ts";
import { ringOf, slotOf } from "../../../src/plans/rollouts/members.ts";
import { type MemberFacts, outcomeOf } from "../../../src/plans/rollouts/outcome.ts";
import { passRule } from "../../../src/plans/rollouts/pass-rule.ts";
import type { BenchOptions } from "../options.ts";
import { say } from "../table.ts";
import { benchLook } from "./gate-look.ts";
import { median, sayTurns, takeTurns } from "./turns.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OPENED = Date.UTC(2026, 7, 18, 9);
const NOW = OPENED + 2.5 * DAY;
const MOMENT = OPENED + DAY + 8 * HOUR;
const PERCENT = 5;
/** Most a look may take for 100,000 devices (ms): targets R14, with the store's query. */
const MOST = 200;

export async function benchGate({ fleet, laps }: BenchOptions): Promise<void> {
  const members = mixedMembers(fleet);
  const counted = members.map(look);
  const counts = countsOf(counted, OPENED, NOW);
  const taken = await takeTurns(
    {
      "outcomes, counts and both rules": () => {
        judge(countsOf(members.map(look), OPENED, NOW));
        return fleet;
      },
      "counts of known outcomes": () => countsOf(counted, OPENED, NOW).members,
      "both rules of known counts": () => {
        judge(counts);
        return fleet;
      },
      "reading one field of each member": () => members.filter(({ openedAt }) => openedAt < NOW).length,
      "which ring, with its SHA-256 (once for a device)": () => ringsOf(fleet),
    },
    laps,
  );
  sayTurns(taken, "members");
  const [whole = []] = taken.values();
  const ms = median(whole.map((turn) => turn.ms));
  say(`the functions alone take ${(ms / MOST).toFixed(2)} × the ${MOST} ms of the aim, for ${fleet} members.`);
  say(`of them ${counts.good} good, ${counts.failed + counts.lost} failed or lost, ${counts.unclear} unclear`);
  await benchLook(fleet, laps);
}

const look = (member: MemberFacts): Counted => ({
  outcome: outcomeOf(member, NOW, "normal"),
  startedAt: member.startedAt,
});

function judge(counts: ReturnType<typeof countsOf>): void {
  failRule(counts, PERCENT);
  passRule(
    counts,
    {
      maxFailurePercent: PERCENT,
      last: false,
      approval: "gate",
      deadlineAt: MOMENT,
      openSince: OPENED,
      openedAt: OPENED,
    },
    NOW,
  );
}

const SHARES = [
  { name: "canary", who: { percent: 1 } },
  { name: "early", who: { percent: 10 } },
  { name: "rest", who: "rest" },
] as const;

function ringsOf(count: number): number {
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
  let placed = 0;
  for (let n = 0; n < count; n += 1) {
    const slot = slotOf("plan", `device ${n}`, sha256);
    if (ringOf(SHARES, { slot, inSetupAssistant: false, matches: () => true }) !== undefined) placed += 1;
  }
  return placed;
}

/** Two and a half days after the opening: most good, some that install, failed, are away or hindered. */
function mixedMembers(count: number): readonly MemberFacts[] {
  const drawn = random("members of a ring");
  return Array.from({ length: count }, () => {
    const startedAt = OPENED + drawn.integer(0, DAY);
    const waiting: MemberFacts = {
      openedAt: OPENED,
      givenAt: OPENED,
      startedAt: null,
      lastSeenAt: NOW - drawn.integer(0, DAY),
      reachedAt: null,
      wentBackAt: null,
      installingAt: null,
      signs: { at: [], since: null },
      report: null,
      jobFailedAt: null,
      hindrance: null,
      momentAt: MOMENT,
      excluded: false,
    };
    const share = drawn.next();
    if (share < 0.75) return { ...waiting, startedAt, reachedAt: startedAt + HOUR };
    if (share < 0.8) return { ...waiting, startedAt, installingAt: startedAt, lastSeenAt: startedAt };
    if (share < 0.82) return { ...waiting, startedAt, signs: { at: [startedAt, startedAt + HOUR], since: startedAt } };
    if (share < 0.84) return { ...waiting, startedAt, report: { at: MOMENT, namesHindrance: false } };
    if (share < 0.9) return { ...waiting, hindrance: { since: OPENED - DAY } };
    if (share < 0.95) return { ...waiting, lastSeenAt: OPENED - 6 * DAY };
    return waiting;
  });
}
