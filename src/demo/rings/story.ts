/**
 * The story of rings: Macs follow a standing plan in three rings, Apple posts a release that fails on one model, and the demo's
 * admin does what an admin does then.
 */
import type { DeviceView, RingView, RolloutView } from "../../contract/index.ts";
import { clockOf, type Ending, isKnown } from "../play.ts";
import { feed, type Stage, type Troupe } from "../stage.ts";
import type { View } from "../view.ts";
import type { Course, News } from "./course.ts";
import { failedDevices } from "./failed.ts";
import { dayAndTime, nextAt } from "./local-time.ts";
import { castOf, listed, MAC_COUNT, PLAN, RELEASE, RINGS, type Role, rolesOf, TAG, ZONE } from "./macs.ts";
import {
  blockReason,
  blockNews,
  decisionNews,
  END_NEWS,
  failingNews,
  POSTED_NEWS,
  RESUME_NEWS,
  RESUME_REASON,
  type RingSeen,
} from "./news.ts";

const HOUR = 3_600_000;
/** The story gives up so long after the release was posted: it takes 23 days, and after 30 the list is too old (virtual ms). */
const LIMIT = 28 * 24 * HOUR;
const WORKING_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"];

export interface Played {
  readonly ending: Ending;
  readonly course: Course;
  readonly macs: Troupe;
  readonly roles: ReadonlyMap<string, Role>;
}

/** Plays the story to its end, its limit or an interrupt. */
export async function playRings(stage: Stage, seed: string, view: View, signal: AbortSignal): Promise<Played> {
  const { admin, system, time } = stage;
  // Time enough to enroll, on a Monday evening: the first ring opens the next morning.
  const postedAt = nextAt(time.now() + 12 * HOUR, ZONE, 18, ["Mon"]);
  const macs = stage.enter(castOf(seed, postedAt));
  const roles = rolesOf(macs.devices);
  const course: { -readonly [K in keyof Course]: Course[K] } & { readonly news: News[] } = {
    ...{ postedAt, pausedAt: null, pausedBy: null, blockedAt: null, resumedAt: null, blockReason: null, endedAt: null },
    news: [],
  };
  const tell = (text: string): void => void course.news.push({ at: time.now(), text });
  const played = (ending: Ending): Played => ({ ending, course, macs, roles });
  let rollout: RolloutView | undefined;
  let blockId: string | undefined;
  /** Models for which the admin has blocked the release. */
  const blocked = new Set<string | null>();

  const rowsOf = async (): Promise<readonly DeviceView[]> =>
    (await admin.devices.list({ limit: 1000 })).rows.filter(({ udid }) => roles.has(udid));
  const isBlocked = ({ productName }: DeviceView): boolean => blocked.has(productName);
  /** A ring as it stands now, by what the server says of it and of its devices. */
  function seen(rows: readonly DeviceView[], ring: number): RingSeen {
    const own = rows.filter(({ udid }) => roles.get(udid)?.ring === ring);
    const shown = rollout?.rings.find((one) => one.ring === ring + 1);
    return {
      name: RINGS[ring]?.name ?? "",
      state: shown === undefined ? "" : rollout?.state === "paused" && shown.state === "open" ? "paused" : shown.state,
      macs: own.length,
      on: own.filter(({ osVersion }) => osVersion === RELEASE.version).length,
      failing: shown?.counts?.failed ?? 0,
      blocked: own.filter(isBlocked).length,
      when: shown === undefined ? "" : whenOf(shown),
    };
  }
  /** Looks each hour until `done`. */
  async function follow(done: (rows: readonly DeviceView[]) => Promise<boolean> | boolean): Promise<Ending> {
    while (!signal.aborted) {
      const rows = await rowsOf();
      const isDone = await done(rows);
      const rings = RINGS.map((_ring, place) => seen(rows, place));
      view.tell({ clock: clockOf(time.now()), rings, news: course.news.map(lineOf) });
      if (isDone) return "played";
      if (time.now() >= postedAt + LIMIT) return "time-up";
      await time.sleep(HOUR - (time.now() % HOUR), signal);
    }
    return "interrupted";
  }

  const enrolled = await follow((rows) => rows.length === MAC_COUNT && rows.every(isKnown));
  if (enrolled !== "played") return played(enrolled);
  await tagAll(stage, await rowsOf(), roles);
  const plan = await admin.plans.create(system, PLAN);

  const posted = await follow(() => time.now() >= postedAt);
  if (posted !== "played") return played(posted);
  await admin.server.importCatalog(system, feed([listed(postedAt)]), { modifiedAt: time.now() });
  tell(POSTED_NEWS);

  let told = 0;
  let stood = "";
  /** What the gate has decided since the last look. */
  async function look(now: readonly DeviceView[]): Promise<void> {
    const all = (await admin.rollouts.list(plan.id, undefined, 10)).rows;
    rollout = all.find(({ version }) => version === RELEASE.version);
    const stands = [rollout?.state, ...(rollout?.rings ?? []).map(({ state }) => state)].join();
    if (rollout === undefined || stands === stood) return;
    stood = stands;
    const { decisions } = await admin.rollouts.show(rollout.id);
    const fresh = decisions.slice(0, decisions.length - told).toReversed();
    told = decisions.length;
    for (const decision of fresh) {
      const { decision: what, decidedBy: by, ring } = decision;
      const at = Date.parse(decision.decidedAt);
      if (what === "pause" && course.pausedAt === null) [course.pausedAt, course.pausedBy] = [at, by];
      // What the admin does is told where it is done.
      if (what !== "resume") course.news.push({ at, text: decisionNews(decision, seen(now, ring - 1)) });
    }
  }
  /** What an admin does who finds the rollout paused: sees where the release fails, blocks it there, and resumes. */
  async function helpOut({ id }: RolloutView, now: readonly DeviceView[]): Promise<void> {
    const failed = await failedDevices(stage, now);
    const models = failed.map(({ udid }) => roles.get(udid)?.model.name ?? "");
    tell(failingNews(models));
    for (const { productName } of failed) blocked.add(productName);
    const rule = [...blocked].map((model) => `model = ${model}`).join(" or ");
    const reason = blockReason(models);
    const block = { version: RELEASE.version, platform: "macOS", rule, reason } as const;
    const { id: made, trial } = await admin.blocks.block(system, block);
    blockId = made;
    course.blockedAt = time.now();
    const own = now.filter(isBlocked).length;
    tell(blockNews(rule, own, trial.devices - own, reason));
    await admin.rollouts.say(system, "resume", id, RESUME_REASON);
    course.resumedAt = time.now();
    tell(RESUME_NEWS);
  }
  const ending = await follow(async (now) => {
    await look(now);
    if (rollout === undefined) return false;
    const morning = course.pausedAt === null ? Infinity : nextAt(course.pausedAt + HOUR, ZONE, 10, WORKING_DAYS);
    if (course.resumedAt === null && time.now() >= morning) await helpOut(rollout, now);
    if (!rollout.rings.every(({ state }) => state === "passed")) return false;
    course.endedAt = time.now();
    tell(END_NEWS);
    return true;
  });
  const block = (await admin.blocks.blocks(undefined, 1000)).rows.find(
    ({ id, state }) => id === blockId && state === "active",
  );
  course.blockReason = block?.reason ?? null;
  return played(ending);
}

/** The tags by which the plan finds its Macs, and its rings theirs. */
async function tagAll({ admin, system }: Stage, rows: readonly DeviceView[], roles: Played["roles"]): Promise<void> {
  await admin.scopes.tag(system, { devices: rows.map(({ id }) => id), add: [TAG] });
  for (const [place, { tag }] of RINGS.entries()) {
    const own = rows.filter(({ udid }) => roles.get(udid)?.ring === place);
    if (tag !== undefined) await admin.scopes.tag(system, { devices: own.map(({ id }) => id), add: [tag] });
  }
}

/** "Tue  8 Sep 09:00  Early opens …" */
export const lineOf = ({ at, text }: News): string => `${dayAndTime(at, ZONE)}  ${text}`;

/** When a ring opens, or by when it is due. */
function whenOf({ state, plannedAt, dueLocal }: RingView): string {
  if (state === "waiting" && plannedAt !== null) return `opens ${dayAndTime(Date.parse(plannedAt), ZONE)}`;
  // On the plan's clock already.
  if (state === "open" && dueLocal !== null) return `due ${dayAndTime(Date.parse(`${dueLocal}:00Z`), "UTC")}`;
  return "";
}
