/** What `uptick simulate` is asked for, checked before anything is started. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  allKindNames,
  type EnrollmentProfile,
  type KindName,
  profileAt,
  ProfileRefused,
  readProfile,
} from "../../simulator/index.ts";
import { isUptickError, UptickError } from "../errors/index.ts";
import { readCertificates } from "../identity/index.ts";

export interface SimulateArguments {
  /** With the host of `--server` where one is given. */
  readonly profile: EnrollmentProfile;
  readonly count: number;
  /** Real ms. */
  readonly pollEvery: number;
  readonly seed: string;
  /** Real ms; undefined: until it is interrupted. */
  readonly duration?: number;
  readonly kinds?: readonly KindName[];
  /** PEM. */
  readonly trust: readonly string[];
  readonly clockSpeed: number;
  readonly report?: string;
  readonly apns?: { readonly host: string; readonly port: number };
  readonly apnsCaOut?: string;
}

export const MOST_DEVICES = 10_000;

/** Throws `usage-invalid`, `file-unreadable`, `profile-invalid`, `certificate-invalid`. */
export function simulateArguments(argv: readonly string[]): SimulateArguments {
  const given = parse(argv);
  if (!/^\d+$/.test(given.count) || Number(given.count) < 1 || Number(given.count) > MOST_DEVICES)
    throw invalid(`--count is a whole number from 1 to ${MOST_DEVICES}, not "${given.count}".`);
  const speed = Number(given["clock-speed"]);
  if (!/^\d+(\.\d+)?$/.test(given["clock-speed"]) || speed < 1 || speed > 100_000)
    throw invalid(`--clock-speed is a number from 1 to 100000, not "${given["clock-speed"]}".`);
  if (given.profile === undefined) throw invalid("--profile names the enrollment profile, and is missing.");
  const { duration, report, trust } = given;
  const kinds = given.kinds === undefined ? undefined : kindsOf(given.kinds);
  const apns = given["apns-listen"] === undefined ? undefined : address(given["apns-listen"]);
  const apnsCaOut = given["apns-ca-out"];
  if (apnsCaOut !== undefined && apns === undefined) throw invalid("--apns-ca-out needs --apns-listen.");
  const origin = given.server === undefined ? undefined : originOf(given.server);
  const pollEvery = time("poll-every", given["poll-every"]);
  const profile = profileIn(given.profile);
  return {
    profile: origin === undefined ? profile : profileAt(profile, origin),
    count: Number(given.count),
    pollEvery,
    seed: given.seed,
    trust: trust === undefined ? [] : certificatesIn(trust),
    clockSpeed: speed,
    ...(duration === undefined ? {} : { duration: time("duration", duration) }),
    ...(kinds && { kinds }),
    ...(report === undefined ? {} : { report }),
    ...(apns && { apns }),
    ...(apnsCaOut === undefined ? {} : { apnsCaOut }),
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        server: { type: "string" },
        profile: { type: "string" },
        count: { type: "string", default: "1" },
        "poll-every": { type: "string", default: "60s" },
        seed: { type: "string", default: "1" },
        duration: { type: "string" },
        kinds: { type: "string" },
        trust: { type: "string" },
        "clock-speed": { type: "string", default: "1" },
        report: { type: "string" },
        "apns-listen": { type: "string" },
        "apns-ca-out": { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** A timer holds no more than 24 days. */
const LONGEST = 24 * 24 * 3_600_000;

function time(name: string, text: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? 0);
  if (ms >= 100 && ms <= LONGEST) return ms;
  throw invalid(`--${name} is a time such as 30s, 10m or 2h, from 0.1s to 24 days, not "${text}".`);
}

function kindsOf(text: string): KindName[] {
  return text.split(",").map((word) => {
    const kind = allKindNames.find((name) => name === word.trim());
    if (kind === undefined)
      throw invalid(`--kinds: there is no kind "${word}". There are: ${allKindNames.join(", ")}.`);
    return kind;
  });
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" && url.pathname === "/" && url.search === "" && url.username === "") return url.origin;
  throw invalid(`--server is https://HOST or https://HOST:PORT, as devices would reach it, not "${text}".`);
}

function address(text: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^(?:\[?([0-9a-zA-Z.:-]+?)\]?):(\d+)$/.exec(text) ?? [];
  if (host !== "" && Number(port) <= 65_535) return { host, port: Number(port) };
  throw invalid(`--apns-listen is HOST:PORT, such as 127.0.0.1:2197, not "${text}".`);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UptickError("file-unreadable", `${path} can't be read: ${(cause as Error).message}.`, { cause });
  }
}

function profileIn(path: string): EnrollmentProfile {
  const bytes = read(path);
  try {
    return readProfile(bytes);
  } catch (cause) {
    if (!(cause instanceof ProfileRefused)) throw cause;
    throw new UptickError("profile-invalid", `${path}: ${cause.message}`, { cause });
  }
}

function certificatesIn(path: string): string[] {
  try {
    return readCertificates(read(path).toString("latin1")).map(({ der }) => new X509Certificate(der).toString());
  } catch (cause) {
    if (!isUptickError(cause) || cause.code !== "certificate-invalid") throw cause;
    throw new UptickError("certificate-invalid", `--trust ${path}: ${cause.message}`, { cause });
  }
}

const invalid = (message: string): UptickError =>
  new UptickError("usage-invalid", message, { remedy: "Correct it; uptick simulate --help lists the options." });
