/**
 * Standing settings said by restrictions: what of them a device gets that can't have the declaration, and what is left out.
 */
import type { Support } from "../commands/shape.ts";
import type { Key, Keys } from "../declarations/describe.ts";
import { settingsDescription } from "../declarations/descriptions.ts";
import { isJsonObject, type JsonObject, own } from "../declarations/json.ts";
import type { LeftOut, SoftwareUpdateSettings } from "../declarations/settings.ts";
import { type DeclarativeDevice, refusal, type Refusal } from "../declarations/support.ts";
import type { Json } from "../facts.ts";
import { type PayloadType, type RestrictionKey, RESTRICTIONS, type RestrictionValue } from "./keys.ts";

export interface Restrictions {
  /** Payload type → its keys; empty where nothing of the settings can be said. */
  readonly payloads: ReadonlyMap<PayloadType, ReadonlyMap<string, RestrictionValue>>;
  /** By the path of the setting. */
  readonly leftOut: readonly LeftOut[];
}

type Said = readonly [payload: PayloadType, key: string, value: RestrictionValue];
/** What a value of a setting comes to; undefined where no restriction says it. Of several ways the first that fits counts. */
type Way = (value: Json) => readonly Said[] | undefined;

const access = (key: string, value: RestrictionValue): Said => ["com.apple.applicationaccess", key, value];
const update = (key: string, value: RestrictionValue): Said => ["com.apple.SoftwareUpdate", key, value];

/** A period takes effect only where its delay is switched on. */
const delay =
  (on: string, period: string): Way =>
  (value) =>
    typeof value === "number" ? [access(on, true), access(period, value)] : undefined;
const allowed =
  (key: string): Way =>
  (value) =>
    typeof value === "boolean" ? [access(key, value)] : undefined;
const always =
  (...keys: readonly string[]): Way =>
  (value) =>
    value === "AlwaysOn" || value === "AlwaysOff" ? keys.map((key) => update(key, value === "AlwaysOn")) : undefined;

const all = delay("forceDelayedSoftwareUpdates", "enforcedSoftwareUpdateDelay");

const WAYS: Readonly<Record<string, readonly Way[]>> = {
  "Deferrals.CombinedPeriodInDays": [all],
  "Deferrals.MajorPeriodInDays": [
    delay("forceDelayedMajorSoftwareUpdates", "enforcedSoftwareUpdateMajorOSDeferredInstallDelay"),
  ],
  "Deferrals.MinorPeriodInDays": [
    delay("forceDelayedSoftwareUpdates", "enforcedSoftwareUpdateMinorOSDeferredInstallDelay"),
    // Before macOS 11.3 there is one delay for all versions of macOS.
    all,
  ],
  "Deferrals.SystemPeriodInDays": [
    delay("forceDelayedAppSoftwareUpdates", "enforcedSoftwareUpdateNonOSDeferredInstallDelay"),
  ],
  "RapidSecurityResponse.Enable": [allowed("allowRapidSecurityResponseInstallation")],
  "RapidSecurityResponse.EnableRollback": [allowed("allowRapidSecurityResponseRemoval")],
  "AutomaticActions.Download": [
    // Nothing is downloaded that was not looked for.
    (value) => (value === "AlwaysOn" ? always("AutomaticDownload", "AutomaticCheckEnabled")(value) : undefined),
    always("AutomaticDownload"),
  ],
  "AutomaticActions.InstallOSUpdates": [always("AutomaticallyInstallMacOSUpdates")],
  "AutomaticActions.InstallSecurityUpdate": [always("CriticalUpdateInstall", "ConfigDataInstall")],
  AllowStandardUserOSUpdates: [
    (value) => (value === false ? [update("restrict-software-update-require-admin-to-install", true)] : undefined),
  ],
  "Beta.ProgramEnrollment": [
    // Being put into a program needs its token, which only the declaration carries.
    (value) => (value === "AlwaysOff" ? [update("AllowPreReleaseInstallation", false)] : undefined),
  ],
};

/** Never throws, whatever was stored as settings; values are taken as `readSettings` let them in. */
export function restrictionsFor(settings: SoftwareUpdateSettings, device: DeclarativeDevice): Restrictions {
  const payloads = new Map<PayloadType, Map<string, RestrictionValue>>();
  const leftOut: LeftOut[] = [];
  for (const { path, key, value, outer } of leaves(settings as JsonObject)) {
    // What a device does by default need not be said.
    if (key.fallback === value) continue;
    const found = wayFor(path, value, { key, outer }, device);
    if ("code" in found) {
      leftOut.push({ path, ...found });
      continue;
    }
    for (const [payload, name, said] of found.said) {
      const keys = payloads.get(payload) ?? new Map<string, RestrictionValue>();
      payloads.set(payload, keys.set(name, said));
    }
  }
  return { payloads, leftOut };
}

interface Place {
  readonly key: Key;
  readonly outer: Key | undefined;
}

function wayFor(
  path: string,
  value: Json,
  place: Place,
  device: DeclarativeDevice,
): { readonly said: readonly Said[] } | Refusal {
  const whole: Support = settingsDescription.support;
  const since = (place.key.support ?? place.outer?.support ?? whole)[device.platform];
  if (since === undefined) return { code: "platform", why: `does not exist on ${device.platform}` };
  let refused: Refusal | undefined;
  for (const way of WAYS[path] ?? []) {
    const said = way(value);
    if (said === undefined) continue;
    const no = said.map((one) => refusal(keyOf(one).support, device)).find((one) => one !== undefined);
    if (no === undefined) return { said };
    // The newest way's reason tells best what is missing.
    refused ??= no.code === "platform" ? undefined : no;
  }
  if (refused !== undefined) return { code: refused.code, why: `by restrictions: ${refused.why}` };
  const { platform } = device;
  return {
    code: refusal(settingsDescription.support, device)?.code ?? "version",
    why: `no restriction says it; the declaration does, from ${platform} ${since.introduced}`,
  };
}

function keyOf([payload, key]: Said): RestrictionKey {
  const keys: Readonly<Record<string, RestrictionKey>> = RESTRICTIONS[payload];
  return keys[key] ?? { type: "boolean", support: {} };
}

interface Leaf extends Place {
  readonly path: string;
  readonly value: Json;
}

/** The settings that are there, one by one. What is no setting is not there. */
function leaves(settings: JsonObject, keys: Keys = settingsDescription.keys, prefix = "", outer?: Key): Leaf[] {
  return Object.entries(keys).flatMap(([name, key]): Leaf[] => {
    const value = own(settings, name);
    if (value === undefined) return [];
    const path = `${prefix}${name}`;
    const group = key.type === "dict" && isJsonObject(value) && path !== "Beta.RequireProgram";
    return group ? leaves(value, key.keys, `${path}.`, key) : [{ path, key, value, outer }];
  });
}
