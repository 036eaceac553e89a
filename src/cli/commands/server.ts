/** `uptick status`, `push import`, `token …`. */
import type { Command } from "commander";
import {
  type ClockView,
  clockView,
  newToken,
  pushCertificate,
  pushRequest,
  serverStatus,
  tokenList,
} from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { readFileNamed, writeFileNamed } from "../files.ts";
import { passphraseFor } from "../passphrase.ts";
import { isPkcs12, openPkcs12 } from "../push-p12.ts";
import { table } from "../table.ts";
import { OWN_TLS } from "../trust-words.ts";
import { refusalLines } from "./refusals.ts";

function addStatus(program: Command, cli: Cli): void {
  const command = program
    .command("status")
    .description("Show the server's state and what is missing before devices can enroll.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("status", serverStatus), (status) => {
        const { push } = status;
        const pushText =
          push === null ? "none" : `${push.topic}, ends ${moment(push.notAfter)} (${age(push.notAfter, cli.io.now())})`;
        return [
          clean(
            `Uptick ${status.version}: ${counted(status.devices, "device")}, ${counted(status.releases, "OS release")} known`,
          ),
          clean(status.catalog?.sentence ?? "Apple's list of releases: none was imported"),
          clean(`public URL: ${status.publicUrl ?? "none"}`),
          clean(`push certificate: ${pushText}`),
          ...status.warnings.flatMap(({ text, remedy }) => [clean(`warning: ${text}`), clean(`  ${remedy}`)]),
          ...(status.missing.length === 0 ? ["Devices can enroll."] : ["Before devices can enroll:"]),
          ...status.missing.map(({ what, how }) => clean(`  missing: ${what}. ${how}`)),
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
    ["a server elsewhere", "status --url https://mdm.example.org --token-file ~/.uptick-token"],
  ]);
}

function addPush(program: Command, cli: Cli): void {
  const push = program.command("push").description("The push certificate from Apple's portal.");
  const command = push
    .command("import")
    .argument(
      "<file>",
      "PEM or PKCS#12 with the certificate, and its private key unless the request came from push csr; - reads stdin",
    )
    .description("Give the server its push certificate, or the renewed one.")
    .option(
      "--passphrase-file <file>",
      "holds the passphrase of a PKCS#12 file (else: UPTICK_P12_PASSPHRASE, or it asks)",
    )
    .action(async (file: string, { passphraseFile }: { passphraseFile?: string }) => {
      const bytes = await readFileNamed(cli.io, file);
      const body = isPkcs12(bytes)
        ? new TextEncoder().encode(openPkcs12(bytes, await passphraseFor(cli.io, passphraseFile)))
        : bytes;
      const api = await cli.api();
      cli.show(await api.json("importPush", pushCertificate, { body }), ({ topic, notAfter }) => [
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
    .description("Make the request for a push certificate. Its private key never leaves the server.")
    .option(
      "--vendor <file>",
      "PEM: MDM vendor certificate, its private key, Apple's certificates above it; signs the request",
    )
    .option("--out <file>", "where to write it (default: push.csr, or push-request.b64 with --vendor)")
    .action(async ({ vendor, out }: { vendor?: string; out?: string }) => {
      const pem = vendor === undefined ? undefined : new TextDecoder().decode(await readFileNamed(cli.io, vendor));
      const api = await cli.api();
      const said = await api.json("pushRequest", pushRequest, { body: pem === undefined ? {} : { vendor: pem } });
      const { csr: request, signed } = said.value;
      const path = out ?? (signed === null ? "push.csr" : "push-request.b64");
      await writeFileNamed(cli.io, path, new TextEncoder().encode(signed ?? request));
      if (cli.json) return cli.sayJson(said.text);
      return cli.say(
        clean(`${path}: ${signed === null ? "have an MDM vendor sign it; then upload what comes back" : "upload it"}`),
        "at https://identity.apple.com/pushcert, with an Apple Account that stays with your organisation.",
        "To renew, choose Renew at the SAME certificate, with the same Apple Account: a new one strands every device.",
        "Then: uptick push import FILE.pem, with what the portal gives you.",
      );
    });
  examples(csr, [
    ["for a vendor to sign", "push csr"],
    ["with a vendor certificate of your own", "push csr --vendor vendor.pem"],
  ]);
  examples(push, [
    ["make the request", "push csr"],
    ["give the server its certificate", "push import push.pem"],
  ]);
}

function addTokens(program: Command, cli: Cli): void {
  const token = program.command("token").description("Admin tokens: who may use the API and these commands.");
  const create = token
    .command("create")
    .argument("<name>", "who or what will use it")
    .description("Make a token and print it, this once.")
    .action(async (name: string) => {
      const api = await cli.api();
      const said = await api.json("createToken", newToken, { body: { name } });
      cli.show(said, ({ token: made }) => [clean(made)]);
      if (!cli.json) cli.io.stderr.write("This is the only time it is shown.\n");
    });
  examples(create, [
    ["for a script", "token create nightly-report > nightly.token"],
    ["and its use", "devices --token-file nightly.token"],
  ]);

  const list = token
    .command("list")
    .description("List the tokens by name.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("listTokens", tokenList), ({ rows }) => {
        const now = cli.io.now();
        return table(
          ["name", "made"],
          rows.map(({ name, createdAt }) => [name, age(createdAt, now)]),
        );
      });
    });
  examples(list, [["who has access", "token list"]]);

  const revoke = token
    .command("revoke")
    .argument("<name>", "the token's name")
    .description("Revoke a token at once.")
    .action(async (name: string) => {
      const api = await cli.api();
      await api.send("revokeToken", { params: { name } });
      if (!cli.json) cli.say(`The token ${clean(name)} is revoked.`);
    });
  examples(revoke, [["it leaked", "token revoke nightly-report"]]);
  examples(token, [
    ["one for each person or script", "token create my-laptop"],
    ["who has access", "token list"],
  ]);
}

const clockLines = ({ trustedAt, systemAt, suspect }: ClockView): string[] =>
  suspect === null
    ? [clean(`The system clock says ${systemAt}. Uptick uses it.`)]
    : [
        clean(`The system clock says ${systemAt}. Uptick does not believe it and uses ${trustedAt}.`),
        clean(`It will believe the system clock from ${suspect.untilAt} on, or after uptick clock accept.`),
      ];

function addClock(program: Command, cli: Cli): void {
  const clock = program
    .command("clock")
    .description("Show which time the server uses. It does not believe a system clock that has jumped forward.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("showClock", clockView), clockLines);
    });
  const accept = clock
    .command("accept")
    .description("Say that the server's system clock is right, after you have checked it. What is over then expires.")
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("acceptClock", clockView), clockLines);
    });
  examples(accept, [["the machine was off for two months, and its time is right", "clock accept"]]);
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
