/** The ScheduleOSUpdate family: introduced with iOS 9, deprecated in OS 26, removed in OS 27. One description each. */
import { isVersion, majorOf } from "../os-version.ts";
import { isDict, type PlistDict } from "../plist/value.ts";
import type { CommandTarget, Rule } from "./rule.ts";
import type { CommandSince, FieldValues } from "./shape.ts";

/** Deprecated in OS 26 and removed in OS 27 on every platform that had it (the schema's change list for 27). */
const gone = { deprecated: "26.0", removed: "27.0", userEnrollment: "forbidden" } as const;
const mobile = { ...gone, supervised: true, accessRight: "AllowAppInstallation" } as const;

const mac = (introduced: string) => ({ macOS: { introduced } });

/** Values of InstallAction and where each exists. */
const installActions = {
  Default: "everywhere",
  DownloadOnly: { iOS: { introduced: "9.0" }, macOS: { introduced: "11.0" }, tvOS: { introduced: "12.0" } },
  InstallASAP: "everywhere",
  NotifyOnly: mac("10.11"),
  InstallLater: mac("10.11"),
  InstallForceRestart: mac("11.0"),
} as const;

const updateFields = {
  productKey: { key: "ProductKey", presence: "optional", value: { type: "string" } },
  productVersion: {
    key: "ProductVersion",
    presence: "optional",
    value: { type: "string" },
    support: { iOS: { introduced: "11.3" }, macOS: { introduced: "12.0" }, tvOS: { introduced: "12.2" } },
  },
  installAction: { key: "InstallAction", presence: "required", value: { type: "string", oneOf: installActions } },
  maxUserDeferrals: {
    key: "MaxUserDeferrals",
    presence: "optional",
    value: { type: "integer" },
    support: mac("12.0"),
  },
  priority: {
    key: "Priority",
    presence: "optional",
    value: { type: "string", oneOf: { Low: "everywhere", High: "everywhere" } },
    support: mac("12.3"),
  },
} as const;

const scheduleSchema = "mdm/commands/system.update.schedule.yaml";

/** Source: mdm/commands/system.update.schedule.yaml (payloadkeys). */
export const scheduleOSUpdate = {
  schema: scheduleSchema,
  support: {
    iOS: { introduced: "9.0", ...mobile },
    macOS: { introduced: "10.11", ...gone, supervised: true },
    tvOS: { introduced: "12.0", ...mobile },
  },
  fields: {
    updates: {
      key: "Updates",
      presence: "required",
      value: { type: "array", items: { type: "dict", fields: updateFields } },
    },
  },
  also: checkUpdates,
} as const;

/** Source: mdm/commands/system.update.scan.yaml. The key is Force; an example in Apple's documentation spells it otherwise. */
export const scheduleOSUpdateScan = {
  schema: "mdm/commands/system.update.scan.yaml",
  support: { macOS: { introduced: "10.11", ...gone, supervised: true } },
  fields: { force: { key: "Force", presence: "optional", value: { type: "boolean" } } },
} as const;

/** Source: mdm/commands/system.update.available.yaml. Macs need no supervision for it. */
export const availableOSUpdates = {
  schema: "mdm/commands/system.update.available.yaml",
  support: {
    iOS: { introduced: "9.0", ...mobile },
    macOS: { introduced: "10.11", ...gone } satisfies CommandSince,
    tvOS: { introduced: "12.0", ...mobile },
  },
  fields: {},
} as const;

/** Source: mdm/commands/system.update.status.yaml. */
export const osUpdateStatus = {
  schema: "mdm/commands/system.update.status.yaml",
  support: {
    iOS: { introduced: "9.0", ...mobile },
    macOS: { introduced: "10.11.5", ...gone, supervised: true },
    tvOS: { introduced: "12.0", ...mobile },
  },
  fields: {},
} as const;

/** One item of ScheduleOSUpdate's Updates. Source: mdm/commands/system.update.schedule.yaml (payloadkeys.Updates.UpdatesItem). */
export type UpdateRequest = FieldValues<typeof updateFields>;
/** What a device is asked to do with an update. Source: the same file, UpdatesItem.InstallAction (rangelist). */
export type InstallAction = UpdateRequest["installAction"];
/** Source: the same file, UpdatesItem.Priority (rangelist). */
export type UpdatePriority = NonNullable<UpdateRequest["priority"]>;

export const INSTALL_ACTIONS = Object.keys(installActions) as readonly InstallAction[];

/** The rules of UpdatesItem that concern more than one key. */
function checkUpdates(body: PlistDict, target: CommandTarget | undefined): Rule[] {
  const updates = body.get("Updates");
  if (!Array.isArray(updates)) return [];
  // An empty list makes a Mac act on every update there is, which nobody can have asked for.
  if (updates.length === 0) return [rule("Updates", "Updates", "Updates names at least one update")];
  return updates.flatMap((item, i) => (isDict(item) ? checkUpdate(item, `Updates[${i}]`, target) : []));
}

function checkUpdate(item: PlistDict, path: string, target: CommandTarget | undefined): Rule[] {
  const broken: Rule[] = [];
  const version = item.get("ProductVersion");
  if (version === undefined && !item.has("ProductKey")) {
    broken.push(rule(path, "ProductVersion", "an update needs ProductKey or ProductVersion"));
  }
  if (typeof version === "string" && !isVersion(version)) {
    const text = `ProductVersion is a plain version such as 15.7.9, not "${version}"; a security response needs its ProductKey`;
    broken.push(rule(`${path}.ProductVersion`, "ProductVersion", text));
  }
  if (item.has("MaxUserDeferrals") && item.get("InstallAction") !== "InstallLater") {
    broken.push(
      rule(`${path}.MaxUserDeferrals`, "MaxUserDeferrals", "MaxUserDeferrals needs InstallAction InstallLater"),
    );
  }
  const from = target?.osVersion === undefined ? undefined : majorOf(target.osVersion);
  const to = typeof version === "string" ? majorOf(version) : undefined;
  if (from !== undefined && to !== undefined && from !== to) {
    for (const key of ["MaxUserDeferrals", "Priority"]) {
      if (item.has(key)) {
        broken.push(rule(`${path}.${key}`, key, `${key} is for minor updates only, not from ${from} to ${to}`));
      }
    }
  }
  return broken;
}

function rule(key: string, schemaKey: string, text: string): Rule {
  return { key, text, source: `${scheduleSchema} (${schemaKey})` };
}
