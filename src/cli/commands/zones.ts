/** `uptick zone`: of a device, or by a rule for all devices that have no other. */
import type { Command } from "commander";
import { deviceDetail, type ZoneRules, zoneRules, type ZoneRulesRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { deviceName, shortRule } from "../job-words.ts";
import { table } from "../table.ts";

interface Options {
  readonly group?: string;
  readonly rule?: string;
  readonly place?: number;
}

const MOST = 200;

async function setOfDevice(cli: Cli, ref: string, zone: string): Promise<void> {
  const api = await cli.api();
  const body = { zone: zone === "none" ? null : zone };
  cli.show(await api.json("setZone", deviceDetail, { params: { ref }, body }), (device) => [
    clean(`${deviceName(device)} (${device.serial ?? device.udid}): ${device.timeZone ?? "zone unknown"}.`),
  ]);
}

/**
 * The rule as it is sent, and whether a rule of the list is the same. The list has canonical text: a name of a group is found in any case,
 * and a rule that differs in blanks and quotes only. Another way to write the rule the server refuses as a repetition.
 */
interface Meant {
  readonly rule: string;
  isSame(listed: string): boolean;
}

function byGroup(name: string): Meant {
  const rule = `group = "${name.replaceAll('"', '""')}"`;
  return {
    rule,
    isSame(listed) {
      const [, inQuotes, bare] = /^group = (?:"(.*)"|(\S+))$/.exec(listed) ?? [];
      return (inQuotes ?? bare)?.toLowerCase() === name.normalize("NFC").toLowerCase();
    },
  };
}

const byRule = (rule: string): Meant => ({ rule, isSame: (listed) => squeezed(listed) === squeezed(rule) });

const squeezed = (rule: string): string =>
  rule
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([=!(),]+) ?/g, "$1")
    .replaceAll('"', "");

/** The list with the zone of one rule set, moved or taken out. */
function changed(rules: ZoneRules["rules"], meant: Meant, zone: string, place?: number): ZoneRulesRequest["rules"] {
  const { rule } = meant;
  const at = rules.findIndex((one) => meant.isSame(one.rule));
  const others = rules.filter((_one, i) => i !== at).map(({ rule: text, zone: its }) => ({ rule: text, zone: its }));
  if (zone !== "none") {
    const where = place === undefined ? (at < 0 ? others.length : at) : place - 1;
    return [...others.slice(0, where), { rule: rules[at]?.rule ?? rule, zone }, ...others.slice(where)];
  }
  if (at < 0)
    throw new UptickError("request-invalid", `No zone rule is: ${rule.slice(0, 200)}`, {
      remedy: "Run uptick zone, and copy the rule from its list.",
    });
  return others;
}

async function setByRule(cli: Cli, meant: Meant, zone: string, place: number | undefined): Promise<void> {
  const api = await cli.api();
  const { value } = await listed(api);
  const body: ZoneRulesRequest = { rules: changed(value.rules, meant, zone, place), revision: value.revision };
  cli.show(await api.json("setZoneRules", zoneRules, { body }), listLines);
}

const listed = (api: Api) => api.json("showZoneRules", zoneRules);

function listLines({ rules }: ZoneRules): string[] {
  if (rules.length === 0) return ["No zone rule has been made. See: uptick zone --help"];
  const rows = rules.map(({ rule, zone, createdBy }, i) => [String(i + 1), zone, createdBy, shortRule(rule)]);
  return [
    "For devices whose time zone no admin has set and that report none, the first rule that matches counts:",
    ...table(["place", "zone", "by", "rule"], rows),
  ];
}

export function addZone(program: Command, cli: Cli): void {
  const command = program
    .command("zone")
    .usage("[options] [<ref> <zone> | --group <name> <zone> | --rule <rule> <zone>]")
    .argument("[ref]", "id, UDID, serial or unique name; left out with --group and --rule")
    .argument("[zone]", "IANA name such as Europe/Zurich; none removes the override or the zone rule")
    .description(
      "Set the time zone of a device, or by a rule that of devices without another; without arguments: list the zone rules. Macs do not report their zone, and deadlines use it.",
    )
    .option("--group <name>", "the devices of a group")
    .option("--rule <rule>", "the devices that a rule matches")
    .option(
      "--place <n>",
      "place of the rule in the list, from 1; default: the end, or where it is",
      wholeNumber(1, MOST),
    )
    .action(async (first: string | undefined, second: string | undefined, { group, rule, place }: Options) => {
      const meant = group === undefined ? (rule === undefined ? undefined : byRule(rule)) : byGroup(group);
      if (group !== undefined && rule !== undefined) command.error("error: --group and --rule exclude each other");
      if (meant === undefined) {
        if (first === undefined) return cli.show(await listed(await cli.api()), listLines);
        if (second === undefined) return command.error("error: missing required argument 'zone'");
        return setOfDevice(cli, first, second);
      }
      if (first === undefined) return command.error("error: missing required argument 'zone'");
      if (second !== undefined)
        return command.error("error: with --group or --rule there is no device: write only the zone");
      return setByRule(cli, meant, first, place);
    });
  examples(command, [
    ["this Mac is in Zurich", "zone C02XXXXXXXXX Europe/Zurich"],
    ["use the time zone that the device reports again", "zone C02XXXXXXXXX none"],
    ["Macs of a group, unless a Mac has its own setting", 'zone --group "Tokyo lab" Asia/Tokyo'],
    ["all other Macs; the first rule that matches counts", "zone --rule 'platform = macOS' Europe/Zurich"],
    ["the zone rules in their order", "zone"],
    ["remove a zone rule", 'zone --group "Tokyo lab" none'],
  ]);
}
