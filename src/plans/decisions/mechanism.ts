/** The one choice of mechanism: how a device is told to update, with the reason; worded in words.ts. */
import { compareVersions, type Platform } from "../../protocol/index.ts";
import { capabilityOf } from "./capability.ts";
import type { PlanAction } from "./spec.ts";

/** What the choice needs to know of a device. */
export interface MechanismFacts {
  readonly platform: Platform;
  readonly osVersion: string;
  readonly supervised: boolean | undefined;
  readonly enrollment: "device" | "user";
  /** AccessRights of the enrollment profile, where known. */
  readonly accessRights: number | undefined;
  /**
   * Whether the device's client capabilities list `softwareupdate.enforcement.specific`; undefined: it has not reported
   * since it enrolled or changed its OS.
   */
  readonly enforces: boolean | undefined;
}

/** What the choice needs to know of a plan. */
export interface Wanted {
  readonly action: PlanAction;
  /** The target is no OS version (a Mac's other updates). */
  readonly others: boolean;
  /** The target names a Background Security Improvement: a command can't say its build. */
  readonly improvement: boolean;
  /** No window and no deadline: as soon as possible. A declaration has no such verb. */
  readonly now: boolean;
}

export type Mechanism =
  | { readonly kind: "command"; readonly identify: "product-key" | "product-version"; readonly because: WhyCommand }
  | {
      readonly kind: "declaration";
      readonly because: WhyDeclaration;
      /** False: the OS could take it, and the device's first report is awaited. */
      readonly reported: boolean;
      /** How the command would name the update, should no report ever come; absent: there is no such way. */
      readonly otherwise?: "product-key" | "product-version";
    }
  | { readonly kind: "none"; readonly reason: NoMechanism };

export type WhyCommand =
  /** The OS takes no enforcement yet. */
  | "os-before-declarations"
  /** The device's client capabilities do not list the enforcement. */
  | "declarations-not-listed"
  /** "Now" exists as a command only. */
  | "now-by-command"
  /** The plan's action exists as a command only. */
  | "action-by-command"
  /** The enrollment or its supervision does not allow the declaration. */
  | "declarations-not-allowed"
  /** The OS could take a declaration, and the device has not reported for a day. */
  | "no-report";

export type WhyDeclaration =
  /** Both would work: the device then plans for itself and keeps its user informed. */
  | "declarations-preferred"
  /** Apple has removed the commands from this OS, or the platform never had them. */
  | "only-declarations"
  /** The commands need supervision or a right that this device does not give. */
  | "commands-not-allowed"
  /** Only a declaration can name a Background Security Improvement. */
  | "improvement-by-declaration";

/** Why a device can't be told at all. */
export type NoMechanism =
  | "user-enrollment"
  | "platform-without-command"
  | "commands-removed"
  | "os-too-old"
  | "not-supervised"
  | "supervision-unknown"
  | "right-missing"
  | "declarations-not-listed"
  | "action-needs-command"
  | "improvement-needs-declaration";

/** App management (4096): what iOS and tvOS ask for before they take an OS update command. */
const APP_MANAGEMENT = 4096;

type Way<T> = { readonly ok: true; readonly by: T } | { readonly ok: false; readonly why: NoMechanism };

export function mechanismFor(facts: MechanismFacts, wanted: Wanted): Mechanism {
  if (facts.enrollment === "user") return { kind: "none", reason: "user-enrollment" };
  const { command, declaration } = capabilityOf(facts.platform, facts.osVersion);
  const byCommand = commandWay(facts, command);
  const byDeclaration = declarationWay(facts, declaration);
  const commandOnly = wanted.action !== "install" || wanted.others;

  if (wanted.improvement) return forImprovement(byDeclaration, declaration === "enforcement", commandOnly);
  if (commandOnly) {
    if (byCommand.ok) return { kind: "command", identify: byCommand.by, because: "action-by-command" };
    const gone = command === "removed" || command === "never";
    return { kind: "none", reason: gone && byDeclaration.ok ? "action-needs-command" : byCommand.why };
  }
  if (byCommand.ok && wanted.now) return { kind: "command", identify: byCommand.by, because: "now-by-command" };
  if (byDeclaration.ok) {
    const removed = command === "removed" || command === "never";
    const because = byCommand.ok ? "declarations-preferred" : removed ? "only-declarations" : "commands-not-allowed";
    return {
      kind: "declaration",
      because,
      reported: byDeclaration.by,
      ...(byCommand.ok ? { otherwise: byCommand.by } : {}),
    };
  }
  if (byCommand.ok) {
    const because =
      declaration !== "enforcement"
        ? "os-before-declarations"
        : byDeclaration.why === "declarations-not-listed"
          ? "declarations-not-listed"
          : "declarations-not-allowed";
    return { kind: "command", identify: byCommand.by, because };
  }
  // Neither way: the reason of the one that this OS is meant to be told by.
  const byDeclarations = declaration === "enforcement" && (command === "removed" || command === "never");
  return { kind: "none", reason: byDeclarations ? byDeclaration.why : byCommand.why };
}

/** Never told by command, whatever the device reports later. */
function forImprovement(way: Way<boolean>, hasEngine: boolean, commandOnly: boolean): Mechanism {
  if (!hasEngine) return { kind: "none", reason: "improvement-needs-declaration" };
  if (!way.ok) return { kind: "none", reason: way.why };
  if (commandOnly) return { kind: "none", reason: "action-needs-command" };
  return { kind: "declaration", because: "improvement-by-declaration", reported: way.by };
}

function commandWay(
  { platform, osVersion, supervised, accessRights }: MechanismFacts,
  command: ReturnType<typeof capabilityOf>["command"],
): Way<"product-key" | "product-version"> {
  const no = (why: NoMechanism) => ({ ok: false, why }) as const;
  if (command === "never") return no("platform-without-command");
  if (command === "removed") return no("commands-removed");
  if (command === "not-yet") return no("os-too-old");
  if (supervised === undefined && !isBeforeSupervised(platform, osVersion)) return no("supervision-unknown");
  if (supervised === false) return no("not-supervised");
  const needsRight = platform !== "macOS" && accessRights !== undefined;
  if (needsRight && (accessRights & APP_MANAGEMENT) === 0) return no("right-missing");
  return { ok: true, by: command };
}

/**
 * A Mac of this age can't say whether it is supervised (mdm/commands/information.device.yaml, IsSupervised: macOS 10.15), and
 * nothing else that it tells stands for it: it is ordered, and what it refuses it says itself.
 */
const isBeforeSupervised = (platform: Platform, osVersion: string): boolean =>
  platform === "macOS" && compareVersions(osVersion, "10.15") < 0;

/** `by`: whether the device has reported that it takes the enforcement. */
function declarationWay(
  { platform, supervised, enforces }: MechanismFacts,
  declaration: ReturnType<typeof capabilityOf>["declaration"],
): Way<boolean> {
  const no = (why: NoMechanism) => ({ ok: false, why }) as const;
  if (declaration !== "enforcement") return no("os-too-old");
  // The device's own word goes before the table's, except for what it can't know.
  if (enforces === false) return no("declarations-not-listed");
  if (platform === "macOS" && supervised === undefined) return no("supervision-unknown");
  if (platform === "macOS" && supervised === false) return no("not-supervised");
  return { ok: true, by: enforces === true };
}
