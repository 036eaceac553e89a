/** `uptick devices`, `uptick device`, `uptick remove`. */
import { type Command, Option } from "commander";
import {
  deviceDetail,
  devicePage,
  type DeviceView,
  deviceRemoval,
  type DeviceRemoval,
  ENROLLMENTS,
  JOB_STATES,
  type TimelineEntry,
  timelinePage,
} from "../../contract/index.ts";
import { moment } from "../age.ts";
import type { Api, Said } from "../api.ts";
import { clean, cleanLines } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { pagesOf } from "../pages.ts";
import { addZone } from "./zones.ts";
import { addListFilters, filtersAsked, type ListFilters } from "./list-filters.ts";
import { detailLines, deviceTable, removalLines } from "./device-text.ts";

const PAGE = 1000;

const timelineLine = ({ recordedAt: at, sentence: text }: TimelineEntry): string => `  ${moment(at)}  ${clean(text)}`;

/** Bytes of a message that stand in a list: one is shown whole by its number. */
const SHOWN = 64 * 1024;

const messageOf = async (api: Api, ref: string, seq: number): Promise<Uint8Array> =>
  (await api.send("timelineRaw", { params: { ref, seq: String(seq) }, accept: "application/octet-stream" })).bytes;

/** An entry with its message, which is read only now: one at a time, so that a long history needs little memory. */
async function withMessage(api: Api, ref: string, entry: TimelineEntry): Promise<string[]> {
  const { seq, raw } = entry;
  if (raw === null) return [timelineLine(entry)];
  const lines = [`${timelineLine(entry)} (${seq}: ${raw.bytes} bytes)`];
  if (raw.kept > 0) {
    const text = new TextDecoder().decode((await messageOf(api, ref, seq)).subarray(0, SHOWN));
    for (const line of cleanLines(text).split("\n")) lines.push(`    ${line}`);
    if (raw.kept > SHOWN) lines.push(`    … the whole of it: uptick device ${clean(ref)} --raw ${seq}`);
  }
  if (raw.note !== null) lines.push(`    ${clean(raw.note)}`);
  return lines;
}

async function readTimeline(api: Api, ref: string, most: number): Promise<Said<{ rows: readonly TimelineEntry[] }>> {
  const rows: TimelineEntry[] = [];
  let after: string | undefined;
  for (;;) {
    const query = { after, limit: Math.min(most - rows.length, PAGE) };
    const said = await api.json("timeline", timelinePage, { params: { ref }, query });
    rows.push(...said.value.rows);
    // What is printed as JSON is the server's own page, as long as one page is enough.
    if (said.value.next === null || rows.length >= most) {
      const text = rows.length === said.value.rows.length ? said.text : JSON.stringify({ rows, next: said.value.next });
      return { value: { rows }, text };
    }
    after = said.value.next;
  }
}

const STATES = [...JOB_STATES, ...ENROLLMENTS];

interface ListOptions extends ListFilters {
  readonly state?: string;
  readonly enrollment?: string;
  readonly csv?: true;
}

/** The list has one column for both: a device that is not enrolled shows that in place of its job's state. */
function statesAsked(command: Command, { state, enrollment }: ListOptions): { enrollment?: string; jobState?: string } {
  const named = ENROLLMENTS.find((one) => one === state);
  if (named !== undefined && enrollment !== undefined && named !== enrollment)
    command.error(`error: --state ${named} and --enrollment ${enrollment} exclude each other`);
  return {
    ...(named === undefined && state !== undefined ? { jobState: state } : {}),
    ...((named ?? enrollment) === undefined ? {} : { enrollment: named ?? enrollment ?? "" }),
  };
}

function addList(program: Command, cli: Cli): void {
  const command = program
    .command("devices")
    .description("List devices with the state of their current or newest job. With --json: one API page per line.")
    .addOption(new Option("--state <state>", "state in the list, of the job or of the enrollment").choices(STATES))
    .addOption(new Option("--enrollment <state>", "state of the enrollment").choices(ENROLLMENTS));
  addListFilters(command)
    .option("--csv", "print one row per device, as CSV")
    .action(async (options: ListOptions) => {
      const api = await cli.api();
      const query = { ...filtersAsked(options), ...statesAsked(command, options) };
      if (options.csv === true && !cli.json) {
        for await (const text of api.csv("devicesCsv", { query })) cli.io.stdout.write(text);
        return;
      }
      const ask = (after: string | undefined) =>
        api.json("listDevices", devicePage, { query: { ...query, limit: PAGE, after } });
      const devices: DeviceView[] = [];
      for await (const page of pagesOf(ask)) {
        if (cli.json) cli.sayJson(page.text);
        else for (const device of page.value.rows) devices.push(device);
      }
      if (cli.json) return;
      if (devices.length === 0) cli.say("No device fits.");
      else cli.say(...deviceTable(devices, cli.io.now()));
    });
  examples(command, [
    ["everything that is enrolled", "devices"],
    ["which Macs are stuck, and why", "devices --platform macOS --state blocked"],
    ["Macs with macOS 15 outside of the lab", "devices --rule 'platform = macOS and major = 15 and not tag = lab'"],
    ["which devices are late, and which of them first", "devices --flag overdue --sort deadline"],
    ["who needs somebody, worst first", "devices --sort compliance"],
    ["Macs below 26.1 that have not been heard for a week", "devices --platform macOS --os '<26.1' --silent-days 7"],
    ["which identities end soon and were not renewed", "devices --warning identities-end"],
    ['devices whose name contains "room 4"', 'devices --search "room 4"'],
    ["removed devices whose history is still stored", "devices --state removed"],
    ["serial numbers, one per line, for plan create --devices @FILE", "devices --json | jq -r '.rows[].serial'"],
  ]);
}

function addShow(program: Command, cli: Cli): void {
  const command = program
    .command("device")
    .argument("<ref>", "id, UDID, serial or unique name")
    .description("Show one device: facts, verdict, outstanding commands and timeline.")
    .option("--timeline <n>", "number of timeline entries; with --json, print only these", wholeNumber(1, 100_000))
    .addOption(
      new Option(
        "--raw [seq]",
        "also show the messages that were sent and received; with an entry's number, print only that message, byte for byte",
      ).argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    )
    .action(async (ref: string, options: { timeline?: number; raw?: true | number }) => {
      const api = await cli.api();
      if (typeof options.raw === "number") {
        cli.io.stdout.write(await messageOf(api, ref, options.raw));
        return;
      }
      if (cli.json && options.timeline !== undefined) {
        return cli.sayJson((await readTimeline(api, ref, options.timeline)).text);
      }
      const device = await api.json("showDevice", deviceDetail, { params: { ref } });
      if (cli.json) return cli.sayJson(device.text);
      const entries =
        options.timeline === undefined
          ? device.value.timeline
          : (await readTimeline(api, ref, options.timeline)).value.rows;
      cli.say(...detailLines(device.value, cli.io.now()));
      if (entries.length > 0) cli.say("", "Timeline, newest first");
      if (options.raw !== true) return cli.say(...entries.map(timelineLine));
      for (const entry of entries) cli.say(...(await withMessage(api, ref, entry)));
    });
  examples(command, [
    ["what is this Mac doing, and why?", "device C02XXXXXXXXX"],
    ["the same, by name", 'device "Room 4 left"'],
    ["the last 200 timeline entries, with their messages", "device C02XXXXXXXXX --timeline 200 --raw"],
    ["one message, by the entry number that --raw shows", "device C02XXXXXXXXX --raw 51733"],
    ["only the verdict", "device C02XXXXXXXXX --json | jq -r .job.verdict.sentence"],
  ]);
}

function addRemove(program: Command, cli: Cli): void {
  const command = program
    .command("remove")
    .argument("<refs...>", "ids, UDIDs, serials or unique names")
    .description(
      "Remove devices from lists, plans and counts, and withdraw their jobs and commands. Their timelines stay until history-days have passed. If a removed device contacts the server again, it waits for uptick adopt. That command also undoes a removal.",
    )
    .option("--dry-run", "show what would be withdrawn and what may still install; change nothing")
    .action(async (refs: string[], options: { dryRun?: true }) => {
      const api = await cli.api();
      const ask = (ref: string, dryRun: boolean) =>
        api.json("removeDevice", deviceRemoval, { params: { ref }, query: { dryRun } });
      // A name that is unknown or ambiguous keeps the others from being removed.
      const meant: Said<DeviceRemoval>[] = [];
      for (const ref of refs) meant.push(await ask(ref, true));
      const ids = [...new Set(meant.map(({ value }) => value.device.id))];
      for (const id of ids) {
        const tried = meant.find(({ value }) => value.device.id === id);
        const said = options.dryRun === true && tried !== undefined ? tried : await ask(id, false);
        cli.show(said, (removal) => removalLines(removal, cli.io.now()));
      }
    });
  examples(command, [
    ["a Mac was scrapped", "remove C02XXXXXXXXX"],
    ["what would be withdrawn, and what may still install?", "remove C02XXXXXXXXX F4GDXXXXXXXX --dry-run"],
    ["undo the removal", "adopt C02XXXXXXXXX"],
  ]);
}

export function addDevices(program: Command, cli: Cli): void {
  addList(program, cli);
  addShow(program, cli);
  addRemove(program, cli);
  addZone(program, cli);
}
