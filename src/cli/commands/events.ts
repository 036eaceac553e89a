/** `uptick events`: changes as they come. */
import type { Command } from "commander";
import { type Streamed, streamed, type StreamedChange, TOPICS } from "../../contract/index.ts";
import { moment } from "../age.ts";
import type { StreamEvent } from "../../client/index.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";

interface EventsOptions {
  readonly topics?: string;
  readonly after?: string;
  readonly count?: number;
}

/** ms until the stream is asked for again after it has ended: longer each time, while nothing comes. */
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30_000;

export function addEvents(program: Command, cli: Cli): void {
  const command = program
    .command("events")
    .description("Follow what changes, one line for each change, until it is interrupted.")
    .option("--topics <topics>", `some of ${TOPICS.join(",")}; without it all`)
    .option("--after <id>", "begin after the event with this id; the server keeps events for 24 hours")
    .option("--count <n>", "end after so many events", wholeNumber(1, 1_000_000))
    .action((options: EventsOptions) => follow(cli, options));
  examples(command, [
    ["what happens in rollouts?", "events --topics rollouts,halt"],
    ["wait for the next change of a plan, in a script", "events --topics plans --count 1 --json"],
  ]);
}

async function follow(cli: Cli, { topics, after, count = Number.POSITIVE_INFINITY }: EventsOptions): Promise<void> {
  const api = await cli.api();
  let lastEventId = after;
  let shown = 0;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    for await (const came of api.events("followEvents", streamed, { query: { topics, lastEventId } })) {
      lastEventId = came.id;
      pause = FIRST_PAUSE;
      if (came.event === "ready" || came.event === "beat") continue;
      if (cli.json)
        cli.sayJson(`{"id":${JSON.stringify(came.id)},"event":${JSON.stringify(came.event)},"data":${came.text}}`);
      else cli.say(lineOf(came));
      shown += 1;
      if (shown >= count) return;
    }
    // The server stops, or a proxy in between has had enough: what comes meanwhile is told afterwards.
    cli.io.stderr.write("The stream has ended. Connecting again.\n");
    await cli.io.sleep(pause);
  }
}

function lineOf({ event, value }: StreamEvent<Streamed>): string {
  if ("changes" in value) return clean(`${moment(String(value.recordedAt))}  ${wordsOf(value as StreamedChange)}`);
  if ("count" in value) return `${event}: ${counted(value.count, "change")} at once`;
  return `${event}: earlier changes are not kept`;
}

function wordsOf({ topic, id, changes, data }: StreamedChange): string {
  const { device, job, plan, rollout, halt, block } = data;
  const what = changes.length === 0 ? `${topic}: counts` : changes.join(", ");
  const who = device?.name ?? device?.serial ?? plan?.name ?? releaseName(rollout) ?? releaseName(block) ?? id ?? "";
  const state = job?.state ?? plan?.state ?? rollout?.state ?? halt?.reason ?? "";
  return [what, who, state === "" ? "" : `(${state})`].filter((part) => part !== "").join("  ");
}

interface Release {
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
}

const releaseName = (of: Release | undefined): string | undefined =>
  of?.version === undefined ? undefined : `${of.platform ?? ""} ${of.version}`;
