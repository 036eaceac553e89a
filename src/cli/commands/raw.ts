/** `uptick command` and `uptick withdraw`: the raw command API, for commands by name and for complete ones from a file. */
import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import {
  commandPending,
  type CommandPending,
  commandView,
  type CommandView,
  deviceDetail,
  WAIT,
} from "../../contract/index.ts";
import { isUptickError, UptickError } from "../../errors/index.ts";
import { type Asked, PLATFORMS, REQUEST_TYPES } from "../../protocol/index.ts";
import { type Api, parseJson } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { readFileNamed } from "../files.ts";
import { wasCut } from "../repeat.ts";
import { plistWords } from "../plist-words.ts";
import { ServerProblem } from "../server-problem.ts";
import { addFlags, isTyped, strayFlags, typedCommand } from "../typed-command.ts";

/** One request waits less than a client's own patience for a reply's headers, which is 300 seconds. */
const LONGEST_REQUEST = 120;
const LONGEST_WAIT = 86_400;
/** Between two tries while the server is away, ms. */
const PAUSE = 1000;

type Outcome = { readonly kind: "answered"; readonly uuid: string; readonly answer: Uint8Array } | CommandPending;

/**
 * Sends the same bytes again while it waits: that gives the same command's outcome, and so does a server that was started
 * again meanwhile. One that was never reached is said at once.
 */
async function sendAndWait(
  cli: Cli,
  api: Api,
  { wait, ...query }: { readonly device: string; readonly wait: number; readonly allow?: string },
  body: Uint8Array,
): Promise<Outcome> {
  const until = cli.io.now() + wait * 1000;
  let left = wait;
  for (let reached = false; ; ) {
    const part = Math.min(left, LONGEST_REQUEST);
    const begun = cli.io.now();
    try {
      const { response, bytes } = await api.send("rawCommand", {
        query: { ...query, wait: part },
        body,
        accept: "*/*",
      });
      if (response.status === 200) {
        const uuid = decodeURIComponent(response.headers.get("uptick-command-uuid") ?? "");
        return { kind: "answered", uuid, answer: bytes };
      }
      reached = true;
      const early = cli.io.now() < begun + part * 1000;
      left = Math.min(left - (early ? 0 : part), Math.ceil((until - cli.io.now()) / 1000));
      // A server that is about to stop answers before its time.
      if (early && left > 0) await cli.io.sleep(PAUSE);
      if (left > 0) continue;
      const pending = commandPending.safeParse(parseJson(new TextDecoder().decode(bytes)));
      if (pending.success) return pending.data;
      throw new UptickError("reply-invalid", `The server answered ${response.status} with something unexpected.`);
    } catch (error) {
      // The server spoke, or the connection broke: this is the right address.
      reached ||= error instanceof ServerProblem || wasCut(error);
      if (!reached || !isAway(error)) throw error;
      left = Math.ceil((until - cli.io.now()) / 1000);
      if (left <= 0) throw error;
      await cli.io.sleep(PAUSE);
    }
  }
}

/** The server is away for a moment: a connection that failed, or its own word that it can't just now. */
const isAway = (error: unknown): boolean =>
  (isUptickError(error) && error.code === "server-unreachable") ||
  (error instanceof ServerProblem && error.status === 503);

interface Options {
  readonly file?: string;
  readonly wait: number;
  readonly allow?: string;
  readonly uuid?: string;
  readonly dryRun?: true;
  readonly raw?: true;
}

/** What the server knows of the device that decides what it may be asked. */
async function askedDevice(cli: Cli, ref: string): Promise<Asked> {
  const api = await cli.api();
  const { value } = await api.json("showDevice", deviceDetail, { params: { ref } });
  return {
    platform: PLATFORMS.find((platform) => platform === value.platform),
    osVersion: value.osVersion ?? undefined,
    supervised: value.supervised ?? undefined,
    enrollment: value.userEnrollment ? "user" : "device",
  };
}

/** The command's bytes: a file's as they are, or written by the flags. */
async function bytesOf(
  cli: Cli,
  command: Command,
  ref: string,
  name: string | undefined,
  options: Options,
): Promise<Uint8Array> {
  const given = command.opts<Readonly<Record<string, unknown>>>();
  if (options.file !== undefined) {
    if (name !== undefined) command.error("error: name a RequestType or a --file, not both");
    if (options.uuid !== undefined)
      command.error("error: --uuid goes with a RequestType; a file holds its CommandUUID");
    const stray = strayFlags(undefined, given);
    if (stray.length > 0) command.error(`error: a --file is sent as it is, without ${stray.join(", ")}`);
    return readFileNamed(cli.io, options.file);
  }
  if (name === undefined) return command.error("error: missing a RequestType, or a complete command with --file");
  if (!isTyped(name))
    return command.error(
      `error: no flags are known for "${name}"; known are ${REQUEST_TYPES.join(", ")}, any other goes with --file`,
    );
  const stray = strayFlags(name, given);
  if (stray.length > 0) command.error(`error: ${name} does not take ${stray.join(", ")}`);
  return typedCommand(name, given, options.uuid ?? randomUUID().toUpperCase(), {
    readFile: (path) => readFileNamed(cli.io, path),
    device: () => askedDevice(cli, ref),
  });
}

async function run(cli: Cli, command: Command, ref: string, name: string | undefined): Promise<void> {
  const options = command.opts<Options>();
  const body = await bytesOf(cli, command, ref, name, options);
  if (options.dryRun === true) return void cli.io.stdout.write(body);
  const api = await cli.api();
  const query = { device: ref, wait: options.wait, ...(options.allow === undefined ? {} : { allow: options.allow }) };
  const outcome = await sendAndWait(cli, api, query, body);
  const uuid = outcome.kind === "answered" ? outcome.uuid : outcome.commandUuid;
  if (cli.json) {
    cli.sayJson((await api.json("showCommand", commandView, { params: { ref, uuid } })).text);
  } else if (outcome.kind === "answered") {
    if (options.raw === true) cli.io.stdout.write(outcome.answer);
    else cli.say(...plistWords(outcome.answer));
  } else {
    const where = outcome.state === "queued" ? "waits for the device" : "has been handed to the device";
    const again = options.file === undefined ? `the same command with --uuid ${uuid}` : "the same file again";
    const lost = outcome.resent
      ? "Uptick delivers it again until the device answers."
      : "Uptick delivers it only once. If its answer gets lost, it ends as answer-lost.";
    cli.io.stderr.write(
      `No answer yet: the command ${where}.\nSend ${again} to wait again; this does not create a second command.\n${lost}\n`,
    );
  }
}

export function addRaw(program: Command, cli: Cli): void {
  const command = program
    .command("command")
    .argument("<ref>", "id, UDID, serial or unique name")
    .argument("[RequestType]", REQUEST_TYPES.join(", "))
    .description(
      "Send one command to a device and print the answer. Give its name with flags, or a complete property list.",
    )
    .option("--file <file>", "a complete command, an XML property list with CommandUUID and Command; - reads stdin")
    .option("--wait <seconds>", "how long to wait for the answer", wholeNumber(0, LONGEST_WAIT), WAIT.fallback)
    .option(
      "--allow <RequestType>",
      "repeat the RequestType to confirm a command that erases, locks, shuts down or unenrolls the device",
    )
    .option(
      "--uuid <CommandUUID>",
      "CommandUUID for a command by name; repeat one to wait for its answer again (default: a new one)",
    )
    .option("--dry-run", "print the property list and send nothing")
    .option("--raw", "print the answer byte for byte");
  addFlags(command).action((ref: string, name: string | undefined) => run(cli, command, ref, name));
  examples(command, [
    [
      "what OS version and battery level does the device report?",
      "command C02XXXXXXXXX DeviceInformation --queries OSVersion,BatteryLevel",
    ],
    [
      "download an update, and wait ten minutes for the answer",
      "command C02XXXXXXXXX ScheduleOSUpdate --product-version 26.6.2 --install-action DownloadOnly --wait 600",
    ],
    [
      "a command from a file; print the answer unchanged",
      "command C02XXXXXXXXX --file query.plist --raw > answer.plist",
    ],
    ["do not wait; the command stays in the queue", "command C02XXXXXXXXX RestartDevice --wait 0"],
    ["a dangerous command needs its RequestType again", "command C02XXXXXXXXX --file erase.plist --allow EraseDevice"],
  ]);
}

/** What an admin must know of a command that an admin withdraws. */
function withdrawnWords(command: CommandView): string {
  const { requestType } = command;
  if (command.kind === "answered") return `${requestType} has been answered (${command.status}): nothing to withdraw.`;
  if (command.kind === "pending") return `${requestType} is ${command.state}.`;
  if (command.reason === "withdrawn") return `${requestType} is withdrawn; the device has not taken it.`;
  if (command.reason !== "answer-lost") return `${requestType} had ended: ${command.reason}.`;
  return `${requestType} has been handed to the device, which may carry it out; it is not sent again.`;
}

export function addWithdraw(program: Command, cli: Cli): void {
  const command = program
    .command("withdraw")
    .argument("<ref>", "id, UDID, serial or unique name")
    .argument("<CommandUUID>", "CommandUUID that uptick device shows")
    .description("Withdraw a command that was sent with uptick command and has not been answered.")
    .action(async (ref: string, uuid: string) => {
      const api = await cli.api();
      const said = await api.json("withdrawCommand", commandView, { params: { ref, uuid } });
      cli.show(said, (view) => [clean(withdrawnWords(view))]);
    });
  examples(command, [
    ["do not erase this iPad after all", "withdraw F4GDXXXXXXXX 8E5F7C1A-0D2B-4C39-9A61-3F5B7E2C1D40"],
  ]);
}
