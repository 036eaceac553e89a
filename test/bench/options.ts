/** What `npm run bench` measures, and how much of it. */
import { parseArgs } from "node:util";
import { MOST_FACTS } from "./facts.ts";
import { MOST_CONNECTIONS, MOST_DEVICES, Refused, whole } from "./target/options.ts";

export type Proof = "proxy header" | "Mdm-Signature" | "mutual TLS";
const PROOFS: readonly Proof[] = ["proxy header", "Mdm-Signature", "mutual TLS"];

/** What a server does for its devices: the aims; polls and rounds; polls among ever more enrolled devices; syncs; a plan for a whole fleet. And for who follows its events. */
const OF_A_SERVER = ["aims", "requests", "enrolled", "declarations", "plan", "events"] as const;
/** What the service and its rules do without one: plans for a mixed fleet, Apple's list, rules over devices, the gate, deadlines, a rehearsal, lists. */
export const OF_THE_SERVICE = ["decisions", "catalog", "rules", "gate", "deadlines", "rehearsal", "lists"] as const;
export type Part = (typeof OF_A_SERVER)[number] | (typeof OF_THE_SERVICE)[number];
const PARTS: readonly Part[] = [...OF_A_SERVER, ...OF_THE_SERVICE];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly proofs: readonly Proof[];
  readonly connections: readonly number[];
  /** Devices of the aims, and the facts that each of their answers holds. */
  readonly devices: number;
  readonly facts: number;
  /** How often the sides take turns, in the aims and in all parts of the service. */
  readonly laps: number;
  /** Devices of the plan, of the dry run and of the parts of the service; members of the gate's ring. */
  readonly fleet: number;
  /** Idle polls of each connection in one measurement of declarative devices. */
  readonly idles: number;
  /** Changes of the list, with a sync of every device after each. */
  readonly passes: number;
}

const OPTIONS = {
  only: { type: "string", multiple: true },
  proof: { type: "string", multiple: true },
  connections: { type: "string", default: "64,256" },
  devices: { type: "string", default: "1024" },
  facts: { type: "string", default: String(MOST_FACTS) },
  laps: { type: "string", default: "6" },
  fleet: { type: "string", default: "100000" },
  idles: { type: "string", default: "60" },
  passes: { type: "string", default: "12" },
} as const;
const MOST_LAPS = 100;
const MOST_FLEET = 200_000;
const MOST_IDLES = 1000;
const MOST_PASSES = 100;

/** One way of proving an identity, asked for by itself, is about requests alone. @throws Refused */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { only, proof, connections: counts, devices, facts, laps, fleet, idles, passes } = parsed(argv);
  return {
    parts: among("--only", only ?? (proof === undefined ? PARTS : ["requests"]), PARTS),
    proofs: among("--proof", proof ?? PROOFS, PROOFS),
    connections: counts.split(",").map((text) => whole("--connections", text, MOST_CONNECTIONS)),
    devices: whole("--devices", devices, MOST_DEVICES),
    facts: whole("--facts", facts, MOST_FACTS),
    laps: whole("--laps", laps, MOST_LAPS),
    fleet: whole("--fleet", fleet, MOST_FLEET),
    idles: whole("--idles", idles, MOST_IDLES),
    passes: whole("--passes", passes, MOST_PASSES),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new Refused((error as Error).message, { cause: error });
  }
}

function among<T extends string>(flag: string, texts: readonly string[], known: readonly T[]): readonly T[] {
  const unknown = texts.find((text) => !known.some((one) => one === text));
  if (unknown !== undefined) throw new Refused(`${flag} is one of: ${known.join(", ")}; not "${unknown}".`);
  return known.filter((one) => texts.includes(one));
}
