/** What a rehearsal has shown, in words for a terminal of 80 columns, and as JSON. */
import { clean, table } from "../cli/index.ts";
import {
  AWAY_FOR,
  type Assumptions,
  type Behind,
  INSTALLS_FOR,
  type Rehearsed,
  type Unusable,
} from "../rehearsal/index.ts";
import { causeOf, decisionWords, localTime, remedyOf } from "../words/index.ts";

export interface Told {
  /** The plan's. */
  readonly name: string;
  readonly seed: string;
  readonly assumed: Assumptions;
  readonly unusable: Readonly<Record<Unusable, number>>;
  readonly result: Rehearsed;
}

const WIDTH = 80;
const BAR = 40;
/** Days of the curve that are shown; with --json all of them. */
const MOST_DAYS_SHOWN = 12;
/** Of the serial numbers of one reason; with --json all of them. */
const MOST_NAMED = 5;
const DECISIONS_SHOWN = 30;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const counted = (n: number, thing = "device"): string => `${n} ${thing}${n === 1 ? "" : "s"}`;
const percent = (part: number, all: number): number => (all === 0 ? 0 : Math.floor((part * 100) / all));

export function linesOf({ name, seed, assumed, unusable, result }: Told): readonly string[] {
  const { startsAt, endsAt, zone, devices, inScope } = result;
  const days = Math.round((endsAt - startsAt) / DAY);
  return [
    ...wrapped(
      `Rehearsal of ${clean(name)}: ${counted(days, "day")} from ${localTime(startsAt, zone)} (${zone}), ${counted(devices)}, of which the plan governs ${inScope}.`,
    ),
    ...Object.entries(unusable).flatMap(([field, n]) =>
      n === 0
        ? []
        : wrapped(
            `In ${counted(n, "row")} the ${FIELD_NAMES[field as Unusable]} can't be used; they are played without it.`,
          ),
    ),
    "",
    ...curveLines(result),
    ...peakLines(result),
    ...rolloutLines(result),
    ...behindLines(result),
    "",
    ...assumedLines(assumed, seed),
  ];
}

const FIELD_NAMES: Readonly<Record<Unusable, string>> = {
  os: "OS version",
  platform: "platform",
  tags: "tags",
  zone: "time zone",
};

/** The first day, the last, and those between them at even distances. */
function curveLines({ adoption, inScope }: Rehearsed): string[] {
  if (inScope === 0) return ["The plan governs none of these devices.", ""];
  const last = adoption.length - 1;
  const shown = Math.min(adoption.length, MOST_DAYS_SHOWN);
  const places = new Set(Array.from({ length: shown }, (_none, n) => Math.round((n * last) / Math.max(1, shown - 1))));
  const lines = [...places].flatMap((place) => {
    const { day, atNewest } = adoption[place] ?? {};
    if (day === undefined || atNewest === undefined) return [];
    const bar = "#".repeat(Math.floor((atNewest * BAR) / inScope)).padEnd(BAR, ".");
    return [`  ${day}  ${bar}  ${String(percent(atNewest, inScope)).padStart(3)} %  ${atNewest}`];
  });
  return ["Devices with the newest release that the plan means for them, by day (UTC):", ...lines, ""];
}

const peakLines = ({ peak, zone }: Rehearsed): string[] =>
  peak === null
    ? ["No device installs a release."]
    : [
        `Peak: ${counted(peak.devices)} begin${peak.devices === 1 ? "s" : ""} to install from ${localTime(peak.at, zone)} to ${localTime(peak.at + HOUR, zone).slice(11)}.`,
      ];

function rolloutLines({ rollouts, decisions, zone }: Rehearsed): string[] {
  const tables = rollouts.flatMap(({ platform, version, extra, state, rings }) => {
    const rows = rings.map((ring) => [
      `${ring.name === "" ? String(ring.ring + 1) : ring.name}${ring.urgent ? " (urgent)" : ""}`,
      ring.state,
      String(ring.devices),
      ring.openedAt === null ? "" : localTime(ring.openedAt, zone),
      ring.deadline?.replace("T", " ") ?? "",
    ]);
    const name = `${platform} ${version}${extra === "" ? "" : ` (${extra})`}`;
    return [
      "",
      clean(`${name}: ${state}`),
      ...table(["ring", "state", "devices", "opened", "deadline"], rows).map(indented),
    ];
  });
  // The tables have the openings.
  const others = decisions.filter(({ what }) => what !== "open" && what !== "pass");
  if (others.length === 0)
    return [...tables, "", "The gate pauses nothing and asks nobody (all its decisions: --json)."];
  const told = others.slice(0, DECISIONS_SHOWN).flatMap((one) => {
    const name = one.name === "" ? String(one.ring + 1) : one.name;
    const text = decisionWords({ ...one, by: "gate" }, name);
    return wrapped(clean(`  ${localTime(one.at, zone)}  ${one.platform} ${one.version}: ${text}`), " ".repeat(20));
  });
  const rest = others.length - DECISIONS_SHOWN;
  return [
    ...tables,
    "",
    "Where the gate pauses, asks or closes (all its decisions: --json):",
    ...told,
    ...(rest > 0 ? [`  ${rest} more with --json`] : []),
  ];
}

function behindLines({ behind, inScope, zone, endsAt }: Rehearsed): string[] {
  if (inScope === 0) return [];
  const all = behind.reduce((sum, { devices }) => sum + devices.length, 0);
  if (all === 0) return ["", "All of them have it in the end."];
  const lines = behind.flatMap((group) => {
    const { devices } = group;
    const named = devices.slice(0, MOST_NAMED).join(", ");
    const more = devices.length > MOST_NAMED ? ` and ${devices.length - MOST_NAMED} more (--json)` : "";
    const remedy = remedyIn(group);
    return [
      ...wrapped(clean(`  ${String(devices.length).padStart(5)}  ${whyOf(group)}`), " ".repeat(9)),
      ...(remedy === undefined ? [] : wrapped(`         ${remedy}`, " ".repeat(9))),
      ...wrapped(`         ${named}${more}`, " ".repeat(9)),
    ];
  });
  return ["", `${counted(all)} without it on ${localTime(endsAt, zone).slice(0, 10)}, by reason:`, ...lines];
}

/** Reasons that only a rehearsal has. */
const OWN_REASONS: Readonly<Record<string, string>> = {
  "assumed-hindered": "something is assumed to be in the way of the install, such as a full disk",
  "assumed-away": "assumed to be switched off for a fortnight over its deadline",
  "assumed-paused": "the gate has paused the release, and waits for a person",
  "due-later": "the deadline is after the last day of the rehearsal",
  "ring-asks": "the ring has not passed: the gate asks a person",
  "ring-waits": "the ring had not opened by the last day",
};

const whyOf = ({ reason, params }: Behind): string => OWN_REASONS[reason] ?? causeOf(reason, params);

/** The remedies of a server's devices name its commands; here the inventory or the list is what can be mended. */
function remedyIn({ reason }: Behind): string | undefined {
  if (reason === "device-id-unknown") return "Give each Mac its board ID: --columns board=Header.";
  if (reason === "facts-unknown") return "Correct the OS version or the platform in the inventory.";
  return Object.hasOwn(OWN_REASONS, reason) || reason === "no-release" ? undefined : remedyOf(reason);
}

function assumedLines({ early, away, hindered }: Assumptions, seed: string): string[] {
  return wrapped(
    `Assumed (seed ${seed}): ${early} % of the devices install at a random hour before the deadline, ${away} % are switched off for ${AWAY_FOR / DAY} days, ${hindered} % never install, and all others install at the deadline. Devices answer pushes at once and are heard every hour. An install takes ${INSTALLS_FOR / 60_000} minutes. None fails because of the release. The gate looks every hour. Apple posts nothing that the list does not have. There are no blackouts, blocks, groups and exploited CVEs.`,
  );
}

/** As JSON: times in UTC. */
export function jsonOf({ name, seed, assumed, unusable, result }: Told): object {
  const { startsAt, endsAt, peak, rollouts, decisions, behind, ...rest } = result;
  const time = (at: number): string => new Date(at).toISOString();
  return {
    ...{ plan: name, seed, assumed, unusable, from: time(startsAt), to: time(endsAt), ...rest },
    peak: peak === null ? null : { at: time(peak.at), devices: peak.devices },
    rollouts: rollouts.map(({ rings, ...rollout }) => ({
      ...rollout,
      rings: rings.map((ring) => ({ ...ring, openedAt: ring.openedAt === null ? null : time(ring.openedAt) })),
    })),
    decisions: decisions.map((one) => {
      const ring = one.name === "" ? String(one.ring + 1) : one.name;
      return { ...one, at: time(one.at), sentence: decisionWords({ ...one, by: "gate" }, ring) };
    }),
    behind: behind.map((group) => ({ ...group, sentence: whyOf(group) })),
  };
}

const indented = (line: string): string => `  ${line}`;

/** Broken at blanks where a line would be longer than the terminal; `under`: what stands before the lines after the first. */
function wrapped(text: string, under = ""): string[] {
  const [, start = "", rest = ""] = /^( *)(.*)$/s.exec(text) ?? [];
  const lines: string[] = [];
  let line = start;
  for (const word of rest.split(" ")) {
    const isFirst = line === start || line === under;
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = under + word;
    } else line = isFirst ? line + word : `${line} ${word}`;
  }
  return [...lines, line];
}
