/** An admin during one seed's week: plans, stops, pauses, halts, exclusions, raw commands, removals, at moments and with choices drawn from the seed. */
import type { Random, VirtualTime } from "../../simulator/index.ts";
import { sampleLookupService } from "../../src/catalog/index.ts";
import type { PlanRequest } from "../../src/contract/index.ts";
import { isUptickError } from "../../src/errors/index.ts";
import type { VirtualServer } from "../../src/virtual/index.ts";
import { HOUR, START, WEEK } from "./fate.ts";
import { type Machine, ServerGone } from "./machine.ts";

/** What the server has said yes to; it must stay so. */
export interface Accepted {
  readonly plans: Map<string, { readonly at: number; stoppedAt: number | undefined }>;
  /** What the server was put back to (ms UTC): it knows nothing that came since. */
  backTo: number | undefined;
  /** When it was put back to that. */
  backAt: number | undefined;
}

/** The server is put back `now` to what it was then (ms UTC): what it has said yes to since is forgotten. */
export function forgetSince(accepted: Accepted, then: number, now: number): void {
  const { plans } = accepted;
  accepted.backTo = then;
  accepted.backAt = now;
  for (const [id, plan] of plans) {
    if (plan.at >= then) plans.delete(id);
    else if (plan.stoppedAt !== undefined && plan.stoppedAt >= then) plan.stoppedAt = undefined;
  }
}

const EVERYONE = "iOS=26.6.1,macOS=26.6.2,tvOS=26.6,visionOS=26.6.1";
const TARGETS = [
  EVERYONE,
  EVERYONE,
  "latest-minor",
  "latest",
  "n-1",
  "iOS=26.6,macOS=26.6.1,tvOS=26.6,visionOS=26.6",
] as const;
const ACTIONS: readonly PlanRequest["action"][] = [
  "install",
  "install",
  "install",
  "download",
  "notify",
  "install-later",
  "force-restart",
];
const WINDOWS = ["", "22:00-05:00", "22:00-05:00", "01:30-03:00", "12:00-13:00"] as const;
const ZONES = ["America/New_York", "Europe/Berlin", "Pacific/Kiritimati", "UTC"] as const;

/** The plan of the first day brings everyone up to date, so that every week has something to be disturbed in. */
function firstPlan(dice: Random): PlanRequest {
  const window = dice.pick(WINDOWS);
  const zone = dice.pick(ZONES);
  return { to: EVERYONE, devices: ["all"], action: "install", zone, ...(window !== "" && { window }) };
}

function drawPlan(dice: Random, udids: readonly string[], now: number): PlanRequest {
  const action = dice.pick(ACTIONS);
  const window = action === "install-later" ? "" : dice.pick(WINDOWS);
  const some = udids.filter(() => dice.next() < 0.5);
  const deadline = new Date(now + dice.between(-2 * HOUR, 96 * HOUR)).toISOString().slice(0, 16);
  return {
    to: dice.pick(TARGETS),
    devices: dice.next() < 0.6 || some.length === 0 ? ["all"] : some,
    action,
    zone: dice.pick(ZONES),
    ...(window !== "" && { window }),
    ...(dice.next() < 0.3 && action !== "install-later" && action !== "notify" && { deadline }),
    ...(dice.next() < 0.5 && { replace: true }),
    ...(dice.next() < 0.3 && { allowMajor: true }),
    ...(dice.next() < 0.3 && { allowUnlisted: true }),
    ...(dice.next() < 0.3 && { allowPastDeadline: true }),
    ...((action === "force-restart" || dice.next() < 0.1) && { allowDataLoss: true }),
  };
}

type Act = (server: VirtualServer) => Promise<unknown>;

/** Something that an admin does now. */
export function drawAct(
  dice: Random,
  udids: readonly string[],
  now: number,
  accepted: Accepted,
  time: () => number,
): { readonly what: string; readonly act: Act } {
  const roll = dice.next();
  const udid = dice.pick(udids);
  const isFirst = accepted.plans.size === 0;
  if (roll < 0.3 || isFirst) {
    const request = isFirst ? firstPlan(dice) : drawPlan(dice, udids, now);
    return {
      what: `makes the plan ${JSON.stringify(request)}`,
      async act({ admin, system }) {
        const { id } = await admin.plans.create(system, request);
        accepted.plans.set(id, { at: time(), stoppedAt: undefined });
      },
    };
  }
  if (roll < 0.45) {
    const id = dice.pick([...accepted.plans.keys()]);
    return {
      what: `stops the plan ${id}`,
      async act({ admin, system }) {
        await admin.plans.stop(system, id);
        const plan = accepted.plans.get(id);
        if (plan !== undefined) plan.stoppedAt ??= time();
      },
    };
  }
  if (roll < 0.55) {
    const zone = dice.next() < 0.3 ? null : dice.pick(ZONES);
    return {
      what: `sets the zone of ${udid} to ${zone}`,
      act: ({ admin, system }) => admin.devices.setZone(system, udid, zone),
    };
  }
  if (roll < 0.65) return { what: "lets in who waits", act: adoptAll };
  if (roll > 0.85) {
    const id = dice.pick([...accepted.plans.keys()]);
    const until = new Date(now + dice.integer(1, 4) * 24 * HOUR).toISOString().slice(0, 10);
    const [what, act] = dice.pick([...holds(id), ...exclusions(udid, until)]);
    return { what, act };
  }
  const raw = rawCommand(dice);
  return {
    what: `sends ${udid} a raw command`,
    act: ({ admin, system }) => admin.commands.send(system, udid, Buffer.from(raw), { waitMs: 0, allow: undefined }),
  };
}

/** Holds a plan or all of them back, or lets them continue. */
const holds = (id: string): readonly (readonly [string, Act])[] => [
  [`pauses the plan ${id}`, ({ admin, system }) => admin.plans.pause(system, id, "a bad update")],
  [`resumes the plan ${id}`, ({ admin, system }) => admin.plans.resume(system, id)],
  ["halts all plans", ({ admin, system }) => admin.halt.start(system, "a bad update")],
  ["ends the halt", endHalt],
  ["ends the halt", endHalt],
];

/** Holds a device back until a day, or lets it continue. */
const exclusions = (udid: string, until: string): readonly (readonly [string, Act])[] => [
  [
    `excludes ${udid} until ${until}`,
    ({ admin, system }) => admin.exclusions.exclude(system, { devices: [udid], until, reason: "a trade fair" }),
  ],
  ["ends the exclusion of all devices", ({ admin, system }) => admin.exclusions.end(system, { devices: ["all"] })],
];

async function endHalt({ admin, system }: VirtualServer): Promise<unknown> {
  const { devices } = await admin.halt.tryEnd();
  return admin.halt.end(system, devices);
}

/** A harmless question, or an update command of the admin's own. */
function rawCommand(dice: Random): string {
  const uuid = dice.uuid();
  const inner =
    dice.next() < 0.4
      ? "<key>RequestType</key><string>DeviceInformation</string><key>Queries</key><array><string>OSVersion</string></array>"
      : "<key>RequestType</key><string>ScheduleOSUpdate</string><key>Updates</key><array><dict><key>InstallAction</key><string>DownloadOnly</string><key>ProductVersion</key><string>26.6.1</string></dict></array>";
  return `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CommandUUID</key><string>${uuid}</string><key>Command</key><dict>${inner}</dict></dict></plist>`;
}

async function adoptAll({ admin, system }: VirtualServer): Promise<void> {
  const { rows } = await admin.devices.waiting(undefined, 100);
  for (const { id } of rows) await admin.devices.adopt(system, id, undefined);
}

/** Apple's list on another day: as it was, without its newest releases, or with one more that no device is offered yet. */
export function feed(which: number): unknown {
  const sample = sampleLookupService();
  if (which === 0) return sample;
  const { iOS, macOS } = sample.AssetSets as Record<"iOS" | "macOS", readonly { readonly ProductVersion: string }[]>;
  if (which === 1) {
    const older = (set: typeof iOS): typeof iOS =>
      set.filter(({ ProductVersion }) => !/^26\.6\.[12]$/.test(ProductVersion));
    return { ...sample, AssetSets: { ...sample.AssetSets, iOS: older(iOS), macOS: older(macOS) } };
  }
  const newest = iOS.find(({ ProductVersion }) => ProductVersion === "26.6.1");
  const more =
    newest === undefined ? [] : [{ ...newest, ProductVersion: "26.7", Build: "23H12", PostingDate: "2026-08-26" }];
  return { ...sample, AssetSets: { ...sample.AssetSets, iOS: [...iOS, ...more] } };
}

/** Where an admin and what befalls the server meet. */
export interface Around {
  readonly time: VirtualTime;
  readonly machine: Machine;
  readonly pushService: { isAway: boolean };
  readonly accepted: Accepted;
  /** What the admin has tried so far, in words. */
  readonly acts: string[];
  readonly say: (what: string) => void;
}

/** The week of an admin: a plan on the first day, and whatever comes to mind. */
export async function administer(dice: Random, udids: readonly string[], around: Around): Promise<void> {
  const { time, machine, accepted, say } = around;
  const moments = Array.from({ length: dice.integer(1, 16) }, () => dice.between(HOUR, WEEK));
  for (const at of [dice.between(HOUR, 12 * HOUR), ...moments].toSorted((a, b) => a - b)) {
    await time.sleep(START + at - time.now());
    const { what, act } = drawAct(dice, udids, time.now(), accepted, () => time.now());
    say(`the admin ${what}: ${await said(machine.ask(act))}`);
  }
}

/** What came of it: done, refused with a code, or not known. Anything else is a fault of the server's. */
export async function said(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "done";
  } catch (error) {
    if (error instanceof ServerGone) return "the server is gone";
    if (isUptickError(error) && error.code !== "internal") return `refused: ${error.code}`;
    throw error;
  }
}
