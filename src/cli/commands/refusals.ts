/** `uptick refusals`, and the same as `uptick status` shows it. */
import { type Command, Option } from "commander";
import { type Refusal, refusalPage } from "../../contract/index.ts";
import { age } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, examples } from "../cli.ts";
import { pagesOf } from "../pages.ts";

const PAGE = 1000;

/** What happened, whose certificate it was, and what to do: two or three lines. */
export function refusalLines(refusal: Refusal, now: number): string[] {
  const { reason, sentence, remedy, owner, fingerprint, address, count, firstAt, lastAt } = refusal;
  const times = count === 1 ? "" : `, ${count} times since ${firstAt.slice(0, 10)}`;
  const from = address === null ? "" : `, from ${address}`;
  const whose =
    owner === null
      ? fingerprint === null
        ? []
        : [`    certificate ${fingerprint}`]
      : [`    certificate of ${owner.name ?? owner.serial ?? owner.id} (${owner.serial ?? owner.id}), ${fingerprint}`];
  return [`  ${age(lastAt, now)}${times}${from}: ${sentence} (${reason})`, ...whose, `    ${remedy}`].map(clean);
}

export function addRefusals(program: Command, cli: Cli): void {
  const command = program
    .command("refusals")
    .description(
      "List refused requests of devices and failed TLS handshakes, newest first. With --json: one API page per line.",
    )
    .addOption(
      new Option(
        "--source <source>",
        "messages of devices (mdm), certificate requests (scep) or TLS handshakes (tls)",
      ).choices(["mdm", "scep", "tls"]),
    )
    .action(async ({ source }: { source?: string }) => {
      const api = await cli.api();
      const pages = pagesOf((after) =>
        api.json("listRefusals", refusalPage, { query: { source, after, limit: PAGE } }),
      );
      const refusals: Refusal[] = [];
      for await (const page of pages) {
        if (cli.json) cli.sayJson(page.text);
        else for (const one of page.value.rows) refusals.push(one);
      }
      if (cli.json) return;
      if (refusals.length === 0) cli.say("Nothing was refused in the last 30 days.");
      else cli.say(...refusals.flatMap((one) => refusalLines(one, cli.io.now())));
    });
  examples(command, [
    ["which devices are refused, and why?", "refusals"],
    ["which devices do not trust the TLS certificate?", "refusals --source tls"],
  ]);
}
