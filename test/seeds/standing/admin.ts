/** An admin over the weeks of standing plans: what they make, change, hold back and let continue, drawn from the seed. */
import type { Random } from "../../../simulator/index.ts";
import type { RolloutView } from "../../../src/contract/index.ts";
import type { VirtualServer } from "../../../src/virtual/index.ts";
import { type Around, said, drawAct } from "../admin.ts";
import { DAY, HOUR, START } from "../time.ts";
import type { StandingFate } from "./fate.ts";
import { cveFeed } from "./lists.ts";
import { drawEdit, drawStanding, TAGS, ZONES } from "./requests.ts";

type Act = (server: VirtualServer) => Promise<unknown>;
type Doing = readonly [what: string, act: Act];

const WHY = "as the seed says";

/** What can be said of a rollout, by its state. */
const LEADS_FROM = {
  hold: ["running"],
  pause: ["running", "held"],
  resume: ["paused", "held"],
  abort: ["running", "held", "paused"],
  "lift-blackout": ["running", "held", "paused"],
} as const satisfies Record<string, readonly RolloutView["state"][]>;

/** A plan that there is; the server may have been put back since, so it is asked. */
async function somePlan({ admin }: VirtualServer, roll: number) {
  const plans = (await admin.plans.list(undefined, 1000)).rows.filter(
    ({ kind, state }) => kind === "standing" && state !== "stopped",
  );
  return plans[Math.floor(roll * plans.length)];
}

async function someRollout(server: VirtualServer, roll: number, among: (one: RolloutView) => boolean) {
  const plan = await somePlan(server, roll);
  if (plan === undefined) return undefined;
  const { rows } = await server.admin.rollouts.list(plan.id, undefined, 50);
  const some = rows.filter(among);
  return some[Math.floor(((roll * 7) % 1) * some.length)];
}

/** Of everything that concerns standing plans, the acts and how often they are done. */
function drawDoing(dice: Random, udids: readonly string[], around: Around, fate: StandingFate): Doing {
  const { time, accepted } = around;
  const roll = dice.next();
  const device = dice.pick(udids);
  const now = time.now();
  const day = (days: number): string => new Date(now + days * DAY).toISOString().slice(0, 10);

  const create: Doing = [
    "makes another standing plan",
    async ({ admin, system }) => {
      const { id } = await admin.plans.create(system, drawStanding(dice, `plan ${dice.integer(0, 1000)}`));
      accepted.plans.set(id, { at: time.now(), stoppedAt: undefined });
    },
  ];
  const onPlan = (what: string, act: (server: VirtualServer, id: string) => Promise<unknown>): Doing => [
    what,
    async (server) => {
      const plan = await somePlan(server, roll);
      if (plan !== undefined) await act(server, plan.id);
    },
  ];
  const edit = drawEdit(dice);
  const onRollout = (
    what: string,
    act: (server: VirtualServer, rollout: RolloutView) => Promise<unknown>,
    among: (one: RolloutView) => boolean = () => true,
  ): Doing => [
    what,
    async (server) => {
      const rollout = await someRollout(server, roll, among);
      if (rollout !== undefined) await act(server, rollout);
    },
  ];
  const say = (verb: keyof typeof LEADS_FROM): Doing =>
    onRollout(
      `says ${verb} of a rollout`,
      ({ admin, system }, { id }) => admin.rollouts.say(system, verb, id, WHY),
      // Now and then of one that it can't be said of.
      ({ state }) => roll < 0.1 || LEADS_FROM[verb].some((one) => one === state),
    );
  const sayRing = (verb: "promote" | "wait"): Doing => {
    const ring = String(dice.integer(1, 2));
    const urgent = dice.next() < 0.2;
    return onRollout(`says ${verb} of ring ${ring}`, ({ admin, system }, { id }) =>
      admin.rollouts.sayRing(system, verb, id, ring, { urgent, reason: WHY }),
    );
  };
  const name = dice.pick(["fair", "holidays", "audit"]);
  const from = dice.integer(0, 6);
  const to = from + dice.integer(0, 4);
  const rule = dice.pick(["all", "all", "tag = pilot", "platform = macOS"]);
  const tag = dice.pick(TAGS);
  const platform = dice.pick(["iOS", "macOS"] as const);
  const blocked = dice.pick(["26.6.1", "26.6.2", "26.6.3", "26.6.4"]);

  const tags: Doing[] = [
    [`tags ${device} ${tag}`, ({ admin, system }) => admin.scopes.tag(system, { devices: [device], add: [tag] })],
    [
      `takes the tag ${tag} from ${device}`,
      ({ admin, system }) => admin.scopes.tag(system, { devices: [device], remove: [tag] }),
    ],
  ];
  const doings: readonly (readonly [number, readonly Doing[]])[] = [
    [4, [create]],
    [
      13,
      [
        onPlan(`edits a plan: ${JSON.stringify(edit)}`, async ({ admin, system }, id) => {
          const { revision } = await admin.plans.show(id);
          await admin.plans.edit(system, id, { revision: revision ?? 1, ...edit });
        }),
      ],
    ],
    [
      5,
      [
        [
          "puts the plans in another order",
          async ({ admin, system }) => {
            const all = (await admin.plans.list(undefined, 1000)).rows.filter(
              (one) => one.kind === "standing" && one.state !== "stopped",
            );
            await admin.plans.order(system, { plans: all.map(({ id }) => id).toReversed() });
          },
        ],
      ],
    ],
    [6, [onPlan("pauses a standing plan", ({ admin, system }, id) => admin.plans.pause(system, id, WHY))]],
    [8, [onPlan("resumes a standing plan", ({ admin, system }, id) => admin.plans.resume(system, id))]],
    [
      2,
      [
        onPlan("stops a standing plan", async ({ admin, system }, id) => {
          await admin.plans.stop(system, id);
          const plan = accepted.plans.get(id);
          if (plan !== undefined) plan.stoppedAt ??= time.now();
        }),
      ],
    ],
    [13, [say("hold"), say("pause"), say("resume"), say("resume"), say("resume"), say("lift-blackout")]],
    [1, [say("abort")]],
    [
      2,
      [
        onRollout(
          "gives an older release instead",
          ({ admin, system }, { id, older }) =>
            admin.rollouts.giveInstead(system, id, older[0]?.version ?? "26.6", WHY),
          ({ state }) => state === "paused",
        ),
      ],
    ],
    [8, [sayRing("promote"), sayRing("promote"), sayRing("wait")]],
    [
      7,
      [
        [
          `makes the blackout ${name} ${day(from)} to ${day(to)} for ${rule}`,
          ({ admin, system }) => admin.blackouts.blackout(system, { name, from: day(from), to: day(to), rule }),
        ],
        [`removes the blackout ${name}`, ({ admin, system }) => admin.blackouts.removeBlackout(system, name)],
      ],
    ],
    [10, tags],
    [
      4,
      [
        [
          `blocks ${platform} ${blocked} for ${rule}`,
          ({ admin, system }) => admin.blocks.block(system, { version: blocked, platform, rule, reason: WHY }),
        ],
        [
          "ends a block",
          async ({ admin, system }) => {
            const block = (await admin.blocks.blocks(undefined, 1000)).rows.find(({ state }) => state !== "ended");
            if (block !== undefined) await admin.blocks.unblock(system, block.id, WHY);
          },
        ],
      ],
    ],
    [
      4,
      [
        [
          `imports CVEs of ${platform}`,
          ({ admin, system }) => admin.server.importCves(system, cveFeed(platform, fate.waves, now - START)),
        ],
      ],
    ],
    [2, [onPlan("tries failed jobs again", ({ admin, system }, id) => admin.plans.again(system, id, {}))]],
    [
      3,
      [
        [
          `sets the zone of ${device}`,
          ({ admin, system }) => admin.devices.setZone(system, device, dice.next() < 0.3 ? null : dice.pick(ZONES)),
        ],
      ],
    ],
  ];
  let rest = dice.next() * 118;
  for (const [often, some] of doings) {
    rest -= often;
    if (rest < 0) return dice.pick(some);
  }
  // What an admin of once plans does: plans that take over, halts, exclusions, stops, raw commands.
  const { what, act } = drawAct(dice, udids, now, accepted, () => time.now());
  return [what, act];
}

/** The weeks of an admin with standing plans. */
export async function administerStanding(
  dice: Random,
  udids: readonly string[],
  around: Around,
  fate: StandingFate,
): Promise<void> {
  const { time, machine, accepted, acts, say } = around;
  const until = (ms: number): Promise<void> => time.sleep(START + ms - time.now());
  const tell = async ([what, act]: Doing): Promise<string> => {
    acts.push(what);
    const came = await said(machine.ask(act));
    say(`the admin ${what}: ${came}`);
    return came;
  };
  await until(dice.between(HOUR, 10 * HOUR));
  for (let plans = dice.next() < 0.4 ? 2 : 1, tries = 0; plans > 0 && tries < 10; tries += 1) {
    const request = drawStanding(dice, `plan ${tries}`);
    const came = await tell([
      `makes the standing plan ${JSON.stringify(request)}`,
      async ({ admin, system }) => {
        const { id } = await admin.plans.create(system, request);
        accepted.plans.set(id, { at: time.now(), stoppedAt: undefined });
      },
    ]);
    if (came === "done") plans -= 1;
    else await time.sleep(HOUR);
  }
  for (const tag of TAGS)
    await tell([
      `tags a device ${tag}`,
      ({ admin, system }) => admin.scopes.tag(system, { devices: [dice.pick(udids)], add: [tag] }),
    ]);
  const moments = Array.from({ length: dice.integer(3, 30) }, () => dice.between(DAY / 2, fate.days * DAY));
  for (const at of moments.toSorted((a, b) => a - b)) {
    await until(at);
    await tell(drawDoing(dice, udids, around, fate));
  }
}

/** Everything that holds devices back is ended. */
export async function setRight(around: Around): Promise<void> {
  const { machine, acts, say } = around;
  acts.push("lets everything continue");
  const came = await said(
    machine.ask(async ({ admin, system }) => {
      const { devices } = await admin.halt.tryEnd();
      await admin.halt.end(system, devices);
      await admin.exclusions.end(system, { devices: ["all"] });
      for (const plan of (await admin.plans.list(undefined, 1000)).rows) {
        if (plan.state === "stopped" || plan.kind !== "standing") continue;
        if (plan.state === "paused") await admin.plans.resume(system, plan.id);
        const { rows } = await admin.rollouts.list(plan.id, undefined, 100);
        for (const { id, state } of rows)
          if (state === "paused" || state === "held") await admin.rollouts.say(system, "resume", id, WHY);
      }
    }),
  );
  say(`the admin lets everything continue: ${came}`);
}
