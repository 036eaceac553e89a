import type { CommandAnswer } from "./answer.ts";
import { acknowledged, codes, refused, updateService } from "./answer.ts";
import { deviceInformation, securityInfo } from "./information.ts";
import { isDeclarative } from "./declarative/abilities.ts";
import type { Declarative } from "./declarative/declarative.ts";
import type { PlistDict } from "./plist.ts";
import { text } from "./plist.ts";
import { majorOf } from "./releases.ts";
import { inSetupAssistant, scheduleUpdate } from "./schedule-update.ts";
import type { DeviceState } from "./state.ts";
import { hasRight } from "./state.ts";
import { troubleAt } from "./trouble.ts";
import { availableUpdates, updateStatus } from "./update-lists.ts";
import type { Updater } from "./updater.ts";
import { refusesCommandsAsDeclared } from "./ways.ts";

/** What a command may touch. */
export interface CommandContext {
  readonly state: DeviceState;
  readonly updater: Updater;
  readonly declarative: Declarative;
  /** Restarts the device soon after its answer went out. */
  restartSoon(): void;
  /** The path delivered the command once more. */
  readonly replay?: boolean;
}

interface CommandRule {
  /** Access right the enrollment must give, on iOS and tvOS only where `mobileRight`. */
  readonly right?: number;
  readonly mobileRight?: number;
  /** Removed with OS 27. */
  readonly until27?: true;
  /** Needs supervision, everywhere or but on macOS. */
  readonly supervised?: "always" | "mobile";
  /** iOS never says NotNow to it. */
  readonly neverNotNow?: true;
  run(context: CommandContext, command: PlistDict): CommandAnswer;
}

const updateRight = 4096;

const rules: Readonly<Record<string, CommandRule>> = {
  DeviceInformation: { right: 16, neverNotNow: true, run: ({ state }, command) => deviceInformation(state, command) },
  SecurityInfo: { right: 1024, run: ({ state }) => securityInfo(state) },
  ScheduleOSUpdateScan: {
    until27: true,
    run({ state, updater }, command) {
      // iOS and tvOS acknowledge and do nothing.
      if (state.hardware.platform !== "macOS") return acknowledged();
      if (state.awaitingConfiguration) return inSetupAssistant;
      const trouble = troubleAt(state, "scan");
      if (trouble !== undefined && "refusal" in trouble) return trouble.refusal;
      updater.scan(command["Force"] === true);
      return acknowledged({ ScanInitiated: true });
    },
  },
  DeclarativeManagement: { run: ({ declarative }, command) => declarative.command(command) },
  AvailableOSUpdates: {
    until27: true,
    mobileRight: updateRight,
    supervised: "mobile",
    run: ({ updater, declarative }) =>
      acknowledged({ AvailableOSUpdates: availableUpdates(updater, declarative.manages()) }),
  },
  OSUpdateStatus: {
    until27: true,
    mobileRight: updateRight,
    supervised: "always",
    run: ({ updater, declarative }) => acknowledged({ OSUpdateStatus: updateStatus(updater, declarative.manages()) }),
  },
  ScheduleOSUpdate: {
    until27: true,
    mobileRight: updateRight,
    supervised: "always",
    run({ updater, declarative, state, replay }, command) {
      if (!declarative.manages()) return scheduleUpdate(updater, command, replay === true);
      state.note("command-ignored", { why: "a declaration manages the update" });
      return refused(codes.managedByDeclaration, "The update is managed by a declaration. The command is ignored.");
    },
  },
  RestartDevice: {
    right: 4,
    supervised: "mobile",
    run(context) {
      context.restartSoon();
      return acknowledged();
    },
  },
  RemoveProfile: {
    right: 2,
    run({ state }, command) {
      const identifier = text(command, "Identifier") ?? "";
      if (!state.otherProfiles.delete(identifier))
        return refused(codes.profileNotManaged, `The profile “${identifier}” is not managed by MDM.`);
      state.note("profile-removed", { identifier });
      return acknowledged();
    },
  },
  DeviceConfigured: {
    run({ state }) {
      if (state.awaitingConfiguration) state.note("configured");
      state.awaitingConfiguration = false;
      return acknowledged();
    },
  },
};

/** What a Mac in Power Nap does all the same, among what it knows here. Source: Apple, "Handling NotNow". */
const doneAsleep: ReadonlySet<string> = new Set(["RestartDevice"]);

function naps(state: DeviceState, requestType: string): boolean {
  const { clock, traits } = state;
  if (traits.powerNapMs === 0 || doneAsleep.has(requestType)) return false;
  if (state.napsUntil === undefined && requestType === "ScheduleOSUpdate") {
    state.napsUntil = clock.now() + traits.powerNapMs;
  }
  return state.napsUntil !== undefined && clock.now() < state.napsUntil;
}

/** OS 27 took the four update commands away, and visionOS never had them. */
const knowsUpdateCommands = ({ hardware, os }: DeviceState): boolean =>
  hardware.platform !== "visionOS" && majorOf(os.version) < 27;

/** Takes one command as the device's system would: whether it may, whether it can now, then what it does. */
export function takeCommand(context: CommandContext, requestType: string, command: PlistDict): CommandAnswer {
  const { state, updater } = context;
  const rule = Object.hasOwn(rules, requestType) ? rules[requestType] : undefined;
  const invalid = refused(codes.invalidRequestType, `“${requestType}” is not a valid request type.`);
  if (rule === undefined || (rule.until27 && !knowsUpdateCommands(state))) return invalid;
  if (requestType === "DeclarativeManagement" && !isDeclarative(state)) return invalid;
  if (naps(state, requestType)) return { status: "NotNow" };
  if (state.isBusy() && !rule.neverNotNow) return { status: "NotNow" };
  if (state.notNowLeft > 0 && !rule.neverNotNow) {
    state.notNowLeft--;
    return { status: "NotNow" };
  }
  if (state.kind.userEnrollment && rule.until27) {
    return refused(codes.invalidRequestType, `“${requestType}” is not valid in a user enrollment.`);
  }
  const mobile = state.hardware.platform !== "macOS";
  const right = rule.right ?? (mobile ? rule.mobileRight : undefined);
  if (right !== undefined && !hasRight(state, right)) {
    return refused(codes.invalidAccessRights, `The server has no right to “${requestType}”.`);
  }
  if (!state.kind.supervised && (rule.supervised === "always" || (rule.supervised === "mobile" && mobile))) {
    // Which code a device uses here is not documented; the text says what it means.
    return refused(codes.invalidRequestType, `“${requestType}” is only valid on a supervised device.`);
  }
  updater.advance();
  context.declarative.advance();
  if (rule.until27 && refusesCommandsAsDeclared(state) && context.declarative.manages()) {
    state.note("command-ignored", { why: "a declaration manages the update" });
    return refused(updateService.declarationInPlace, "A declaration is in place.", updateService.domain);
  }
  return rule.run(context, command);
}
