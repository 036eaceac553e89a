/** What we ask a device about itself, and where each question is known and allowed. */
import { isArray, type PlistDict } from "../plist/value.ts";
import { forbids, lacks } from "./inspect.ts";
import type { CommandTarget, Rule } from "./rule.ts";
import type { AccessRight, Since, Support } from "./shape.ts";

export interface Query {
  readonly support: Support;
  /** We know it and never ask it by ourselves: no update hangs on it. */
  readonly onlyByHand?: true;
}

type Where = Readonly<Partial<Record<keyof Support, string>>>;
type Terms = Omit<Since, "introduced">;

const deviceInformation: AccessRight = "AllowQueryDeviceInformation";
/** As long as the DeviceInformation command itself. */
const always = "1.0";
const everywhere: Where = { iOS: always, macOS: always, tvOS: always, visionOS: always, watchOS: always };
const handhelds: Where = { iOS: always, macOS: always, visionOS: always, watchOS: always };

/** Platforms that can be enrolled by their user. */
const HAS_USER_ENROLLMENT: ReadonlySet<string> = new Set(["iOS", "macOS", "visionOS"]);

function support(where: Where, terms: Terms): Support {
  return Object.fromEntries(
    Object.entries(where).map(([platform, introduced]): [string, Since] => {
      const { userEnrollment, ...others } = terms;
      const user = userEnrollment !== undefined && HAS_USER_ENROLLMENT.has(platform) ? { userEnrollment } : {};
      return [platform, { introduced, ...others, ...user }];
    }),
  );
}

/** Needs the right to ask for device information. */
const withRight = (where: Where, terms: Terms = {}): Query => ({
  support: support(where, { accessRight: deviceInformation, ...terms }),
});
const withoutRight = (where: Where, terms: Terms = {}): Query => ({ support: support(where, terms) });

const notOfUsers = { userEnrollment: "forbidden" } as const;
const gone = { ...notOfUsers, removed: "27.0" } as const;
const supplements: Where = { ...everywhere, iOS: "16.1", macOS: "13.0", tvOS: "16.1" };

/** Source: mdm/commands/information.device.yaml (payloadkeys.Queries); removals from the schema's change list for OS 27. */
export const QUERIES: Readonly<Record<string, Query>> = {
  DeviceName: withRight(everywhere),
  SerialNumber: withRight(everywhere, notOfUsers),
  OSVersion: withRight(everywhere),
  BuildVersion: withRight(everywhere),
  SupplementalBuildVersion: withRight(supplements),
  SupplementalOSVersionExtra: withRight(supplements),
  ProductName: withRight(everywhere),
  ModelName: withRight(everywhere),
  ModelNumber: withRight({ ...everywhere, iOS: "16.4", macOS: "13.3", tvOS: "16.4" }),
  Model: withRight({ iOS: always, macOS: always, tvOS: always, watchOS: always }),
  IsAppleSilicon: withRight({ macOS: "12.0" }),
  IsSupervised: {
    support: {
      ...support({ ...everywhere, iOS: "6.0", tvOS: "9.0" }, { accessRight: deviceInformation }),
      macOS: { introduced: "10.15" },
    },
  },
  IsMultiUser: withRight({ iOS: "9.3" }),
  SoftwareUpdateDeviceID: withoutRight({ iOS: "15.0", macOS: "12.0", visionOS: "1.1" }, gone),
  OSUpdateSettings: withRight({ macOS: "10.11" }, gone),
  SoftwareUpdateSettings: withoutRight({ iOS: "14.5" }, gone),
  BatteryLevel: withRight({ ...handhelds, iOS: "5.0", macOS: "13.3" }),
  HasBattery: withRight({ macOS: "13.3" }),
  AvailableDeviceCapacity: withRight(handhelds),
  DeviceCapacity: withRight(handhelds),
  TimeZone: withRight({ iOS: "14.0", tvOS: "14.0", visionOS: "2.0", watchOS: always }),
  AwaitingConfiguration: withoutRight(
    { iOS: "9.0", macOS: "10.11", tvOS: "10.2", visionOS: "2.0", watchOS: always },
    notOfUsers,
  ),
  MDMOptions: {
    ...withoutRight({ iOS: "7.0", macOS: "11.0", tvOS: "9.0", visionOS: always, watchOS: "10.0" }),
    onlyByHand: true,
  },
  LastCloudBackupDate: { ...withoutRight({ iOS: "8.0", visionOS: always }, notOfUsers), onlyByHand: true },
  IsMDMLostModeEnabled: { ...withRight({ iOS: "9.3", watchOS: always }, notOfUsers), onlyByHand: true },
  ActiveManagedUsers: { ...withRight({ macOS: "10.11" }), onlyByHand: true },
};

/** Whom the questions are for: as far as it is known, like any target of a command. */
export type Asked = Omit<CommandTarget, "platform"> & { readonly platform?: CommandTarget["platform"] | undefined };

/**
 * The DeviceInformation queries that this device knows and that may be asked of its enrollment, always in the same order. A
 * device leaves out what it does not know, so one whose version is unknown is asked everything that its platform may know. Of
 * an unknown platform everything is asked that its enrollment allows wherever the query exists.
 */
export function deviceInformationQueries(device: Asked): string[] {
  return Object.entries(QUERIES)
    .filter(([, query]) => query.onlyByHand !== true && mayAsk(query.support, device))
    .map(([name]) => name);
}

function mayAsk(where: Support, { platform, ...known }: Asked): boolean {
  if (platform !== undefined) {
    const target = { ...known, platform };
    return lacks(where, target) === undefined && forbiddenOn(where, target).length === 0;
  }
  const platforms = Object.keys(where) as CommandTarget["platform"][];
  return platforms.every((each) => forbiddenOn(where, { ...known, platform: each }).length === 0);
}

function forbiddenOn(where: Support, target: CommandTarget): string[] {
  const since = where[target.platform];
  return since === undefined ? [] : forbids(since, target);
}

/**
 * What the enrollment forbids to ask. Looser than the schema: a query that platform or version do not know is no fault, since
 * the device leaves it out of its answer.
 */
export function checkQueries(body: PlistDict, target: CommandTarget | undefined): Rule[] {
  const queries = body.get("Queries");
  if (target === undefined || queries === undefined || !isArray(queries)) return [];
  return queries.flatMap((name, i) => {
    if (typeof name !== "string" || !Object.hasOwn(QUERIES, name)) return [];
    return forbiddenOn(QUERIES[name]?.support ?? {}, target).map((text) => ({
      key: `Queries[${i}]`,
      text: `${name} ${text}`,
      source: `mdm/commands/information.device.yaml (Queries.${name})`,
    }));
  });
}
