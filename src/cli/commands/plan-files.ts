/** `uptick plan export` and `uptick plan apply`: standing plans kept as YAML, for example in git. */
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import {
  dryRun,
  governingTrial,
  newPlan,
  type PlanEdit,
  type PlanRequest,
  type PlanView,
  planView,
  STANDING_LEFT_OUT,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { readFileNamed } from "../files.ts";
import { type FilePlan, invalidFile, readPlans, yamlOf } from "../plan-yaml.ts";
import { ServerProblem } from "../server-problem.ts";
import { allPlans, DRY, governingLines, TRIED } from "./plan-edit.ts";

async function exportPlans(cli: Cli, refs: readonly string[]): Promise<void> {
  const api = await cli.api();
  const plans: PlanView[] = [];
  for (const id of refs) plans.push((await api.json("showPlan", planView, { params: { id } })).value);
  if (refs.length === 0) {
    const rows = await allPlans(api);
    const standing = rows.filter(({ kind, state }) => kind === "standing" && state !== "stopped");
    plans.push(...standing.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0)));
  }
  const requests = plans.map(({ id, kind, request }) => {
    if (kind === "standing" && request !== null) return request;
    throw new UptickError("usage-invalid", `${id} is a once plan; only standing plans can be kept as files.`);
  });
  if (cli.json) cli.sayJson(JSON.stringify(requests));
  else if (requests.length > 0) cli.say(yamlOf(requests).trimEnd());
}

interface Step extends FilePlan {
  /** Null: the server does not have it. */
  readonly plan: PlanView | null;
}

/** The plans of all files with those of the server that have their names. Throws before anything is written. */
async function stepsOf(cli: Cli, api: Api, files: readonly string[]): Promise<readonly Step[]> {
  const wanted: FilePlan[] = [];
  for (const file of files) {
    const text = new TextDecoder().decode(await readFileNamed(cli.io, file));
    wanted.push(...readPlans(file === "-" ? "stdin" : file, text));
  }
  for (const [n, { name, where }] of wanted.entries()) {
    const first = wanted.findIndex((one) => one.name === name);
    if (first < n) throw invalidFile(where, `"${name}" is in the files twice, first at ${wanted[first]?.where ?? ""}.`);
  }
  const rows = await allPlans(api);
  return wanted.map((one) => {
    const named = rows.filter((row) => row.kind === "standing" && row.state !== "stopped" && row.name === one.name);
    if (named.length < 2) return { ...one, plan: named[0] ?? null };
    const ids = named.map(({ id }) => id).join(", ");
    throw invalidFile(one.where, `${named.length} plans have the name "${one.name}": ${ids}. Rename or stop one.`);
  });
}

/** The whole plan: a field that the file leaves out gets its default, and only the order stays. */
function editOf(request: PlanRequest, revision: number): PlanEdit {
  const { standing: _standing, ...fields } = request;
  return {
    ...STANDING_LEFT_OUT,
    ...{ exclude: null, urgentDays: null, window: null, zone: null, detailsUrl: null, newMajorAfterDays: null },
    ...(fields as Omit<PlanEdit, "revision">),
    revision,
  };
}

interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

function changesOf(before: PlanRequest, after: PlanRequest): readonly Change[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => !isDeepStrictEqual(old.get(field), now.get(field)))
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }));
}

const changeLine = ({ field, before, after }: Change): string =>
  clean(`  ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);

async function apply(cli: Cli, files: readonly string[], dry: boolean): Promise<void> {
  const api = await cli.api();
  for (const step of await stepsOf(cli, api, files)) {
    try {
      await carryOut(cli, api, step, dry);
    } catch (error) {
      if (!(error instanceof ServerProblem) || error.code !== "revision-stale") throw error;
      const why = `somebody changed "${step.name}" meanwhile. It was not applied; the plans before it were.`;
      throw new UptickError("revision-stale", `${step.where}: ${why}`, {
        cause: error,
        remedy: "Look at the difference with uptick plan apply --dry-run, then apply the file again.",
      });
    }
  }
  if (dry && !cli.json) cli.say("Nothing has been done: this was a dry run.");
}

async function carryOut(cli: Cli, api: Api, { name, request, plan }: Step, dry: boolean): Promise<void> {
  const tell = (result: string, id: string | null, lines: readonly string[], changes: readonly Change[] = []): void =>
    cli.json ? cli.sayJson(JSON.stringify({ name, id, result, changes, dryRun: dry })) : cli.say(...lines);
  if (plan === null) {
    if (!dry) {
      const { id } = (await api.json("createPlan", newPlan, { body: request })).value;
      return tell("created", id, [clean(`${name}: created (${id})`)]);
    }
    const { value } = await api.json("createPlan", dryRun, { body: request, query: TRIED });
    const what = `${counted(value.devices, "device")}, ${value.jobs} to update, ${value.refused} refused`;
    const notes = value.notes.map((note) => clean(`  Note: ${note}`));
    return tell("created", null, [clean(`${name}: would be created: ${what}`), ...notes]);
  }
  const same = (): void => tell("same", plan.id, [clean(`${name}: same`)]);
  if (plan.request === null || changesOf(plan.request, request).length === 0) return same();
  const ask = { params: { id: plan.id }, body: editOf(request, plan.revision) };
  const trial = (await api.json("editPlan", governingTrial, { ...ask, query: TRIED })).value;
  const changes = changesOf(plan.request, trial.request ?? request);
  if (changes.length === 0) return same();
  const lines = changes.map(changeLine);
  if (dry) {
    const devices = governingLines("The edit", trial);
    return tell("changed", plan.id, [clean(`${name}: would be changed`), ...lines, ...devices], changes);
  }
  await api.json("editPlan", planView, ask);
  return tell("changed", plan.id, [clean(`${name}: changed`), ...lines], changes);
}

export function addPlanFiles(plan: Command, cli: Cli): void {
  const exported = plan
    .command("export")
    .argument(
      "[ids...]",
      "the plans' ids, or their ends in plan list; default: all standing plans that are not stopped",
    )
    .description("Print standing plans as YAML, which plan apply reads.")
    .action((ids: readonly string[]) => exportPlans(cli, ids));
  examples(exported, [
    ["keep all standing plans in a file", "plan export > plans.yaml"],
    ["one of them", "plan export 00000001"],
  ]);
  const applied = plan
    .command("apply")
    .argument("<files...>", "YAML files of standing plans; - reads stdin")
    .description(
      "Create the standing plans of files that the server does not have, and edit those that differ. Plans are found by their names. A plan that is in no file stays as it is.",
    )
    .option("--dry-run", DRY)
    .action((files: readonly string[], { dryRun: dry }: { dryRun?: true }) => apply(cli, files, dry === true));
  examples(applied, [
    ["what would change?", "plan apply plans.yaml --dry-run"],
    ["change it", "plan apply plans.yaml"],
  ]);
}
