/** The list of devices and that of plans: each filter in each order, searches, counts, and pages deep inside. */
import type { DeviceQuery } from "../../../src/contract/index.ts";
import type { BenchOptions } from "../options.ts";
import { foreignCpu } from "../process.ts";
import { say } from "../table.ts";
import { PLANS, planId, seedHistory } from "./list-fleet.ts";
import { openServiceWorld, type ServiceWorld } from "./world.ts";

/** Console B4 (ms): the median, and p99 of all pages. */
const AIMS = { p50: 50, p99: 250 };
const LIMIT = 100;

type Filter = Omit<DeviceQuery, "limit" | "sort" | "after">;
const FILTERS: readonly (readonly [name: string, filter: Filter])[] = [
  ["none", {}],
  ["class=on-target", { class: "on-target" }],
  ["class=cannot", { class: "cannot" }],
  ["reason of a few", { reason: "hardware-ended" }],
  ["reason of nobody", { reason: "nothing" }],
  ["overdue", { overdue: true }],
  ["exposed", { exposed: true }],
  ["newest=false", { newest: false }],
  ["majorEnded", { majorEnded: true }],
  ["belowFloor", { belowFloor: true }],
  ["silentDays=7", { silentDays: 7 }],
  ["silentDays=50", { silentDays: 50 }],
  ["platform=iPadOS", { platform: "iPadOS" }],
  ["platform=watchOS", { platform: "watchOS" }],
  ["model=Mac14*", { model: "Mac14*" }],
  ["os=26.6", { os: "26.6" }],
  ["os=<18", { os: "<18" }],
  ["plan", { plan: planId(3) }],
  ["plan and ring", { plan: planId(3), ring: 1 }],
  ["tag=exam", { tag: "exam" }],
  ["tag=rare", { tag: "rare" }],
  ["group=Floor", { group: "Floor" }],
  ["rule", { rule: "model in (iPhone*, Mac14*) and (tag = pilot or group = Floor) and not tag = lab" }],
  ["enrollment=quarantined", { enrollment: "quarantined" }],
  ["mechanism=command", { mechanism: "command" }],
  ["jobState=blocked", { jobState: "blocked" }],
  ["jobState=failed", { jobState: "failed" }],
  ["jobState=scanning", { jobState: "scanning" }],
  ["jobState=refused", { jobState: "refused" }],
  ["warning=macs-need-help", { warning: "macs-need-help" }],
  ["search of all", { search: "bench" }],
  ["search of many", { search: "macos" }],
  ["search of 16", { search: "bench00012f" }],
  ["search of none", { search: "nobody has it" }],
  ["search of two letters", { search: "ma" }],
  ["search of many, class of few", { search: "bench", class: "cannot", overdue: true }],
  ["os, platform, newest", { os: "<26.6", platform: "macOS", newest: false }],
];
const ORDERS = ["name", "os", "compliance", "deadline", "lastSeen"] as const;
const SORTS: readonly DeviceQuery["sort"][] = [undefined, ...ORDERS, ...ORDERS.map((one) => `-${one}` as const)];

export async function benchLists(list: unknown, { fleet, laps }: BenchOptions): Promise<void> {
  const foreign = foreignCpu(() => [process.pid]);
  const world = await openServiceWorld(list, fleet, seedHistory);
  try {
    const { admin, actor } = world;
    await admin.scopes.setGroup(actor, "Floor", { rule: "tag = kiosk and supervised = true or tag = lab" });
    say(
      `${fleet} devices with 3 jobs and 10 timeline entries each, ${PLANS} plans; ${LIMIT} rows a page; ms. CPU: of all threads, p50.`,
    );
    sayLine("", ["p50", "p99", "CPU", "slowest order by its CPU"]);
    const all: Took[] = [];
    for (const [name, filter] of FILTERS) all.push(...(await measured(world, name, filter, laps)));
    sayTook("every filter in every order", all, verdict(all));
    await deepInside(world, laps);
    await counts(world, laps);
  } finally {
    await world.close();
  }
  say(foreign());
}

/** A filter in every order. */
async function measured({ admin }: ServiceWorld, name: string, filter: Filter, laps: number): Promise<Took[]> {
  const all: Took[] = [];
  let slowest: readonly [order: string, cpu: number] = ["", 0];
  for (const sort of SORTS) {
    const order = sort === undefined ? {} : { sort };
    const took = await times(laps, () => admin.devices.list({ ...filter, ...order, limit: LIMIT }));
    const cpu = quantile(
      took.map((one) => one.cpu),
      0.5,
    );
    if (cpu > slowest[1]) slowest = [sort ?? "enrolling", cpu];
    all.push(...took);
  }
  sayTook(name, all, `${slowest[0]} ${ms(slowest[1])}`);
  return all;
}

/** The page behind the first hundred pages, in each order. */
async function deepInside({ admin }: ServiceWorld, laps: number): Promise<void> {
  for (const sort of SORTS) {
    const order = sort === undefined ? {} : { sort };
    let after: string | undefined;
    for (let n = 0; n < 20; n += 1) {
      const { next } = await admin.devices.list({ ...order, ...(after === undefined ? {} : { after }), limit: 1000 });
      if (next === null) break;
      after = next;
    }
    const from = after === undefined ? {} : { after };
    const took = await times(laps, () => admin.devices.list({ ...order, ...from, limit: LIMIT }));
    sayTook(`behind 20,000 devices, by ${sort ?? "enrolling"}`, took);
  }
}

async function counts({ admin }: ServiceWorld, laps: number): Promise<void> {
  const asked: readonly (readonly [name: string, ask: () => Promise<unknown>])[] = [
    ...(["class", "reason", "version", "model"] as const).flatMap((by) => [
      [`aggregate by ${by}`, () => admin.devices.aggregate({ by, limit: LIMIT })] as const,
      [
        `aggregate by ${by}, platform=macOS`,
        () => admin.devices.aggregate({ by, platform: "macOS", limit: LIMIT }),
      ] as const,
    ]),
    ["count=true, newest=false", () => admin.devices.list({ newest: false, count: true, limit: 1 })],
    ["list of plans", () => admin.plans.list(undefined, LIMIT)],
    ["compliance", () => admin.devices.compliance()],
    ["status", () => admin.server.status()],
  ];
  for (const [name, ask] of asked) {
    const took = await times(laps, ask);
    sayTook(name, took);
  }
}

/** Real time, and what all threads of the process worked (ms): on a machine that is busy the second says more. */
interface Took {
  readonly ms: number;
  readonly cpu: number;
}

async function times(laps: number, work: () => Promise<unknown>): Promise<Took[]> {
  await work();
  const took: Took[] = [];
  for (let lap = 0; lap < laps; lap += 1) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    took.push({ ms: performance.now() - began, cpu: (user + system) / 1000 });
  }
  return took;
}

function sayTook(name: string, took: readonly Took[], more = ""): void {
  const real = took.map((one) => one.ms);
  const cpu = took.map((one) => one.cpu);
  sayLine(name, [ms(quantile(real, 0.5)), ms(quantile(real, 0.99)), ms(quantile(cpu, 0.5)), more]);
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

const ms = (number: number): string => number.toFixed(1);
function verdict(all: readonly Took[]): string {
  const real = all.map((one) => one.ms);
  const met = quantile(real, 0.5) <= AIMS.p50 && quantile(real, 0.99) <= AIMS.p99;
  return `aims ${AIMS.p50} and ${AIMS.p99}: ${met ? "yes" : "no"}; CPU p99 ${ms(
    quantile(
      all.map((one) => one.cpu),
      0.99,
    ),
  )}`;
}

const WIDE = 40;
const NUMBER = 9;
function sayLine(name: string, [p50 = "", p99 = "", cpu = "", more = ""]: readonly string[]): void {
  const numbers = [p50, p99, cpu].map((text) => text.padStart(NUMBER)).join("");
  say(`${name.padEnd(WIDE)}${numbers}  ${more}`.trimEnd());
}
