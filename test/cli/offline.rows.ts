/** What needs no server, or is one. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import type { Ran } from "./place.ts";
import type { Rows } from "./row.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));

/** As a process of its own, which is asked to end once it has said `until` on stderr. */
function asProcess(line: readonly string[], until: string): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...line], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err, asked] = ["", "", false];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => {
    err += part.toString();
    if (asked || !err.includes(until)) return;
    asked = true;
    child.kill("SIGTERM");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

const REHEARSED_PLAN = `name: Macs
standing: true
to: latest-minor
action: install
deadline: +2d 17:00
zone: Europe/Berlin
`;

export const OFFLINE: Rows = {
  completion: {
    happy: { line: ["completion", "bash"], says: ["complete -F _uptick uptick", '"plan create"', '"rehearse"'] },
    sad: { line: ["completion", "tcsh"], code: "usage-invalid", remedy: "Name one of bash, zsh, fish." },
  },
  serve: {
    happy: {
      line: async ({ file }) => [
        "serve",
        `--data-dir=${file("other")}`,
        `--device-listen=127.0.0.1:${await reserveLoopbackPort()}`,
        "--web-listen=127.0.0.1:0",
        "--catalog-fetch=off",
      ],
      run: (line) => asProcess(line, "Admin API:"),
      says: [/"event":"serving"/, /"event":"stopped"/],
      aside: [
        "Admin token, shown only this once: uptick_",
        /This link makes the first admin account, once, within 24 hours:\nhttp:\/\/127\.0\.0\.1:\d+\/setup#[\w-]{43}\n/,
        "Real devices can't enroll yet. Still needed:",
      ],
    },
    sad: { line: ["serve", "--data-dirr=x"], code: "config-invalid" },
  },
  demo: {
    happy: { line: ["demo", "--count", "1"], says: ["1 of 1 devices ended as their kind must."] },
    sad: { line: ["demo", "--count", "many"], code: "usage-invalid" },
  },
  simulate: {
    happy: {
      line: async ({ run, file }) => {
        await run(["enroll", "--out", "simulated.mobileconfig"]);
        return [
          "simulate",
          "--profile",
          file("simulated.mobileconfig"),
          "--duration",
          "1s",
          "--report",
          file("report"),
        ];
      },
      says: [/^1 simulated devices, seed 1, against https:\/\/localhost:\d+; Ctrl-C ends them\.\n/],
      then: ({ file }) =>
        expect(JSON.parse(readFileSync(file("report"), "utf8"))).toMatchObject({ count: 1, refused: 0 }),
    },
    sad: { line: ({ file }) => ["simulate", "--profile", file("absent")], code: "file-unreadable" },
  },
  rehearse: {
    happy: {
      line: ({ file }) => {
        writeFileSync(file("rehearsed.yaml"), REHEARSED_PLAN);
        writeFileSync(
          file("rehearsed.csv"),
          'Serial,Model,Board,OS\nC02A,"Mac14,2",J413AP,26.5\nC02B,"Mac99,9",J999AP,26.5\n',
        );
        writeFileSync(file("list.json"), JSON.stringify(sampleLookupService()));
        return [
          "rehearse",
          file("rehearsed.yaml"),
          "--inventory",
          file("rehearsed.csv"),
          "--catalog",
          file("list.json"),
          ...["--columns", "model=Model,serial=Serial", "--from", "2026-08-24", "--days", "5"],
        ];
      },
      says: [/^Rehearsal of Macs: 5 days from 2026-08-24 02:00/, "Assumed (seed 1): 30 % of the devices"],
    },
    sad: {
      line: ({ file }) => ["rehearse", file("absent"), "--inventory", file("absent"), "--catalog", file("absent")],
      code: "file-unreadable",
    },
  },
  "token reset": {
    happy: {
      line: async ({ uptick }) => {
        await uptick.server.stop();
        return ["token", "reset", "--data-dir", uptick.directory];
      },
      says: [/^uptick_\S{40,}\n$/],
      aside: ['"event":"admin-token-reset"', 'This is the admin token "reset", shown only this once.'],
      then: async ({ uptick }, { out }) => {
        await uptick.begin({});
        expect((await uptick.web.request("GET", "/api/v1/tokens", { token: out.trim() })).status).toBe(200);
      },
    },
    sad: { line: ({ uptick }) => ["token", "reset", "--data-dir", uptick.directory], code: "data-directory-in-use" },
  },
  "account reset": {
    happy: {
      line: async ({ uptick }) => {
        await uptick.web.post("/api/v1/accounts", { name: "Lost", role: "admin", password: "a long sentence" });
        await uptick.server.stop();
        return ["account", "reset", "lost", "--data-dir", uptick.directory, "--web-url=https://uptick.example.org"];
      },
      says: [/^https:\/\/uptick\.example\.org\/setup#\S{43}\n$/],
      aside: ['"event":"account-reset"', 'The link sets a new password for "Lost" and enables the account.'],
      then: async ({ uptick }, { out }) => {
        await uptick.begin({});
        const body = { secret: out.trim().split("#")[1], name: "Lost", password: "another sentence" };
        expect(await uptick.web.post("/api/v1/setup", body)).toMatchObject({ role: "admin" });
      },
    },
    sad: {
      line: ({ uptick }) => ["account", "reset", "lost", "--data-dir", uptick.directory],
      code: "data-directory-in-use",
    },
  },
};
