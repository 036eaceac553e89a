/** `uptick rollouts` and `uptick rollout …`: releases on their way through the rings of a standing plan. */
import { type Command, Option } from "commander";
import {
  type GateDecisionView,
  holdDryRun,
  type HoldDryRun,
  pauseDryRun,
  resumeDryRun,
  type RingView,
  type RolloutDetail,
  rolloutDetail,
  rolloutPage,
  type RolloutView,
} from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { withdrawalLines } from "../job-words.ts";
import { allRows, pagesOf } from "../pages.ts";
import { shortIds } from "../short-ids.ts";
import { table } from "../table.ts";
import { DRY, pauseLines, resumeLines, TRIED } from "./pause.ts";

const PAGE = 100;
/** Decisions that are shown; with --json all of them. */
const SHOWN = 10;

/** "Pilot passed, Early open" */
const chain = ({ rings }: RolloutView): string =>
  rings
    .filter(({ urgent }) => !urgent)
    .map((ring) => `${nameOf(ring)} ${ring.state}`)
    .join(", ");

const nameOf = ({ ring, name, urgent }: Pick<RingView, "ring" | "name" | "urgent">): string =>
  `${name === "" ? `ring ${ring}` : name}${urgent ? " (urgent)" : ""}`;

const minute = (at: string): string => moment(at).slice(0, 16);

function ringCells(ring: RingView): string[] {
  const opens = ring.openedAt ?? ring.plannedAt;
  return [
    String(ring.ring),
    nameOf(ring),
    ring.state,
    String(ring.devices),
    opens === null ? "" : `${ring.openedAt === null ? "from " : ""}${minute(opens)}`,
    (ring.dueLocal ?? "").replace("T", " "),
  ];
}

const decisionLine = ({ decidedAt: at, sentence }: GateDecisionView): string => clean(`  ${minute(at)}  ${sentence}`);

function detailLines(rollout: RolloutDetail, now: number): string[] {
  const { decisions, rings, older, instead } = rollout;
  const others = older.filter(({ version }) => version !== instead);
  return [
    clean(`${rollout.platform} ${rollout.version} (${rollout.id}), ${rollout.state} ${age(rollout.sinceAt, now)}`),
    clean(rollout.sentence),
    ...(rollout.withdrawal === null ? [] : withdrawalLines(rollout.withdrawal)),
    ...(rollout.atRisk === 0
      ? []
      : [`${counted(rollout.atRisk, "device")} in open rings, before the gate sees a failure.`]),
    ...rings.flatMap((ring) => (ring.asks === null ? [] : [clean(`${nameOf(ring)}: ${ring.asks.sentence}`)])),
    ...others.map(({ version, cves, devices }) =>
      clean(`${version} can be given instead: it fixes ${cves.join(", ")} on ${counted(devices, "device")}.`),
    ),
    "",
    ...table(["ring", "name", "state", "devices", "opens", "deadline"], rings.map(ringCells)),
    ...rings.flatMap((ring) => (ring.power === null ? [] : [clean(`${nameOf(ring)}: ${ring.power.sentence}`)])),
    ...(decisions.length === 0
      ? []
      : ["", "Decisions, the newest first:", ...decisions.slice(0, SHOWN).map(decisionLine)]),
    ...(decisions.length > SHOWN ? [`  ${decisions.length - SHOWN} more with --json`] : []),
  ];
}

export function addRollouts(program: Command, cli: Cli): void {
  const list = program
    .command("rollouts")
    .argument("<plan>", "the plan's id, or the end of it that plan list shows")
    .description("List the releases on their way through a standing plan, the newest first.")
    .action(async (plan: string) => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listRollouts", rolloutPage, { params: { id: plan }, query: { after, limit: PAGE } });
      if (cli.json) {
        for await (const { text } of pagesOf(fetchPage)) cli.sayJson(text);
        return;
      }
      const rows = await allRows(fetchPage);
      if (rows.length === 0) return cli.say("There are no rollouts in this plan.");
      const short = shortIds(rows.map(({ id }) => id));
      const cells = rows.map((row) => [short(row.id), row.platform, row.version, row.state, chain(row)]);
      cli.say(...table(["id", "platform", "version", "state", "rings"], cells));
    });
  examples(list, [["how far is each release?", "rollouts 00000001"]]);

  const rollout = program
    .command("rollout")
    .description("Show a release on its way through a plan's rings, and decide about it.");
  examples(rollout, [
    ["what would a pause do?", 'rollout pause 0000c0de --why "VPN" --dry-run'],
    ["let the next ring open", 'rollout promote 0000c0de Pilot --why "seen on both"'],
  ]);
  addShow(rollout, cli);
  addVerbs(rollout, cli);
  addInstead(rollout, cli);
  addRingVerbs(rollout, cli);
}

const ID = ["<id>", "the rollout's id, or the end of it that uptick rollouts shows"] as const;
const why = (): Option =>
  new Option("--why <text>", "the reason, for the audit and for other admins").makeOptionMandatory();

function addShow(rollout: Command, cli: Cli): void {
  const command = rollout
    .command("show")
    .argument(...ID)
    .description("Show a rollout: its state, its rings, and what was decided about it.")
    .action(async (id: string) => {
      const api = await cli.api();
      cli.show(await api.json("showRollout", rolloutDetail, { params: { id } }), (view) =>
        detailLines(view, cli.io.now()),
      );
    });
  examples(command, [["why does the next ring not open?", "rollout show 0000c0de"]]);
}

function holdLines(run: HoldDryRun): string[] {
  return [
    `The hold would keep the release from ${counted(run.devices, "device")}; nothing has changed.`,
    `  ${counted(run.goOn, "device")}: has a job, and continues`,
  ];
}

const VERBS = [
  {
    verb: "hold",
    route: "holdRollout",
    says: "Hold a rollout: no other device is given the release. Devices that have a job continue.",
    tried: { schema: holdDryRun, lines: holdLines },
    eg: "wait for the vendor's answer",
  },
  {
    verb: "pause",
    route: "pauseRollout",
    says: "Pause a rollout. What has not left is withdrawn; the devices continue when it is resumed.",
    tried: { schema: pauseDryRun, lines: (run: Parameters<typeof pauseLines>[1]) => pauseLines("The pause", run) },
    eg: "two Macs do not start",
  },
  {
    verb: "resume",
    route: "resumeRollout",
    says: "Resume a held or paused rollout. After a pause, earlier failures no longer count.",
    tried: {
      schema: resumeDryRun,
      lines: (run: Parameters<typeof resumeLines>[1]) => resumeLines("Resuming the rollout", run),
    },
    eg: "a new VPN client is out",
  },
  {
    verb: "abort",
    route: "abortRollout",
    says: "Give a release up in this plan. What has not left is withdrawn for good.",
    tried: { schema: pauseDryRun, lines: (run: Parameters<typeof pauseLines>[1]) => pauseLines("The abort", run) },
    eg: "it breaks the VPN",
  },
] as const;

function addVerbs(rollout: Command, cli: Cli): void {
  for (const { verb, route, says, tried, eg } of VERBS) {
    const command = rollout
      .command(verb)
      .argument(...ID)
      .description(says)
      .addOption(why())
      .option("--dry-run", DRY)
      .action(async (id: string, { why: reason, dryRun }: { why: string; dryRun?: true }) => {
        const api = await cli.api();
        const ask = { params: { id }, body: { reason } };
        if (dryRun !== true)
          return cli.show(await api.json(route, rolloutDetail, ask), (view) => detailLines(view, cli.io.now()));
        const { schema, lines } = tried as { schema: typeof pauseDryRun; lines: (run: unknown) => string[] };
        return cli.show(await api.json(route, schema, { ...ask, query: TRIED }), lines);
      });
    examples(command, [
      [`what would it do?`, `rollout ${verb} 0000c0de --why "${eg}" --dry-run`],
      [`${verb} the rollout`, `rollout ${verb} 0000c0de --why "${eg}"`],
    ]);
  }
  const lift = rollout
    .command("lift-blackout")
    .argument(...ID)
    .description("Lift blackouts for a rollout's urgent devices: they do not wait for the end of one.")
    .addOption(why())
    .action(async (id: string, { why: reason }: { why: string }) => {
      const api = await cli.api();
      const said = await api.json("liftBlackout", rolloutDetail, { params: { id }, body: { reason } });
      cli.show(said, (view) => detailLines(view, cli.io.now()));
    });
  examples(lift, [["an exploited CVE can't wait", 'rollout lift-blackout 0000c0de --why "CVE-2026-65400"']]);
}

function addInstead(rollout: Command, cli: Cli): void {
  const command = rollout
    .command("instead")
    .argument(...ID)
    .argument("<version>", "an older release that uptick rollout show offers")
    .description("Give the devices of a paused rollout an older release that fixes an exploited CVE.")
    .addOption(why())
    .action(async (id: string, version: string, { why: reason }: { why: string }) => {
      const api = await cli.api();
      const said = await api.json("giveInstead", rolloutDetail, { params: { id }, body: { version, reason } });
      cli.show(said, (view) => detailLines(view, cli.io.now()));
    });
  examples(command, [["26.6.1 while 26.6.2 is paused", 'rollout instead 0000c0de 26.6.1 --why "CVE-2026-65400"']]);
}

const RING_VERBS = [
  [
    "promote",
    "promoteRing",
    "Answer a ring that asks: it has passed, and the next ring may open.",
    "seen on both Macs",
  ],
  ["wait", "waitForRing", "Answer a ring that asks: its gate watches it for 5 more days.", "half the ring is on leave"],
] as const;

function addRingVerbs(rollout: Command, cli: Cli): void {
  for (const [verb, route, says, eg] of RING_VERBS) {
    const command = rollout
      .command(verb)
      .argument(...ID)
      .argument("<ring>", "the ring's number or name, as uptick rollout show names it")
      .description(says)
      .addOption(why())
      .option("--urgent", "the ring's urgent devices, which follow other dates")
      .action(async (id: string, ring: string, { why: reason, urgent }: { why: string; urgent?: true }) => {
        const api = await cli.api();
        const body = { reason, ...(urgent === true ? { urgent } : {}) };
        const said = await api.json(route, rolloutDetail, { params: { id, ring }, body });
        cli.show(said, (view) => detailLines(view, cli.io.now()));
      });
    examples(command, [[`${verb} the ring Pilot`, `rollout ${verb} 0000c0de Pilot --why "${eg}"`]]);
  }
}
