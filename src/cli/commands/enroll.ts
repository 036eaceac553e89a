/** `uptick enroll`: a profile; `enroll link`, `links`, `revoke`: links by which people fetch one themselves. */
import type { Command } from "commander";
import { enrollmentLink, enrollmentProfile, linkPage, newEnrollmentLink } from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { writeFileNamed } from "../files.ts";
import { PAGE, sayList } from "../pages.ts";
import { table } from "../table.ts";
import { OWN_TLS } from "../trust-words.ts";

const PROFILE_NAME = "uptick-enrollment.mobileconfig";
const MOST_USES = 100_000;
const MOST_HOURS = 8760;

export function addEnroll(program: Command, cli: Cli): void {
  const command = program
    .command("enroll")
    .description("Make an enrollment profile to install on devices, or a link to one.")
    .option("--out <file>", `file to write; - writes to stdout (default: ${PROFILE_NAME})`)
    .option("--uses <n>", "how many devices may enroll with the profile (default: 1)", wholeNumber(1, MOST_USES))
    .option("--hours <n>", "hours until the profile expires (default: 168)", wholeNumber(1, MOST_HOURS))
    .option("--device <ref>", "only this device may enroll: a known device, a UDID or a serial number")
    .option("--note <text>", "text stored with each enrollment made with the profile")
    .action(async (options: { out?: string; uses?: number; hours?: number; device?: string; note?: string }) => {
      const { out, ...body } = options;
      const api = await cli.api();
      const said = await api.json("enroll", enrollmentProfile, { body });
      const bytes = Buffer.from(said.value.profile, "base64");
      const trust = said.value.publiclyTrusted ? [] : OWN_TLS;
      if (out === "-" && !cli.json) {
        cli.io.stdout.write(bytes);
        return void cli.io.stderr.write(trust.map((line) => `${line}\n`).join(""));
      }
      const path = out ?? PROFILE_NAME;
      if (out !== undefined && out !== "-") await writeFileNamed(cli.io, path, bytes);
      if (cli.json) return cli.sayJson(said.text);
      if (out === undefined) await writeFileNamed(cli.io, path, bytes);
      const { uses, expiresAt } = said.value;
      return cli.say(
        `${clean(path)}: good for ${counted(uses, "device")} until ${moment(expiresAt)} (${age(expiresAt, cli.io.now())}).`,
        "Whoever has the file can enroll with it: hand it over as you would a password.",
        ...trust,
      );
    });
  examples(command, [
    ["for one device, within a week", "enroll"],
    ["for a lab of 30, today", 'enroll --uses 30 --hours 8 --note "lab 3" --out lab3.mobileconfig'],
    ["a link to send or to put on a wall", "enroll link --uses 30 --hours 8"],
  ]);
  command.hook("preSubcommand", refuseOthersOptions);
  addLink(command, cli);
  addLinks(command, cli);
  addRevoke(command, cli);
  for (const sub of command.commands) {
    // Without enroll's own, which mean a profile.
    sub.configureHelp({ ...sub.configureHelp(), visibleGlobalOptions: () => [...program.options] });
  }
}

/** Commander gives enroll all options that it knows, wherever they stand: those that mean nothing to `sub` are refused. */
function refuseOthersOptions(enroll: Command, sub: Command): void {
  const other = enroll.options.find(
    (option) =>
      enroll.getOptionValueSource(option.attributeName()) !== undefined &&
      !sub.options.some(({ long }) => long === option.long),
  );
  if (other !== undefined) enroll.error(`error: ${sub.name()} does not take ${other.long}`);
}

function addLink(enroll: Command, cli: Cli): void {
  const command = enroll
    .command("link")
    .description(
      "Make a link that people open in Safari to download an enrollment profile. The link is printed only once.",
    )
    .option("--uses <n>", "how many devices may enroll with the link (default: 1)", wholeNumber(1, MOST_USES))
    .option("--hours <n>", "hours until the link expires (default: 168)", wholeNumber(1, MOST_HOURS))
    .option("--note <text>", "text stored with the link; people who open the link do not see it")
    .action(async () => {
      // Of the same name as enroll's, which has them.
      const { uses, hours, note } = enroll.opts<{ uses?: number; hours?: number; note?: string }>();
      const body = { uses, hours, note };
      const api = await cli.api();
      const said = await api.json("createLink", newEnrollmentLink, { body });
      cli.show(said, ({ url }) => [clean(url)]);
      if (cli.json) return;
      const { id, expiresAt, publiclyTrusted } = said.value;
      const lines = [
        `Good for ${counted(said.value.uses, "device")} until ${moment(expiresAt)} (${age(expiresAt, cli.io.now())}).`,
        `The link is shown only this once. To revoke it: uptick enroll revoke ${id}`,
        ...(publiclyTrusted ? [] : [...OWN_TLS, "  Safari warns of the certificate when the link is opened."]),
      ];
      cli.io.stderr.write(lines.map((line) => `${clean(line)}\n`).join(""));
    });
  examples(command, [
    ["for a class of 30, until the evening", 'enroll link --uses 30 --hours 8 --note "class 3b"'],
    ["for one person", "enroll link"],
  ]);
}

function addLinks(enroll: Command, cli: Cli): void {
  const command = enroll
    .command("links")
    .description("List the enrollment links, newest first. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listLinks", linkPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        const now = cli.io.now();
        return table(
          ["id", "state", "used", "downloads", "made", "by", "ends", "note"],
          rows.map(({ id, state, used, uses, downloads, createdAt, createdBy, expiresAt, note }) => [
            id,
            state,
            `${used} of ${uses}`,
            String(downloads),
            age(createdAt, now),
            createdBy,
            age(expiresAt, now),
            note,
          ]),
        );
      });
    });
  examples(command, [["which links exist, and how often was each used?", "enroll links"]]);
}

function addRevoke(enroll: Command, cli: Cli): void {
  const command = enroll
    .command("revoke")
    .argument("<id>", "the link's id, as enroll links shows it")
    .description("Revoke an enrollment link immediately. Devices that have enrolled with it stay enrolled.")
    .action(async (id: string) => {
      const api = await cli.api();
      cli.show(await api.json("revokeLink", enrollmentLink, { params: { id } }), (link) => [
        clean(`The link ${link.id} is revoked; ${counted(link.used, "device")} had enrolled with it.`),
      ]);
    });
  examples(command, [["the link was sent to the wrong people", "enroll revoke 0198c000-0000-7000-8000-000000000001"]]);
}
