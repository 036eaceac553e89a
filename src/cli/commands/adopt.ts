/** `uptick adopt`. */
import type { Command } from "commander";
import { type Adoptions, adoptions, deviceView, type WaitingDevice, waitingPage } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { moment } from "../age.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { deviceName } from "../job-words.ts";
import { allRows } from "../pages.ts";
import { table } from "../table.ts";

/** So many devices go into one request. */
const AT_ONCE = 500;

interface AdoptOptions {
  readonly all?: true;
  readonly certificate?: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

interface Wanted {
  readonly ref: string;
  readonly certificate?: string;
}

function waitingTable(devices: readonly WaitingDevice[]): string[] {
  const rows = devices.flatMap((device) =>
    device.certificates.map(({ fingerprint, subject, issuer, presentedAt }) => [
      device.name,
      device.serial ?? device.udid,
      device.enrollment === "quarantined" ? "not known here" : "another certificate",
      moment(presentedAt),
      subject,
      issuer,
      fingerprint,
    ]),
  );
  return table(["name", "serial or udid", "why", "presented", "subject", "issuer", "fingerprint"], rows);
}

async function adoptAll(api: Api, wanted: readonly Wanted[], dryRun: boolean): Promise<Adoptions> {
  const rows: Adoptions["rows"][number][] = [];
  const counts: Record<string, number> = {};
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const body = { devices: wanted.slice(i, i + AT_ONCE) };
    const { value } = await api.json("adoptDevices", adoptions, { query: { dryRun: dryRun || undefined }, body });
    rows.push(...value.rows);
    for (const [outcome, n] of Object.entries(value.counts)) counts[outcome] = (counts[outcome] ?? 0) + n;
  }
  return { dryRun, counts, rows };
}

/** The outcome for each; throws when a device was not adopted, so that a script sees it. */
function report(cli: Cli, result: Adoptions): void {
  if (cli.json) cli.sayJson(JSON.stringify(result));
  else {
    for (const { ref, name, outcome, sentence, remedy } of result.rows) {
      const who = name === null || name === ref ? ref : `${name} (${ref})`;
      const done = result.dryRun ? "would be adopted" : "adopted";
      cli.say(clean(`${who}: ${outcome === "adopted" ? done : `not adopted. ${sentence} ${remedy ?? ""}`.trimEnd()}`));
    }
  }
  const missed = result.rows.filter(({ outcome }) => outcome !== "adopted").length;
  if (missed > 0)
    throw new UptickError(
      "request-invalid",
      `${counted(missed, "device")} of ${result.rows.length} cannot be adopted.`,
      {
        remedy: "The lines above give the reason for each device.",
      },
    );
}

async function confirm(cli: Cli, devices: number, { yes }: AdoptOptions): Promise<boolean> {
  if (yes === true) return true;
  const { ask } = cli.io;
  if (ask === undefined || cli.json)
    throw new UptickError("request-invalid", "Nobody can be asked whether these devices are yours.", {
      remedy: "Look at the list with --all --dry-run, then repeat the command with --yes.",
    });
  const answer = await ask(`Adopt ${counted(devices, "device")} with these certificates? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

async function everything(cli: Cli, api: Api, options: AdoptOptions): Promise<void> {
  const waiting = await allRows((after) => api.json("listWaiting", waitingPage, { query: { after, limit: AT_ONCE } }));
  const clear = waiting.filter(({ certificates }) => certificates.length === 1);
  const several = waiting.filter(({ certificates }) => certificates.length > 1);
  if (cli.json && options.dryRun === true) return cli.sayJson(JSON.stringify({ rows: waiting, next: null }));
  if (waiting.length === 0)
    return cli.say(cli.json ? JSON.stringify({ dryRun: false, counts: {}, rows: [] }) : "No device waits.");
  if (!cli.json) {
    cli.say(...waitingTable(waiting));
    for (const device of several)
      cli.say(
        clean(
          `${deviceName(device)} has ${device.certificates.length} certificates: choose with uptick adopt ${device.id} --certificate FINGERPRINT.`,
        ),
      );
  }
  if (options.dryRun === true || clear.length === 0) return undefined;
  if (!(await confirm(cli, clear.length, options))) return cli.say("Nothing was adopted.");
  const wanted = clear.flatMap(({ id, certificates }) =>
    certificates.map(({ fingerprint }) => ({ ref: id, certificate: fingerprint })),
  );
  return report(cli, await adoptAll(api, wanted, false));
}

export function addAdopt(program: Command, cli: Cli): void {
  const command = program
    .command("adopt")
    .argument("[refs...]", "id, UDID, serial or unique name")
    .description("Accept a quarantined device, or a new certificate presented for an enrolled device.")
    .option("--all", "adopt every device that waits; lists them and asks first")
    .option("--certificate <fingerprint>", "the certificate to accept, if several wait for the device")
    .option("--dry-run", "show what would be adopted and change nothing")
    .option("--yes", "with --all, do not ask")
    .action(async (refs: readonly string[], options: AdoptOptions) => {
      const { all, certificate, dryRun } = options;
      if ((all === true) === refs.length > 0 || (certificate !== undefined && refs.length !== 1))
        throw new UptickError("usage-invalid", "Name devices, or give --all; --certificate is for one device.", {
          remedy: "See uptick adopt --help.",
        });
      const api = await cli.api();
      if (all === true) return everything(cli, api, options);
      const [ref = "", ...others] = refs;
      if (others.length > 0 || dryRun === true) {
        const wanted = refs.map((one) => ({ ref: one, ...(certificate === undefined ? {} : { certificate }) }));
        return report(cli, await adoptAll(api, wanted, dryRun === true));
      }
      return cli.show(
        await api.json("adoptDevice", deviceView, { params: { ref }, query: { certificate } }),
        (device) => [clean(`${deviceName(device)} (${device.serial ?? device.udid}) is ${device.enrollment}.`)],
      );
    });
  examples(command, [
    ["which devices wait, with which certificates?", "adopt --all --dry-run"],
    ["adopt one or more devices", "adopt C02XXXXXXXXX C02YYYYYYYYY"],
    ["after a restore: list all devices that wait, confirm, adopt them", "adopt --all"],
    [
      "one of several certificates of one device",
      "adopt C02XXXXXXXXX --certificate 5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c",
    ],
  ]);
}
