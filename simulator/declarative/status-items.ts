/** What the device can tell of itself by status. Apple schema: declarative/status. */
import type { SimPlatform } from "../releases.ts";
import { shownVersion } from "../releases.ts";
import type { DeviceState } from "../state.ts";
import { deviceIdOf, leavesEmptyOut, namesDeclaration, tellsInstant } from "../ways.ts";
import type { Since } from "./abilities.ts";
import { enforcementSince, engineSince, has, updatesManageable } from "./abilities.ts";
import type { Declaration, DeclarationKind, Judgement } from "./declaration.ts";
import type { Enforcement } from "./enforcement.ts";
import type { Json, JsonDict } from "./json.ts";
import { supportedTypes } from "./payloads.ts";

/** What status is read from. */
export interface StatusSources {
  readonly state: DeviceState;
  readonly enforcement: Enforcement;
  readonly judged: () => ReadonlyMap<Declaration, Judgement>;
}

interface StatusItem {
  readonly since: Since;
  /** Only where updates can be managed. */
  readonly updates?: true;
  /** Not in a user enrollment. */
  readonly notUser?: true;
  value(sources: StatusSources): Json;
}

const supplemental: Since = { iOS: "16.1", macOS: "13", tvOS: "16.1", visionOS: "1.1" };
const identifying: Since = { iOS: "16", macOS: "13", tvOS: "16", visionOS: "1.1" };
const families: Readonly<Record<string, string>> = { Real: "Vision", Appl: "AppleTV", iPad: "iPad", iPho: "iPhone" };

const familyOf = ({ hardware }: DeviceState): SimPlatform | "iPadOS" =>
  hardware.productName.startsWith("iPad") ? "iPadOS" : hardware.platform;

const items: Readonly<Record<string, StatusItem>> = {
  "device.identifier.serial-number": { since: identifying, notUser: true, value: ({ state }) => state.traits.serial },
  "device.identifier.udid": { since: identifying, notUser: true, value: ({ state }) => state.traits.udid },
  "device.model.family": {
    since: engineSince,
    value: ({ state }) => families[state.hardware.productName.slice(0, 4)] ?? "Mac",
  },
  "device.model.identifier": { since: engineSince, value: ({ state }) => state.hardware.productName },
  "device.model.marketing-name": { since: engineSince, value: ({ state }) => state.hardware.modelName },
  "device.operating-system.build-version": { since: engineSince, value: ({ state }) => state.os.build },
  "device.operating-system.family": { since: engineSince, value: ({ state }) => familyOf(state) },
  "device.operating-system.marketing-name": {
    since: engineSince,
    value: ({ state }) => `${familyOf(state)} ${state.os.version}`,
  },
  "device.operating-system.supplemental.build-version": {
    since: supplemental,
    value: ({ state: { os } }) => os.improvement?.build ?? os.build,
  },
  "device.operating-system.supplemental.extra-version": {
    since: supplemental,
    value: ({ state: { os } }) => os.improvement?.letter ?? "",
  },
  "device.operating-system.version": { since: engineSince, value: ({ state }) => state.os.version },
  "device.power.battery-health": { since: { iOS: "17", macOS: "14.4" }, value: () => "normal" },
  "management.client-capabilities": { since: engineSince, value: ({ state }) => capabilities(state) },
  "management.declarations": { since: engineSince, value: ({ judged }) => declarations(judged()) },
  "softwareupdate.beta-enrollment": { since: { iOS: "18", macOS: "15" }, updates: true, value: () => "" },
  "softwareupdate.device-id": {
    since: { iOS: "18", macOS: "15", tvOS: "18.4", visionOS: "26.4" },
    updates: true,
    value: ({ state }) => deviceIdOf(state),
  },
  "softwareupdate.failure-reason": {
    since: enforcementSince,
    updates: true,
    value({ enforcement: { failure } }) {
      const { count, reason, at } = failure;
      return {
        count,
        ...(reason !== undefined && { reason }),
        ...(at !== undefined && { timestamp: new Date(at).toISOString().replace(/\.\d+Z$/, "Z") }),
      };
    },
  },
  "softwareupdate.install-reason": {
    since: enforcementSince,
    updates: true,
    value({ enforcement: { plan }, state }) {
      if (plan === undefined) return { reason: [] };
      const reason = plan.choice === undefined ? ["declaration"] : ["declaration", plan.choice.reason];
      return { reason, ...(namesDeclaration(state) && { "declaration-id": plan.target.identifier }) };
    },
  },
  "softwareupdate.install-state": {
    since: enforcementSince,
    updates: true,
    value: ({ enforcement }) => enforcement.toldState(),
  },
  "softwareupdate.pending-version": {
    since: enforcementSince,
    updates: true,
    value: ({ enforcement: { plan }, state }) => pendingVersion(state, plan),
  },
};

function pendingVersion(state: DeviceState, plan: Enforcement["plan"]): JsonDict {
  const none: JsonDict = leavesEmptyOut(state) ? {} : { "os-version": "", "build-version": "" };
  if (plan === undefined) return none;
  const { local, deadline } = plan.target;
  const { deadlineByLongName, deadlineInUtc } = state.kind;
  const instant = new Date(deadline).toISOString();
  const long = deadlineByLongName === true || tellsInstant(state);
  const key = long ? "softwareupdate.target-local-date-time" : "target-local-date-time";
  const asInstant = `${instant.slice(0, 10)} ${instant.slice(11, 19)} +0000`;
  const moment = deadlineInUtc ? instant.slice(0, 19) : tellsInstant(state) ? asInstant : local;
  // The version is of what is downloaded or downloading; the moment belongs to the declaration, and may be there alone.
  const found = plan.downloaded || plan.state === "downloading" || !leavesEmptyOut(state);
  const version: JsonDict = { "os-version": shownVersion(plan.release), "build-version": plan.release.build };
  return { ...(found ? version : none), [key]: moment };
}

/** The status items the device knows, with what they are at this moment behind them. */
export function statusItem(sources: StatusSources, name: string): (() => Json) | undefined {
  const item = Object.hasOwn(items, name) ? items[name] : undefined;
  return item !== undefined && known(sources.state, item) ? () => item.value(sources) : undefined;
}

const known = (state: DeviceState, item: StatusItem): boolean =>
  has(state, item.since) &&
  (!item.updates || updatesManageable(state)) &&
  (!item.notUser || state.kind.userEnrollment !== true);

function capabilities(state: DeviceState): JsonDict {
  return {
    "supported-versions": ["1.0.0"],
    "supported-features": {},
    "supported-payloads": {
      declarations: {
        activations: supportedTypes(state, "activation"),
        assets: supportedTypes(state, "asset"),
        configurations: supportedTypes(state, "configuration"),
        management: supportedTypes(state, "management"),
      },
      "status-items": Object.entries(items).flatMap(([name, item]) => (known(state, item) ? [name] : [])),
    },
  };
}

function declarations(judged: ReadonlyMap<Declaration, Judgement>): JsonDict {
  const of = (wanted: DeclarationKind): Json =>
    [...judged]
      .filter(([{ kind }]) => kind === wanted)
      .map(([{ identifier, serverToken }, { active, valid, reasons }]) => ({
        identifier,
        "server-token": serverToken,
        active,
        valid,
        ...(reasons.length > 0 && {
          reasons: reasons.map(({ code, description, details }) => ({
            code,
            ...(description !== undefined && { description }),
            ...(details !== undefined && { details }),
          })),
        }),
      }));
  return {
    activations: of("activation"),
    assets: of("asset"),
    configurations: of("configuration"),
    management: of("management"),
  };
}
