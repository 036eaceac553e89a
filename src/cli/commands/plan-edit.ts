/** `uptick plan edit`, `uptick plan order`, and what a change of plans would change for devices. */
import { Argument, type Command } from "commander";
import {
  type GoverningTrial,
  governingTrial,
  type MajorRequest,
  type PlanEdit,
  planEdited,
  planOrdered,
  planPage,
  type PlanView,
  planView,
  tryAgain,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { deviceName, planLines } from "../job-words.ts";
import { allRows, PAGE } from "../pages.ts";
import { addShownFlags, savableLines, shownBy, sinceLines } from "../as-shown.ts";
import {
  addStandingFlags,
  type None,
  nullFor,
  orNone,
  standingFields,
  type StandingOptions,
} from "../standing-flags.ts";
import { table } from "../table.ts";

export const DRY = "show what would change for each device; change nothing";
export const TRIED = { dryRun: "true" } as const;

const WHAT = [
  ["plan", "another plan governs it, or none"],
  ["ring", "is in another ring"],
  ["release", "its plan means another release for it"],
  ["job", "gets a job, loses it, or has it replaced"],
  ["deadline", "has another deadline"],
  ["downloadsLost", "may have to download again"],
] as const satisfies readonly (readonly [keyof GoverningTrial["counts"], string])[];

/** `what` would do it: "The edit". */
export function governingLines(what: string, trial: GoverningTrial): string[] {
  const { devices, counts, plans, rows, hash, asOf, savableUntilAt } = trial;
  const moves = plans.map(({ plan, joins, leaves }) =>
    clean(`  ${plan === null ? "no plan" : `"${plan.name}"`}: ${joins} join, ${leaves} leave`),
  );
  const lines = rows.map(({ device, before, after, sentence }) => [
    ...[deviceName(device), device.serial, before.plan?.name ?? "-", after.plan?.name ?? "-", sentence],
  ]);
  return [
    `${what} would change ${counted(devices, "device")}; nothing has changed.`,
    ...WHAT.flatMap(([field, text]) => (counts[field] === 0 ? [] : [`  ${counted(counts[field], "device")}: ${text}`])),
    ...moves,
    ...(lines.length === 0 ? [] : ["", ...table(["device", "serial", "plan", "then", "what changes"], lines)]),
    ...(devices > rows.length ? [`and ${devices - rows.length} more`] : []),
    ...(hash === undefined || asOf === undefined || savableUntilAt === undefined
      ? []
      : ["", ...savableLines("make this change", { hash, asOf, savableUntilAt })]),
  ];
}

interface EditOptions extends StandingOptions {
  readonly name?: string;
  readonly to?: string;
  readonly window?: string;
  readonly zone?: string;
  readonly detailsUrl?: string;
  readonly allowMajor?: boolean;
  readonly newMajorAfterDays?: number | None;
  readonly revision?: number;
  readonly dryRun?: true;
  readonly hash?: string;
  readonly asOf?: string;
}

/** What is left out is no field of the request. */
const given = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

async function edit(cli: Cli, command: Command, id: string, options: EditOptions): Promise<void> {
  const named = shownBy(command, options);
  const api = await cli.api();
  const { value: plan } = await api.json("showPlan", planView, { params: { id } });
  const { name, to, window, zone, detailsUrl, allowMajor, newMajorAfterDays } = options;
  const others = given({
    ...{ name, to, allowMajor, window: nullFor(window), zone: nullFor(zone) },
    ...{ detailsUrl: nullFor(detailsUrl), newMajorAfterDays: nullFor(newMajorAfterDays) },
  });
  const fields = { ...others, ...standingFields(options, plan.deadline) };
  if (Object.keys(fields).length === 0)
    throw new UptickError("usage-invalid", "The command names nothing that changes: add an option such as --name.");
  const body: PlanEdit = { revision: options.revision ?? plan.revision, ...fields, ...named };
  const ask = { params: { id: plan.id }, body };
  if (options.dryRun === true)
    return cli.show(await api.json("editPlan", governingTrial, { ...ask, query: TRIED }), (trial) =>
      governingLines("The edit", trial),
    );
  return cli.show(await api.json("editPlan", planEdited, ask), (edited) => [
    ...planLines(edited, cli.io.now()),
    `The plan has the revision ${edited.revision}.`,
    ...sinceLines(edited.changed),
  ]);
}

/** All plans, the newest first. */
export const allPlans = (api: Api): Promise<readonly PlanView[]> =>
  allRows((after) => api.json("listPlans", planPage, { query: { after, limit: PAGE } }));

/** The ids that the server knows by these texts: whole ids, or what the list of plans shows. */
async function idsOf(api: Api, texts: readonly string[]): Promise<readonly string[]> {
  const rows = await allPlans(api);
  return texts.map((text) => {
    const found = rows.filter(({ id }) => id === text || (text.length >= 6 && id.endsWith(text)));
    return found.length === 1 ? (found[0]?.id ?? text) : text;
  });
}

export function addPlanEdit(plan: Command, cli: Cli): void {
  const command = plan
    .command("edit")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .description("Edit a standing plan: its devices follow at once. Of a once plan only the name can change.")
    .option("--name <name>", "name of the plan")
    .option("--to <target>", "what devices are brought to, as in plan create");
  addStandingFlags(command)
    .option("--window <HH:MM-HH:MM>", "hours at which installs may start; none: at any time")
    .option("--zone <zone>", "time zone for devices that do not report one; none: the server's default")
    .option("--details-url <https://…>", "your web page, to which the update notice links; none: no page")
    .option("--allow-major", "allow an update to another major version")
    .option("--no-allow-major", "stay in the major version")
    .option(
      "--new-major-after-days <n>",
      "days until latest and n-1 may go to a new major version; none: 30",
      orNone(wholeNumber(0, 365)),
    )
    .option("--revision <n>", "edit only if the plan has this revision", wholeNumber(1, 1_000_000_000))
    .option("--dry-run", DRY);
  addShownFlags(command).action((id: string, options: EditOptions) => edit(cli, command, id, options));
  examples(command, [
    ["whose deadlines would move?", "plan edit 00000001 --in 10d --dry-run"],
    ["ten days instead of fourteen", "plan edit 00000001 --in 10d"],
    [
      "leave out the lab, and no deadline on Fridays and at weekends",
      "plan edit 00000001 --exclude 'tag = lab' --skip-weekdays fri,sat,sun",
    ],
    ["without a window from now on", "plan edit 00000001 --window none"],
    [
      "exactly what a dry run of the same edit showed, by the hash and the time that it printed",
      "plan edit 00000001 --in 10d --hash 5c7d… --as-of 2026-08-28T12:00:00.000Z",
    ],
  ]);
  const order = plan
    .command("order")
    .argument("<ids...>", "the ids of all standing plans in their new order, or the ends that plan list shows")
    .description("Put the standing plans in an order. The first one that matches a device governs it.")
    .option("--dry-run", DRY);
  addShownFlags(order).action(
    async (texts: readonly string[], { dryRun, ...options }: { dryRun?: true; hash?: string; asOf?: string }) => {
      const named = shownBy(order, options);
      const api = await cli.api();
      const body = { plans: await idsOf(api, texts), ...named };
      if (dryRun === true)
        return cli.show(await api.json("orderPlans", governingTrial, { body, query: TRIED }), (trial) =>
          governingLines("The order", trial),
        );
      return cli.show(await api.json("orderPlans", planOrdered, { body }), ({ plans, changed }) => [
        ...plans.map(({ id, name, order: place }) => clean(`${place}  ${name} (${id})`)),
        ...sinceLines(changed),
      ]);
    },
  );
  examples(order, [
    ["which devices would another plan govern?", "plan order 00000002 00000001 --dry-run"],
    ["the plan of the pilots before that of all", "plan order 00000002 00000001"],
  ]);
  addTryAgain(plan, cli);
  addMajor(
    plan,
    cli,
    "hold-major",
    "holdMajor",
    "Hold a major version back for a standing plan, until it is released.",
  );
  addMajor(plan, cli, "release-major", "releaseMajor", "Release a major version that was held back for a plan.");
}

function addTryAgain(plan: Command, cli: Cli): void {
  const command = plan
    .command("try-again")
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .argument("[devices...]", "ids, UDIDs, serials or unique names; default: all that failed")
    .description("Try failed jobs of a standing plan again, before 7 days are over.")
    .option("--dry-run", "show how many jobs that are; change nothing")
    .action(async (id: string, devices: readonly string[], { dryRun }: { dryRun?: true }) => {
      const api = await cli.api();
      const body = devices.length === 0 ? {} : { devices };
      const query = dryRun === true ? TRIED : {};
      return cli.show(await api.json("tryAgain", tryAgain, { params: { id }, body, query }), (said) => [
        said.dryRun
          ? `${counted(said.devices, "failed job")} would be tried again; nothing has changed.`
          : `${counted(said.devices, "failed job")} will be tried again.`,
      ]);
    });
  examples(command, [
    ["how many failed?", "plan try-again 00000001 --dry-run"],
    ["all of them", "plan try-again 00000001"],
    ["one device", "plan try-again 00000001 C02XXXXXXXXX"],
  ]);
}

function addMajor(
  plan: Command,
  cli: Cli,
  name: string,
  route: "holdMajor" | "releaseMajor",
  description: string,
): void {
  const command = plan
    .command(name)
    .argument("<id>", "the plan's id, or the end of it that plan list shows")
    .addArgument(new Argument("<platform>", "the platform").choices(["iOS", "macOS", "tvOS", "visionOS"]))
    .argument("<major>", "the major version, such as 27", wholeNumber(1, 1000))
    .description(description)
    .option("--dry-run", DRY)
    .action(async (id: string, platform: MajorRequest["platform"], major: number, { dryRun }: { dryRun?: true }) => {
      const api = await cli.api();
      const ask = { params: { id }, body: { platform, major } satisfies MajorRequest };
      if (dryRun === true)
        return cli.show(await api.json(route, governingTrial, { ...ask, query: TRIED }), (trial) =>
          governingLines(route === "holdMajor" ? "The hold" : "The release", trial),
        );
      return cli.show(await api.json(route, planView, ask), (view) => planLines(view, cli.io.now()));
    });
  examples(command, [
    ["what would it change?", `plan ${name} 00000001 macOS 27 --dry-run`],
    ["do it", `plan ${name} 00000001 macOS 27`],
  ]);
}
