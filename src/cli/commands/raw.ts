/** `uptick command`: the raw door. */
import type { Command } from "commander";
import { commandPending, type CommandPending, commandView, WAIT } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { type Api, parseJson } from "../api.ts";
import { cleanLines } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { readFileNamed } from "../connect.ts";

/** One request waits less than a client's own patience for a reply's headers, which is 300 seconds. */
const LONGEST_REQUEST = 120;
const LONGEST_WAIT = 86_400;

type Outcome = { readonly kind: "answered"; readonly uuid: string; readonly answer: Uint8Array } | CommandPending;

/** Sends the same bytes again while it waits: that gives the same command's outcome. */
async function sendAndWait(
  api: Api,
  { wait, ...query }: { readonly device: string; readonly wait: number; readonly allow?: string },
  body: Uint8Array,
): Promise<Outcome> {
  for (let left = wait; ; ) {
    const part = Math.min(left, LONGEST_REQUEST);
    const { response, bytes } = await api.send("rawCommand", { query: { ...query, wait: part }, body, accept: "*/*" });
    if (response.status === 200) {
      const uuid = decodeURIComponent(response.headers.get("uptick-command-uuid") ?? "");
      return { kind: "answered", uuid, answer: bytes };
    }
    left -= part;
    if (left > 0) continue;
    const pending = commandPending.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (pending.success) return pending.data;
    throw new UptickError("reply-invalid", `The server answered ${response.status} with something unexpected.`);
  }
}

function addCommand(program: Command, cli: Cli): void {
  const command = program
    .command("command")
    .argument("<ref>", "id, UDID, serial or unique name")
    .argument("<file>", "a complete command, an XML property list with CommandUUID and Command; - reads stdin")
    .description("Send a command as it is and print the device's own answer.")
    .option("--wait <seconds>", `how long to wait for the answer`, wholeNumber(0, LONGEST_WAIT), WAIT.fallback)
    .option("--allow <RequestType>", "say again what erases, locks or switches off the device or touches its enrolment")
    .action(async (ref: string, file: string, options: { wait: number; allow?: string }) => {
      const body = await readFileNamed(cli.io, file);
      const api = await cli.api();
      const outcome = await sendAndWait(api, { device: ref, ...options }, body);
      const uuid = outcome.kind === "answered" ? outcome.uuid : outcome.commandUuid;
      if (cli.json) {
        cli.say((await api.json("showCommand", commandView, { params: { ref, uuid } })).text);
      } else if (outcome.kind === "answered") {
        const { answer } = outcome;
        if (cli.io.isTty) cli.say(cleanLines(new TextDecoder().decode(answer)).trimEnd());
        else cli.io.stdout.write(answer);
      } else {
        const where = outcome.state === "queued" ? "waits for the device" : "has been handed to the device";
        cli.io.stderr.write(
          `No answer yet: the command ${where}.\nSend the same file again to go on waiting; it is not sent twice.\n`,
        );
      }
    });
  examples(command, [
    ["send it and wait half a minute", "command C02XXXXXXXXX query.plist"],
    ["wait longer, keep the answer", "command C02XXXXXXXXX query.plist --wait 600 > answer.plist"],
    ["leave it in the queue", "command C02XXXXXXXXX query.plist --wait 0"],
  ]);
}

export function addRaw(program: Command, cli: Cli): void {
  addCommand(program, cli);
}
