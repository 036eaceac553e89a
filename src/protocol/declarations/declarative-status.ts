/** What a device's stored status says, typed. Source: the file of each item in declarative/status. */
import type { Json } from "../facts.ts";
import { DECLARATION_KINDS, type DeclarationKind } from "./declaration.ts";
import { isJsonArray, isJsonObject, type JsonObject, own } from "./json.ts";
import { leaves, type StoredStatus } from "./merge-status.ts";
import { OTHER_TARGET_KEY, STATUS_ITEMS, statusItem, type StatusItemName } from "./status-items.ts";
import { LOWER, named, readReasons, type StatusReason } from "./status-report.ts";

/** One declaration as the device reports it. In force only when active, valid, and of the server token we have. */
export interface DeclarationStatus {
  readonly identifier: string;
  readonly serverToken: string;
  /** Management declarations are always inactive, which is no failure. */
  readonly active: boolean;
  /** "valid", "invalid", "unknown", or what a later OS says. */
  readonly valid: string;
  readonly reasons: readonly StatusReason[];
}

export interface PendingVersion {
  /** Empty when nothing is pending. */
  readonly osVersion: string;
  /** Empty when nothing is pending. */
  readonly buildVersion: string;
  /** As written; compare with `sameLocalDateTime` only. */
  readonly targetLocalDateTime?: string;
}

export interface ClientCapabilities {
  readonly supportedVersions: readonly string[];
  /** Types of declarations, e.g. "com.apple.activation.simple". */
  readonly activations: readonly string[];
  readonly assets: readonly string[];
  readonly configurations: readonly string[];
  readonly management: readonly string[];
  readonly statusItems: readonly string[];
}

/** Every field is undefined until the device has reported it. */
export interface DeclarativeStatus {
  /** "none", "waiting", "downloading", "prepared", "installing", "failed", or what a later OS says. */
  readonly installState?: string;
  /** No reasons when nothing is pending. */
  readonly installReason?: { readonly reasons: readonly string[]; readonly declarationId?: string };
  readonly pendingVersion?: PendingVersion;
  /** `count` 0 is no failure. `timestamp` is RFC 3339 as written, `reason` free text. */
  readonly failureReason?: { readonly count: number; readonly reason?: string; readonly timestamp?: string };
  /** What the device is called in Apple's Software Lookup Service. */
  readonly deviceId?: string;
  /** Name of the beta program; empty when there is none. */
  readonly betaEnrollment?: string;
  readonly os: {
    readonly version?: string;
    readonly build?: string;
    readonly supplementalBuild?: string;
    readonly supplementalExtra?: string;
    readonly family?: string;
    readonly marketingName?: string;
  };
  readonly model: {
    readonly family?: string;
    readonly identifier?: string;
    readonly marketingName?: string;
    readonly number?: string;
  };
  readonly serialNumber?: string;
  readonly udid?: string;
  readonly batteryHealth?: string;
  /** Items new in OS 27 of which only the names are known, by name: `mdm.is-shared-ipad`, `security.lockdown-mode`, … */
  readonly byName: JsonObject;
  readonly clientCapabilities?: ClientCapabilities;
  /** Undefined until reported. */
  readonly declarations?: Readonly<Record<DeclarationKind, readonly DeclarationStatus[]>>;
  /** Names of items that we don't read; their values are kept in what is stored. */
  readonly unknown: readonly string[];
  /** Paths of what has another type than Apple's: it is left out here. */
  readonly odd: readonly string[];
}

/** Lower-case plurals, as management.declarations and the capabilities have them. */
const PLURALS = {
  activation: "activations",
  asset: "assets",
  configuration: "configurations",
  management: "management",
} as const satisfies Record<DeclarationKind, string>;

/** Reads what is stored of a device's status. Never throws, whatever it reported. */
export function readStatus(stored: StoredStatus | undefined): DeclarativeStatus {
  const read = new Reader(stored?.items ?? {});
  const installReason = readInstallReason(read);
  const pendingVersion = readPendingVersion(read);
  const failureReason = readFailureReason(read);
  const clientCapabilities = readCapabilities(read);
  const declarations = readDeclarations(read);
  const status = {
    ...read.texts({
      installState: "softwareupdate.install-state",
      deviceId: "softwareupdate.device-id",
      betaEnrollment: "softwareupdate.beta-enrollment",
      serialNumber: "device.identifier.serial-number",
      udid: "device.identifier.udid",
      batteryHealth: "device.power.battery-health",
    }),
    ...(installReason && { installReason }),
    ...(pendingVersion && { pendingVersion }),
    ...(failureReason && { failureReason }),
    os: read.texts({
      version: "device.operating-system.version",
      build: "device.operating-system.build-version",
      supplementalBuild: "device.operating-system.supplemental.build-version",
      supplementalExtra: "device.operating-system.supplemental.extra-version",
      family: "device.operating-system.family",
      marketingName: "device.operating-system.marketing-name",
    }),
    model: read.texts({
      family: "device.model.family",
      identifier: "device.model.identifier",
      marketingName: "device.model.marketing-name",
      number: "device.model.number",
    }),
    byName: read.untyped(),
    ...(clientCapabilities && { clientCapabilities }),
    ...(declarations && { declarations }),
  };
  return { ...status, unknown: named(read.unknown()), odd: named(read.odd) };
}

/** Takes items and keys of the right type; others are named in `odd`. */
class Reader {
  readonly odd: string[] = [];
  private readonly items: JsonObject;

  constructor(items: JsonObject) {
    this.items = items;
  }

  item(name: StatusItemName): Json | undefined {
    let found: Json | undefined = this.items;
    for (const part of name.split(".")) {
      found = isJsonObject(found) ? own(found, part) : undefined;
    }
    return found;
  }

  dict(name: StatusItemName): JsonObject | undefined {
    return this.typed(isJsonObject, this.item(name), name);
  }

  texts<F extends string>(fields: Readonly<Record<F, StatusItemName>>): { readonly [P in F]?: string } {
    const found: { [P in F]?: string } = {};
    for (const field in fields) {
      const text = this.typed(isText, this.item(fields[field]), fields[field]);
      if (text !== undefined) found[field] = text;
    }
    return found;
  }

  /** The value when it is there and of the type. */
  typed<T extends Json>(is: (value: Json) => value is T, value: Json | undefined, path: string): T | undefined {
    if (value === undefined) return undefined;
    if (is(value)) return value;
    this.odd.push(path);
    return undefined;
  }

  /** As `typed`, but its absence is odd as well. */
  needed<T extends Json>(is: (value: Json) => value is T, dict: JsonObject, key: string, path: string): T | undefined {
    return this.typed(is, own(dict, key) ?? null, `${path}.${key}`);
  }

  list(value: Json | undefined, path: string): string[] {
    const list = this.typed(isJsonArray, value, path) ?? [];
    return list.flatMap((entry, i) => this.typed(isText, entry, `${path}[${i}]`) ?? []);
  }

  untyped(): JsonObject {
    const names = Object.keys(STATUS_ITEMS) as StatusItemName[];
    return Object.fromEntries(
      names.flatMap((name): [string, Json][] => {
        const value = statusItem(name)?.value.type === "any" ? this.item(name) : undefined;
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  unknown(): string[] {
    return leaves(this.items).flatMap(({ name }) => (statusItem(name) === undefined ? [name] : []));
  }
}

function readInstallReason(read: Reader): DeclarativeStatus["installReason"] {
  const path = "softwareupdate.install-reason";
  const dict = read.dict(path);
  const reasons = dict && read.needed(isJsonArray, dict, "reason", path);
  if (dict === undefined || reasons === undefined) return undefined;
  const declarationId = read.typed(isText, own(dict, "declaration-id"), `${path}.declaration-id`);
  return { reasons: read.list(reasons, `${path}.reason`), ...(declarationId !== undefined && { declarationId }) };
}

function readPendingVersion(read: Reader): PendingVersion | undefined {
  const path = "softwareupdate.pending-version";
  const dict = read.dict(path);
  if (dict === undefined) return undefined;
  // iOS leaves both out when nothing is pending, where the schema has empty texts; a date can stand there alone.
  const [osVersion, buildVersion] = ["os-version", "build-version"].map((key) => {
    const value = own(dict, key);
    return value === undefined ? "" : read.typed(isText, value, `${path}.${key}`);
  });
  if (osVersion === undefined || buildVersion === undefined) return undefined;
  const [targetLocalDateTime] = ["target-local-date-time", OTHER_TARGET_KEY].flatMap(
    (key) => read.typed(isText, own(dict, key), `${path}.${key}`) ?? [],
  );
  return { osVersion, buildVersion, ...(targetLocalDateTime !== undefined && { targetLocalDateTime }) };
}

function readFailureReason(read: Reader): DeclarativeStatus["failureReason"] {
  const path = "softwareupdate.failure-reason";
  const dict = read.dict(path);
  const count = dict && read.needed(isCount, dict, "count", path);
  if (dict === undefined || count === undefined) return undefined;
  const reason = read.typed(isText, own(dict, "reason"), `${path}.reason`);
  const timestamp = read.typed(isText, own(dict, "timestamp"), `${path}.timestamp`);
  return { count, ...(reason !== undefined && { reason }), ...(timestamp !== undefined && { timestamp }) };
}

function readCapabilities(read: Reader): ClientCapabilities | undefined {
  const path = "management.client-capabilities";
  const dict = read.dict(path);
  if (dict === undefined) return undefined;
  const payloads = read.needed(isJsonObject, dict, "supported-payloads", path);
  const types = payloads && read.needed(isJsonObject, payloads, "declarations", `${path}.supported-payloads`);
  // Without them we know no more than before; an empty list would say that the device can do nothing.
  if (payloads === undefined || types === undefined) return undefined;
  const listed = (kind: DeclarationKind) =>
    read.list(own(types, PLURALS[kind]), `${path}.supported-payloads.declarations.${PLURALS[kind]}`);
  return {
    supportedVersions: read.list(own(dict, "supported-versions"), `${path}.supported-versions`),
    activations: listed("activation"),
    assets: listed("asset"),
    configurations: listed("configuration"),
    management: listed("management"),
    statusItems: read.list(own(payloads, "status-items"), `${path}.supported-payloads.status-items`),
  };
}

function readDeclarations(read: Reader): DeclarativeStatus["declarations"] {
  const path = "management.declarations";
  const dict = read.dict(path);
  if (dict === undefined) return undefined;
  const listed = DECLARATION_KINDS.map((kind) => {
    const at = `${path}.${PLURALS[kind]}`;
    const list = read.typed(isJsonArray, own(dict, PLURALS[kind]), at) ?? [];
    return [kind, list.flatMap((entry, i) => readDeclaration(read, entry, `${at}[${i}]`) ?? [])] as const;
  });
  return Object.fromEntries(listed) as Record<DeclarationKind, DeclarationStatus[]>;
}

function readDeclaration(read: Reader, entry: Json, path: string): DeclarationStatus | undefined {
  const dict = read.typed(isJsonObject, entry, path);
  if (dict === undefined) return undefined;
  const identifier = read.needed(isText, dict, "identifier", path);
  const serverToken = read.needed(isText, dict, "server-token", path);
  const active = read.needed(isBoolean, dict, "active", path);
  const valid = read.needed(isText, dict, "valid", path);
  if (identifier === undefined || serverToken === undefined || active === undefined || valid === undefined) {
    return undefined;
  }
  const reasons = readReasons(own(dict, "reasons"), LOWER, `${path}.reasons`, read.odd);
  return { identifier, serverToken, active, valid, reasons };
}

const isText = (value: Json): value is string => typeof value === "string";
const isBoolean = (value: Json): value is boolean => typeof value === "boolean";
const isCount = (value: Json): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
