/** `uptick status`, `push import`, `token …`. */
import type { Command } from "commander";
import {
  type ClockView,
  clockView,
  newToken,
  pushCertificate,
  pushRequest,
  serverStatus,
  tokenPage,
} from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { readFileNamed, writeFileNamed } from "../files.ts";
import { passphraseFor } from "../passphrase.ts";
import { isPkcs12, openPkcs12 } from "../push-p12.ts";
import { PAGE, sayList } from "../pages.ts";
import { table } from "../table.ts";
import { OWN_TLS } from "../trust-words.ts";
import { countsLine } from "./compliance-text.ts";
import { refusalLines } from "./refusals.ts";

function addStatus(program: Command, cli: Cli): void {
  const command = program
    .command("status")
    .description("Show the server's state, its warnings, and what is missing before devices can enroll.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("status", serverStatus), (status) => {
        const { push } = status;
        const pushText =
          push === null ? "none" : `${push.topic}, ends ${moment(push.endsAt)} (${age(push.endsAt, cli.io.now())})`;
        return [
          clean(
            `Uptick ${status.version}: ${counted(status.devices, "device")}, ${counted(status.releases, "OS release")} known`,
          ),
          countsLine(status.compliance),
          clean(status.catalog?.sentence ?? "Apple's list of releases: none (uptick catalog fetch)"),
          clean(`public URL: ${status.publicUrl ?? "none"}`),
          clean(`push certificate: ${pushText}`),
          ...status.warnings.flatMap(({ sentence: text, remedy }) => [clean(`warning: ${text}`), clean(`  ${remedy}`)]),
          ...(status.missing.length === 0 ? ["Devices can enroll."] : ["Before devices can enroll:"]),
          ...status.missing.map(({ what, remedy: how }) => clean(`  missing: ${what}. ${how}`)),
          ...(status.ownTls ? OWN_TLS : []),
          ...(status.handshakes.length === 0 ? [] : ["Failed TLS handshakes:"]),
          ...status.handshakes.flatMap((one) => refusalLines(one, cli.io.now())),
          ...(status.refusals.length === 0 ? [] : ["Refused requests of devices (uptick refusals lists all):"]),
          ...status.refusals.flatMap((one) => refusalLines(one, cli.io.now())),
        ];
      });
    });
  examples(command, [
    ["is everything ready?", "status"],
    ["a server on another machine", "status --url https://mdm.example.org --token-file ~/.uptick-token"],
  ]);
}

function addPush(program: Command, cli: Cli): void {
  const push = program.command("push").description("Request and import the push certificate from Apple's portal.");
  const command = push
    .command("import")
    .argument(
      "<file>",
      "PEM or PKCS#12 file with the certificate, and its private key unless push csr made the request; - reads stdin",
    )
    .description("Import the push certificate, or a renewed one.")
    .option(
      "--passphrase-file <file>",
      "file with the passphrase of a PKCS#12 file (else: UPTICK_P12_PASSPHRASE, or a prompt)",
    )
    .action(async (file: string, { passphraseFile }: { passphraseFile?: string }) => {
      const bytes = await readFileNamed(cli.io, file);
      const body = isPkcs12(bytes)
        ? new TextEncoder().encode(openPkcs12(bytes, await passphraseFor(cli.io, passphraseFile)))
        : bytes;
      const api = await cli.api();
      cli.show(await api.json("importPush", pushCertificate, { body }), ({ topic, endsAt: notAfter }) => [
        clean(`Push certificate for ${topic}, ends ${moment(notAfter)} (${age(notAfter, cli.io.now())}).`),
      ]);
    });
  examples(command, [
    ["certificate and key in one file", "push import push.pem"],
    ["as Keychain Access exports them", "push import push.p12 --passphrase-file passphrase"],
    ["the renewed one, from a pipe", "push import - < renewed.pem"],
  ]);
  const csr = push
    .command("csr")
    .description("Create the request for a push certificate. The private key stays on the server.")
    .option(
      "--vendor <file>",
      "sign the request: PEM file with your MDM vendor certificate, its private key and Apple's intermediate certificates",
    )
    .option("--out <file>", "file to write (default: push.csr, or push-request.b64 with --vendor)")
    .action(async ({ vendor, out }: { vendor?: string; out?: string }) => {
      const pem = vendor === undefined ? undefined : new TextDecoder().decode(await readFileNamed(cli.io, vendor));
      const api = await cli.api();
      const said = await api.json("pushRequest", pushRequest, { body: pem === undefined ? {} : { vendor: pem } });
      const { csr: request, signed } = said.value;
      const path = out ?? (signed === null ? "push.csr" : "push-request.b64");
      await writeFileNamed(cli.io, path, new TextEncoder().encode(signed ?? request));
      if (cli.json) return cli.sayJson(said.text);
      return cli.say(
        clean(
          `${path}: ${signed === null ? "have an MDM vendor sign it; then upload the signed request" : "upload it"}`,
        ),
        "at https://identity.apple.com/pushcert, with an Apple Account that your organization will keep.",
        "To renew later, choose Renew for the SAME certificate with the same Apple Account. With a new one, every device must enroll again.",
        "Then run: uptick push import FILE.pem, with the file from the portal.",
      );
    });
  examples(csr, [
    ["for a vendor to sign", "push csr"],
    ["with a vendor certificate of your own", "push csr --vendor vendor.pem"],
  ]);
  examples(push, [
    ["create the request", "push csr"],
    ["import the certificate", "push import push.pem"],
  ]);
}

function addTokens(program: Command, cli: Cli): void {
  const token = program
    .command("token")
    .description("Create, list and revoke admin tokens, which give access to the API and these commands.");
  const create = token
    .command("create")
    .argument("<name>", "name of the person or script that will use the token")
    .description("Create a token. It is printed only once.")
    .action(async (name: string) => {
      const api = await cli.api();
      const said = await api.json("createToken", newToken, { body: { name } });
      cli.show(said, ({ token: made }) => [clean(made)]);
      if (!cli.json) cli.io.stderr.write("The token is shown only this once.\n");
    });
  examples(create, [
    ["for a script", "token create nightly-report > nightly.token"],
    ["use the token", "devices --token-file nightly.token"],
  ]);

  const list = token
    .command("list")
    .description("List the tokens by name. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listTokens", tokenPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        const now = cli.io.now();
        return table(
          ["name", "made"],
          rows.map(({ name, createdAt }) => [name, age(createdAt, now)]),
        );
      });
    });
  examples(list, [["which tokens exist?", "token list"]]);

  const revoke = token
    .command("revoke")
    .argument("<name>", "the token's name")
    .description("Revoke a token immediately.")
    .action(async (name: string) => {
      const api = await cli.api();
      await api.send("revokeToken", { params: { name } });
      if (!cli.json) cli.say(`The token ${clean(name)} is revoked.`);
    });
  examples(revoke, [["a token has leaked", "token revoke nightly-report"]]);
  examples(token, [
    ["one for each person or script", "token create my-laptop"],
    ["which tokens exist?", "token list"],
  ]);
}

const clockLines = ({ trustedAt, systemAt, suspect }: ClockView): string[] =>
  suspect === null
    ? [clean(`The system clock says ${systemAt}. Uptick uses it.`)]
    : [
        clean(`The system clock says ${systemAt}. Uptick does not trust it and uses ${trustedAt}.`),
        clean(`Uptick will use the system clock from ${suspect.untilAt} on, or after uptick clock accept.`),
      ];

function addClock(program: Command, cli: Cli): void {
  const clock = program
    .command("clock")
    .description("Show the time that the server uses. It does not use a system clock that has jumped forward.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("showClock", clockView), clockLines);
    });
  const accept = clock
    .command("accept")
    .description(
      "Confirm that the server's system clock is right. Check it first: whatever has ended by then expires immediately.",
    )
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("acceptClock", clockView), clockLines);
    });
  examples(accept, [["the machine was off for two months, and its clock is right", "clock accept"]]);
  examples(clock, [
    ["which time does the server use, and why?", "clock"],
    ["the system clock is right", "clock accept"],
  ]);
}

export function addServer(program: Command, cli: Cli): void {
  addStatus(program, cli);
  addPush(program, cli);
  addTokens(program, cli);
  addClock(program, cli);
}
