/** What a device says of itself, and which columns of its row that fills. */
import {
  type BootstrapToken,
  bootstrapTokenOf,
  oddVersion,
  seenIn,
  type SeenVersion,
  zoneNamed,
} from "../../plans/index.ts";
import {
  type Asked,
  type CommandTarget,
  type DeclarativeDevice,
  factsOf,
  jsonOf,
  type PlistDict,
  type Platform,
  PLATFORMS,
  platformOf,
  readSecurityInfo,
} from "../../protocol/index.ts";
import type { EnrollmentRow, Fact, FactsRow, Json } from "../../store/index.ts";

/** First distance of the schedule on which a silent device is pushed again (ms). */
export const PUSH_AGAIN = 15 * 60_000;
/** How old facts may grow before the server asks again (ms). */
export const FACTS_AGE = 24 * 3_600_000;

export function platformFrom(text: string | null): Platform | undefined {
  return PLATFORMS.find((platform) => platform === text);
}

/** A device's time zone by its canonical name and who says so: an admin goes before the device. Undefined: not known. */
export function zoneOf({
  adminZone,
  timeZone,
}: Pick<EnrollmentRow, "adminZone" | "timeZone">):
  | { readonly zone: string; readonly from: "admin" | "device" }
  | undefined {
  const [admin, device] = [adminZone, timeZone].map((text) => (text === null ? undefined : zoneNamed(text)));
  if (admin !== undefined) return { zone: admin, from: "admin" };
  return device === undefined ? undefined : { zone: device, from: "device" };
}

/** Why an Apple silicon Mac can't install without its user, by what it has said and what is escrowed; null: it can, or nothing is known. */
export function authorisationOf(
  row: Pick<EnrollmentRow, "bootstrapTokenRequired" | "bootstrapTokenAllowed" | "bootstrapTokenAt">,
): BootstrapToken | null {
  const { bootstrapTokenRequired, bootstrapTokenAllowed, bootstrapTokenAt } = row;
  const security = readSecurityInfo({
    ...(bootstrapTokenRequired === null ? {} : { [FACTS.required]: bootstrapTokenRequired === 1 }),
    ...(bootstrapTokenAllowed === null ? {} : { [FACTS.allowed]: bootstrapTokenAllowed }),
  });
  const found = bootstrapTokenOf({
    required: security.bootstrapTokenRequiredForSoftwareUpdate,
    allowed: security.bootstrapTokenAllowedForAuthentication,
    escrowed: bootstrapTokenAt !== null,
  });
  return found ?? null;
}

/** Facts on which decisions and lists hang: their values stand in columns. */
const FACTS = {
  version: "OSVersion",
  device: "SoftwareUpdateDeviceID",
  required: "BootstrapTokenRequiredForSoftwareUpdate",
  allowed: "BootstrapTokenAllowedForAuthentication",
} as const;

/** What is known of a device, as columns of its row. */
export function factColumns(facts: FactsRow["doc"]) {
  const required = facts[FACTS.required]?.value;
  return {
    reportedVersion: text(facts[FACTS.version]?.value) ?? null,
    softwareUpdateDeviceId: text(facts[FACTS.device]?.value) ?? null,
    bootstrapTokenRequired: typeof required === "boolean" ? (required ? 1 : 0) : null,
    bootstrapTokenAllowed: text(facts[FACTS.allowed]?.value) ?? null,
  } as const satisfies Partial<EnrollmentRow>;
}

/** The device as Apple's tables of declarations and restrictions ask for it; undefined while its platform is not known. */
export function declarativeDeviceOf({
  platform: name,
  osVersion,
  supervised,
  kind,
}: Pick<EnrollmentRow, "platform" | "osVersion" | "supervised" | "kind">): DeclarativeDevice | undefined {
  const platform = platformFrom(name);
  if (platform === undefined) return undefined;
  return {
    platform,
    enrollment: kind,
    ...(osVersion === null ? {} : { osVersion }),
    ...(supervised === null ? {} : { supervised: supervised === 1 }),
  };
}

/** The enrollment as questions are made for it; without a platform while none is known. */
export function askedOf({ platform: name, osVersion, supervised, accessRights, kind }: EnrollmentRow): Asked {
  return {
    platform: platformFrom(name),
    enrollment: kind,
    ...(osVersion === null ? {} : { osVersion }),
    ...(supervised === null ? {} : { supervised: supervised === 1 }),
    ...(accessRights === null ? {} : { accessRights }),
  };
}

/** The enrollment as Apple's rules for commands are checked against; where its platform is not known, as an iPhone. */
export function targetOf(enrollment: EnrollmentRow): CommandTarget {
  return { ...askedOf(enrollment), platform: platformFrom(enrollment.platform) ?? "iOS" };
}

/** The OS version that the enrollment's row has; undefined while none is known. */
export function versionOf(row: EnrollmentRow, at: number): SeenVersion | undefined {
  const { osVersion: version, buildVersion: build, supplementalBuild, supplementalExtra } = row;
  if (version === null) return undefined;
  return {
    version,
    at,
    ...(build === null ? {} : { build }),
    ...(supplementalBuild === null ? {} : { supplementalBuild }),
    ...(supplementalExtra === null ? {} : { supplementalExtra }),
  };
}

export interface Learned {
  readonly patch: Partial<EnrollmentRow>;
  /** All facts, where they are not as they were. */
  readonly facts: FactsRow["doc"] | undefined;
  readonly version: SeenVersion | undefined;
}

/** Facts out of a DeviceInformation or SecurityInfo answer, laid over what was known. */
export function learn(enrollment: EnrollmentRow, known: FactsRow["doc"], dict: PlistDict, now: number): Learned {
  const said = factsOf(dict);
  const facts = withFacts(known, said, now);
  const version = seenIn(dict, now);
  const productName = text(said["ProductName"]) ?? enrollment.productName;
  const platform = platformOf({
    ...(productName === null ? {} : { productName }),
    ...(enrollment.modelName === null ? {} : { model: enrollment.modelName }),
  });
  const supervised = flag(said["IsSupervised"]);
  return {
    version,
    facts,
    patch: {
      ...(facts === undefined ? {} : factColumns(facts)),
      productName,
      ...(platform === undefined ? {} : { platform }),
      ...(version === undefined
        ? {}
        : {
            osVersion: version.version,
            buildVersion: version.build ?? null,
            supplementalBuild: version.supplementalBuild ?? null,
            supplementalExtra: version.supplementalExtra ?? null,
          }),
      ...(supervised === undefined ? {} : { supervised }),
      ...pick("timeZone", text(said["TimeZone"])),
      ...pick("deviceName", text(said["DeviceName"])),
      ...pick("modelName", text(said["ModelName"])),
    },
  };
}

/** The integers 0 and 1 stand for false and true in some answers. */
function flag(value: Json | undefined): 0 | 1 | undefined {
  if (value === true || value === 1) return 1;
  return value === false || value === 0 ? 0 : undefined;
}

/**
 * The OS version that the device named last, where it is none. The column keeps the last that was one, since declarations
 * and settings hang on it; nothing is concluded for a plan until a version is named again.
 */
export const oddVersionOf = ({ reportedVersion }: Pick<EnrollmentRow, "reportedVersion">): string | undefined =>
  oddVersion(reportedVersion);

/** What is shown of its OS version: its own word, whatever that is. */
export const shownVersion = (row: Pick<EnrollmentRow, "reportedVersion" | "osVersion">): string | null =>
  oddVersionOf(row) ?? row.osVersion;

/** The serial number that an answer to DeviceInformation names: whether the device is called by it is another question. */
export function serialIn(dict: PlistDict): string | null {
  const value = dict.get("SerialNumber");
  return (value === undefined ? undefined : text(jsonOf(value))) ?? null;
}

/** Bounds of what is kept of a device's answers for good: it is read with every message of the device, and a device decides what it sends. */
const MOST_NAMES = 256;
const MOST_OF_ONE = 16 * 1024;
const MOST_OF_ALL = 64 * 1024;

/** How far back the time of a fact may lie that is said again and again: a device that says nothing new writes nothing. */
const STAMPED_EVERY = 3_600_000;

/** New values of what is known already go before new names; what is too long says so in its place. Undefined: nothing is new. */
function withFacts(
  known: FactsRow["doc"],
  said: Readonly<Record<string, Json>>,
  at: number,
): FactsRow["doc"] | undefined {
  const entries = Object.entries(said);
  if (entries.every(([name, value]) => isKnown(known[name], value, at))) return undefined;
  const facts: Record<string, Fact> = { ...known };
  const sizeOf = (name: string, value: Json): number => name.length + JSON.stringify(value).length;
  let names = Object.keys(facts).length;
  let sum = Object.entries(facts).reduce((before, [name, { value }]) => before + sizeOf(name, value), 0);
  let news = false;
  for (const [name, told] of entries.toSorted(([a], [b]) => Number(b in facts) - Number(a in facts))) {
    const before = facts[name];
    const whole = sizeOf(name, told);
    const value = whole > MOST_OF_ONE ? `cut: ${whole} characters are too many to keep here` : told;
    const grown = sum + sizeOf(name, value) - (before === undefined ? 0 : sizeOf(name, before.value));
    if (name.length > MOST_OF_ONE || (before === undefined && (names >= MOST_NAMES || grown > MOST_OF_ALL))) continue;
    if (before === undefined) names += 1;
    news ||= !isKnown(before, value, at);
    facts[name] = { value, at };
    sum = grown;
  }
  return news ? facts : undefined;
}

/** It was said not long ago. A time in the future is the fault of the clock, which has stepped back since. */
function isKnown(before: Fact | undefined, value: Json, now: number): boolean {
  if (before === undefined || before.at > now || before.at + STAMPED_EVERY <= now) return false;
  return before.value === value || JSON.stringify(before.value) === JSON.stringify(value);
}

const MOST_TEXT = 1000;

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, MOST_TEXT) : undefined;
}

function pick(key: keyof EnrollmentRow, value: string | undefined): Partial<EnrollmentRow> {
  return value === undefined ? {} : { [key]: value };
}
