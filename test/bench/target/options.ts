/** What `--target` is told, checked: only this machine is driven, and nothing without a bound. */
import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { parseArgs } from "node:util";
import type { Peer } from "../connection.ts";
import { MOST_FACTS } from "../facts.ts";

/** A mistake of who called: said without a stack. */
export class Refused extends Error {
  override readonly name = "Refused";
}

export type Form = "rfc9440" | "escaped-pem";

/** Where requests of one kind go. */
export interface Place {
  readonly peer: Peer;
  /** Host and port, as the Host header has them. */
  readonly host: string;
  readonly path: string;
}

/** A server that is driven. */
export interface Side {
  readonly target: Place;
  readonly header: string;
  readonly form: Form;
  readonly mdmPath: string;
  readonly checkinPath: string;
  readonly topic: string;
  /** Undefined: polls only. `{id}` in the path is the device. */
  readonly enqueue: (Place & { readonly method: string }) | undefined;
  /** Value of the Authorization header of it. */
  readonly authorization: string | undefined;
  /** All processes that work for it; undefined: nothing is said of CPU. */
  readonly pids: readonly number[] | undefined;
}

export interface TargetOptions {
  /** One: it is measured alone. Several take turns. */
  readonly sides: readonly Side[];
  /** Folder of certificates; undefined: the bench makes a CA and certificates for this run. */
  readonly identities: string | undefined;
  readonly connections: readonly number[];
  readonly devices: number;
  /** In an answer of a device. */
  readonly facts: number;
  readonly laps: number;
  /** Of each device in a lap. */
  readonly idles: number;
  readonly rounds: number;
  /** Real ms after which nothing more is said. */
  readonly limit: number;
}

/** The variable that holds what `--enqueue-auth-file` names otherwise: a secret has no place on a command line. */
export const AUTH_VARIABLE = "BENCH_ENQUEUE_AUTH";

const OPTIONS = {
  target: { type: "string" },
  "client-cert-header": { type: "string" },
  "client-cert-form": { type: "string" },
  "mdm-path": { type: "string", default: "/mdm" },
  "checkin-path": { type: "string" },
  topic: { type: "string", default: "com.apple.mgmt.External.bench" },
  enqueue: { type: "string" },
  "enqueue-auth-file": { type: "string" },
  identities: { type: "string" },
  pid: { type: "string" },
  connections: { type: "string", default: "64,256" },
  devices: { type: "string", default: "1024" },
  facts: { type: "string", default: String(MOST_FACTS) },
  laps: { type: "string", default: "6" },
  idles: { type: "string", default: "10" },
  rounds: { type: "string", default: "2" },
  minutes: { type: "string", default: "20" },
} as const;
export const MOST_DEVICES = 4096;
export const MOST_CONNECTIONS = 1024;
const MOST_IDLES = 1000;
const MOST_ROUNDS = 100;
const MOST_LAPS = 100;
const MOST_MINUTES = 60;
const MOST_PID = 2 ** 22;

/** What stands before the first `--target` is said of all of them, what stands behind one of it. @throws Refused */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): TargetOptions {
  const starts = argv.flatMap((word, n) => (/^--target(=|$)/.test(word) ? [n] : []));
  const common = argv.slice(0, starts[0] ?? argv.length);
  const sides = starts.map((start, n) => sideOf(parsed([...common, ...argv.slice(start, starts[n + 1])]), env));
  const values = parsed(argv);
  const connections = wholes("--connections", values.connections, MOST_CONNECTIONS);
  const devices = whole("--devices", values.devices, MOST_DEVICES);
  if (devices < Math.max(...connections))
    throw new Refused(`${Math.max(...connections)} connections need as many devices: --devices is ${devices}.`);
  return {
    sides,
    identities: values.identities,
    connections,
    devices,
    facts: whole("--facts", values.facts, MOST_FACTS),
    laps: whole("--laps", values.laps, MOST_LAPS),
    idles: whole("--idles", values.idles, MOST_IDLES),
    rounds: whole("--rounds", values.rounds, MOST_ROUNDS),
    limit: whole("--minutes", values.minutes, MOST_MINUTES) * 60_000,
  };
}

function sideOf(values: ReturnType<typeof parsed>, env: Readonly<Record<string, string | undefined>>): Side {
  const header = values["client-cert-header"];
  if (header === undefined || !/^[A-Za-z0-9-]+$/.test(header))
    throw new Refused("--client-cert-header NAME is needed: the header in which the proxy passes a certificate on.");
  const form = values["client-cert-form"] ?? (header.toLowerCase() === "client-cert" ? "rfc9440" : "escaped-pem");
  if (form !== "rfc9440" && form !== "escaped-pem")
    throw new Refused(`--client-cert-form is rfc9440 or escaped-pem, not "${form}".`);
  const target = placeOf("--target", values.target ?? "");
  if (target.path !== "/") throw new Refused("--target is a URL without a path: see --mdm-path and --checkin-path.");
  const mdmPath = pathOf("--mdm-path", values["mdm-path"]);
  return {
    target,
    header,
    form,
    mdmPath,
    checkinPath: pathOf("--checkin-path", values["checkin-path"] ?? mdmPath),
    topic: values.topic,
    enqueue: values.enqueue === undefined ? undefined : enqueueOf(values.enqueue),
    authorization: authorizationOf(values["enqueue-auth-file"], env[AUTH_VARIABLE]),
    pids: values.pid === undefined ? undefined : wholes("--pid", values.pid, MOST_PID),
  };
}

const wholes = (flag: string, text: string, most: number): readonly number[] =>
  text.split(",").map((one) => whole(flag, one, most));

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new Refused((error as Error).message, { cause: error });
  }
}

export function whole(flag: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw new Refused(`${flag} takes whole numbers from 1 to ${most}, not "${text}".`);
  return value;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export function placeOf(flag: string, text: string): Place {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new Refused(`${flag} is a URL such as http://127.0.0.1:9000, not "${text}".`, { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Refused(`${flag} is an http or https URL.`);
  if (url.username !== "" || url.password !== "")
    throw new Refused(`${flag} holds a password, which everyone on this machine can read: see --enqueue-auth-file.`);
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  // A name could lead anywhere; this one is the machine's own (RFC 6761, 6.3), and is not looked up.
  const address = host === "localhost" ? "127.0.0.1" : host;
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (isIP(address) === 0 || !LOOPBACK.check(address, family))
    throw new Refused(`${flag} is ${url.hostname}: only this machine is driven (127.0.0.1, ::1 or localhost).`);
  const secure = url.protocol === "https:";
  return {
    // No certificate is looked at: what is on loopback is this machine.
    peer: { host: address, port: Number(url.port) || (secure ? 443 : 80), ca: secure ? "any" : "plain" },
    host: url.host,
    path: `${url.pathname}${url.search}`,
  };
}

function pathOf(flag: string, text: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(text)) throw new Refused(`${flag} is a path such as /mdm, not "${text}".`);
  return text;
}

export function enqueueOf(text: string): Place & { method: string } {
  const [, method, url] = /^(PUT|POST) (\S+)$/.exec(text) ?? [];
  if (method === undefined || url === undefined || !url.includes("{id}"))
    throw new Refused(
      '--enqueue is a method and a URL with {id} in it, such as "PUT http://127.0.0.1:9000/v1/enqueue/{id}".',
    );
  const place = placeOf("--enqueue", url);
  return { ...place, path: place.path.replaceAll(/%7Bid%7D/gi, "{id}"), method };
}

/** "user:password" or the whole value, such as "Bearer …". */
function authorizationOf(file: string | undefined, variable: string | undefined): string | undefined {
  const from = file === undefined ? AUTH_VARIABLE : `the file of --enqueue-auth-file`;
  const text = (file === undefined ? variable : contentOf(file))?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^(Basic|Bearer) [\x21-\x7e]+$/.test(text)) return text;
  if (/^[^\s:]+:[^\r\n]+$/.test(text)) return `Basic ${Buffer.from(text).toString("base64")}`;
  throw new Refused(`${from} holds neither "user:password" nor "Bearer TOKEN".`);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Refused(`The file of --enqueue-auth-file can't be read: ${(cause as Error).message}`, { cause });
  }
}
