/**
 * `npm run kill -- --kills 300 --seed 1`: rounds of a fleet whose server is killed again and again while it updates, each
 * beside the same fleet undisturbed. Prints what it finds; exit code 0 means nothing. On loopback; a round that is stuck ends.
 */
import { parseArgs } from "node:util";
import { killFindings } from "./findings.ts";
import { killPlan } from "./kill-plan.ts";
import { runKilled } from "./killed-run.ts";
import { QUICK_KINDS } from "./outcome.ts";
import { runVirtually } from "./virtual-run.ts";

/** More kills than that would find a fleet that has come to its end. */
const KILLS_A_ROUND = 25;
const DEVICES = 50;
const ROUND = { count: DEVICES, kinds: QUICK_KINDS } as const;

/** Gives the exit code. */
export async function kill(argv: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const asked = options(argv);
  if (typeof asked === "string") {
    process.stderr.write(`${asked}\nUsage: npm run kill -- [--kills 1..10000] [--seed WORD]\n`);
    return 2;
  }
  const { kills: wanted, seed } = asked;
  const findings: string[] = [];
  let kills = 0;
  for (let round = 1; kills < wanted; round += 1) {
    const run = { ...ROUND, seed: `${seed}/${round}` };
    const nextKill = killPlan(run.seed, Math.min(KILLS_A_ROUND, wanted - kills));
    const [calm, killed] = [await runVirtually(run), await runKilled({ ...run, nextKill })];
    kills += killed.kills;
    const found = killFindings(calm, killed);
    findings.push(...found.map((text) => `round ${round}: ${text}`));
    say(`round ${round}, seed ${run.seed}, ${DEVICES} devices: ${killed.kills} kills; ${found.length} findings`);
    for (const text of found) say(`  ${text}`);
    if (killed.kills === 0) return 1;
  }
  say(`${kills} kills, ${findings.length} findings.`);
  return findings.length === 0 ? 0 : 1;
}

function options(argv: readonly string[]): { kills: number; seed: string } | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { kills: { type: "string", default: "300" }, seed: { type: "string", default: "1" } },
    });
    const kills = Number(values.kills);
    const fits = /^\d+$/.test(values.kills) && kills >= 1 && kills <= 10_000;
    return fits ? { kills, seed: values.seed } : `--kills is a whole number from 1 to 10000, not "${values.kills}".`;
  } catch (error) {
    return (error as Error).message;
  }
}
