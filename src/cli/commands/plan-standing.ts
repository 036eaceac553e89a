/** `uptick plan create-standing`: a plan that follows new releases. */
import { type Command, Option } from "commander";
import { devicePage, newPlan, type PlanRequest } from "../../contract/index.ts";
import { type Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { addStandingFlags, standingFields, type StandingOptions } from "../standing-flags.ts";
import { addShownFlags, shownBy, sinceLines } from "../as-shown.ts";
import { dryRun, newPlanLines, refusalLines } from "./plan-create.ts";

interface Options extends StandingOptions {
  readonly to: string;
  readonly name?: string;
  readonly zone?: string;
  readonly window?: string;
  readonly detailsUrl?: string;
  readonly allowMajor?: true;
  readonly newMajorAfterDays?: number;
  readonly rings?: "three";
  readonly dryRun?: true;
  readonly hash?: string;
  readonly asOf?: string;
}

/** The preset of three rings has its own days, which a deadline that is given replaces. */
const DAYS = { three: "+17d 17:00", none: "+14d 17:00" } as const;
const PILOT = "tag = pilot";
const NOT_LATE = "not tag = late";

async function ringsOf(api: Api, days: number): Promise<NonNullable<PlanRequest["rings"]>> {
  const { value } = await api.json("listDevices", devicePage, { query: { tag: "pilot", limit: 1 } });
  const pilot = value.rows.length > 0 ? PILOT : { percent: 5, of: NOT_LATE };
  return [
    { name: "Pilot", who: pilot, opens: 0, due: 2 },
    { name: "Early", who: { percent: 20, of: NOT_LATE }, opens: 8, due: 9 },
    { name: "Everyone", who: "rest", opens: 15, due: days },
  ];
}

async function create(cli: Cli, command: Command, options: Options): Promise<void> {
  const { rings, dryRun: dry, to, name, zone, window, detailsUrl, allowMajor, newMajorAfterDays } = options;
  const given = standingFields(options, DAYS[rings ?? "none"]);
  const deadline = given.deadline ?? DAYS[rings ?? "none"];
  const api = await cli.api();
  const terms = Object.fromEntries(
    Object.entries({ name, zone, window, detailsUrl, allowMajor, newMajorAfterDays }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const preset =
    rings === undefined
      ? {}
      : {
          skipWeekdays: ["fri", "sat", "sun"] as const,
          rings: await ringsOf(api, Number(/^\+(\d+)d/.exec(deadline)?.[1] ?? 0)),
        };
  const asked = { ...preset, ...terms, ...fields, to, standing: true, action: "install", deadline } as const;
  const body: PlanRequest = { ...asked, ...shownBy(command, options) };
  if (dry === true) return dryRun(cli, api, body);
  const said = await api.json("createPlan", newPlan, { body });
  if (cli.json) return cli.sayJson(said.text);
  const { id, decided } = said.value;
  cli.say(...newPlanLines(said.value, cli.io.now()), ...refusalLines(decided?.refusals ?? []));
  cli.say(...sinceLines(said.value.changed), "", `Follow it with: uptick rollouts ${clean(id)}`);
}

export function addPlanStanding(plan: Command, cli: Cli): void {
  const command = plan
    .command("create-standing")
    .description("Make a plan that follows new releases for as long as it is not stopped.")
    .requiredOption(
      "--to <target>",
      "latest, latest-minor, n-1 or a version, for all or for each platform: iOS=latest-minor,macOS=n-1",
    )
    .option("--name <name>", "name of the plan");
  addStandingFlags(command)
    .addOption(
      new Option(
        "--rings <preset>",
        "three: Pilot (tag pilot, or 5 %), Early (20 %) and Everyone; default: one ring",
      ).choices(["three"]),
    )
    .option(
      "--zone <zone>",
      "time zone in which rings open, and of devices that do not report one, such as Europe/Zurich",
    )
    .option("--window <HH:MM-HH:MM>", "start installs only at these hours, in each device's local time")
    .option("--details-url <https://…>", "your web page, to which the update notice links (declarations only)")
    .option("--allow-major", "allow updates to another major version")
    .option(
      "--new-major-after-days <n>",
      "days until latest and n-1 may go to a new major version (with --allow-major; default 30)",
      wholeNumber(0, 365),
    )
    .option("--dry-run", "show what would happen to each device; change nothing");
  addShownFlags(command).action((options: Options) => create(cli, command, options));
  examples(command, [
    ["every device on its newest minor version within 14 days", "plan create-standing --to latest-minor"],
    [
      "in three rings, and what would it do?",
      "plan create-standing --to latest-minor --rings three --zone Europe/Berlin --dry-run",
    ],
    [
      "Macs without the tag lab, by 18:00 of the tenth day",
      "plan create-standing --to macOS=latest-minor --include 'platform = macOS' --exclude 'tag = lab' --in 10d --at 18:00",
    ],
  ]);
}
