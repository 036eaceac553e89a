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
  type PlistDict,
  type Platform,
  PLATFORMS,
  platformOf,
  readSecurityInfo,
} from "../../protocol/index.ts";
import type { EnrollmentRow, Json } from "../../store/index.ts";

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
export function authorisationOf({
  facts,
  bootstrapTokenAt,
}: Pick<EnrollmentRow, "facts" | "bootstrapTokenAt">): BootstrapToken | null {
  const security = readSecurityInfo(
    Object.fromEntries(Object.entries(facts).map(([name, { value }]) => [name, value])),
  );
  const found = bootstrapTokenOf({
    required: security.bootstrapTokenRequiredForSoftwareUpdate,
    allowed: security.bootstrapTokenAllowedForAuthentication,
    escrowed: bootstrapTokenAt !== null,
  });
  return found ?? null;
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
  readonly version: SeenVersion | undefined;
}

/** Facts out of a DeviceInformation or SecurityInfo answer, laid over what was known. */
export function learn(enrollment: EnrollmentRow, dict: PlistDict, now: number): Learned {
  const said = factsOf(dict);
  const facts: Record<string, { value: Json; at: number }> = { ...enrollment.facts };
  addFacts(facts, said, now);
  const version = seenIn(dict, now);
  const productName = text(said["ProductName"]) ?? enrollment.productName;
  const platform = platformOf({
    ...(productName === null ? {} : { productName }),
    ...(enrollment.modelName === null ? {} : { model: enrollment.modelName }),
  });
  const supervised = flag(said["IsSupervised"]);
  return {
    version,
    patch: {
      facts,
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
export const oddVersionOf = ({ facts }: Pick<EnrollmentRow, "facts">): string | undefined =>
  oddVersion(facts["OSVersion"]?.value);

/** What is shown of its OS version: its own word, whatever that is. */
export const shownVersion = (row: Pick<EnrollmentRow, "facts" | "osVersion">): string | null =>
  oddVersionOf(row) ?? row.osVersion;

/** The serial number that an answer to DeviceInformation names: whether the device is called by it is another question. */
export const serialIn = (dict: PlistDict): string | null => text(factsOf(dict)["SerialNumber"]) ?? null;
/** Bounds of what is kept of a device's answers for good: it is read with every message of the device, and a device decides what it sends. */
const MOST_NAMES = 256;
const MOST_OF_ONE = 16 * 1024;
const MOST_OF_ALL = 64 * 1024;

/** New values of what is known already go before new names; what is too long says so in its place. */
function addFacts(
  facts: Record<string, { value: Json; at: number }>,
  said: Readonly<Record<string, Json>>,
  at: number,
): void {
  const sizeOf = (name: string, value: Json): number => name.length + JSON.stringify(value).length;
  let names = Object.keys(facts).length;
  let sum = Object.entries(facts).reduce((before, [name, { value }]) => before + sizeOf(name, value), 0);
  const known = Object.entries(said).toSorted(([a], [b]) => Number(b in facts) - Number(a in facts));
  for (const [name, told] of known) {
    const before = facts[name];
    const whole = sizeOf(name, told);
    const value = whole > MOST_OF_ONE ? `cut: ${whole} characters are too many to keep here` : told;
    const grown = sum + sizeOf(name, value) - (before === undefined ? 0 : sizeOf(name, before.value));
    if (name.length > MOST_OF_ONE || (before === undefined && (names >= MOST_NAMES || grown > MOST_OF_ALL))) continue;
    if (before === undefined) names += 1;
    facts[name] = { value, at };
    sum = grown;
  }
}

const MOST_TEXT = 1000;

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, MOST_TEXT) : undefined;
}

function pick(key: keyof EnrollmentRow, value: string | undefined): Partial<EnrollmentRow> {
  return value === undefined ? {} : { [key]: value };
}
