/** A rehearsal of 10,000 devices over 30 days: what it took, and its limit. */
import { hashSecret } from "../../../src/identity/index.ts";
import type { PlanRequest } from "../../../src/contract/index.ts";
import { ASSUMED, catalogOf, type InventoryDevice, planOf, play, summaryOf } from "../../../src/rehearsal/index.ts";
import { say } from "../table.ts";
import { listToUse } from "./world.ts";

const DEVICES = 10_000;
const DAYS = 30;
const LIMIT = 60;
const STARTS_AT = Date.UTC(2026, 7, 24);
const PLAN: PlanRequest = {
  name: "All",
  to: "latest-minor",
  action: "install",
  standing: true,
  zone: "Europe/Berlin",
  deadline: "+17d 17:00",
  skipWeekdays: ["fri", "sat", "sun"],
  rings: [
    { name: "Pilot", who: { percent: 5 }, opens: 0, due: 2, approval: "gate" },
    { name: "Early", who: { percent: 20 }, opens: 8, due: 9, approval: "gate" },
    { name: "Everyone", who: "rest", opens: 15, due: 17, approval: "gate" },
  ],
};

export async function benchRehearsal(): Promise<void> {
  const list = listToUse();
  const began = performance.now();
  const before = process.cpuUsage();
  const plan = planOf({ request: PLAN, defaultZone: undefined, id: "plan", hasTags: false, now: STARTS_AT });
  const played = play({
    ...{
      plan,
      devices: Array.from({ length: DEVICES }, (_none, n) => deviceAt(n)),
      catalog: catalogOf(list, STARTS_AT),
    },
    ...{ startsAt: STARTS_AT, days: DAYS, assumed: ASSUMED, seed: "1", hash: hashSecret },
  });
  const arrived = summaryOf(played).adoption.at(-1)?.atNewest ?? 0;
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1e6).toFixed(1);
  const verdict = seconds < LIMIT ? "" : "  MISSED";
  say(
    `rehearsal of ${DEVICES} devices over ${DAYS} days: ${seconds.toFixed(1)} s, CPU ${cpu} s (limit ${LIMIT} s)  ${arrived} arrive${verdict}`,
  );
}

const KINDS = [
  { model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.5" },
  { model: "iPhone17,1", board: null, platform: "iOS", osVersion: "26.5" },
  { model: "Mac14,2", board: "J413AP", platform: "macOS", osVersion: "15.6" },
  { model: "iPhone17,1", board: null, platform: "iOS", osVersion: "18.5" },
] as const satisfies readonly Partial<InventoryDevice>[];

function deviceAt(n: number): InventoryDevice {
  const kind = KINDS[n % KINDS.length] ?? KINDS[0];
  return { ...kind, serial: `S${n}`, tags: [], zone: n % 5 === 0 ? "America/New_York" : "Europe/Berlin" };
}
