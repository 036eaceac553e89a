/** How one device is told standing settings of updates: by declaration where it takes one, else by restrictions. */
import {
  checkSettings,
  type DeclarativeDevice,
  type LeftOut,
  type Restrictions,
  restrictionsFor,
  type SoftwareUpdateSettings,
} from "../../protocol/index.ts";

export type PolicyDelivery =
  | { readonly way: "declaration"; readonly leftOut: readonly LeftOut[] }
  | { readonly way: "profile"; readonly leftOut: readonly LeftOut[]; readonly restrictions: Restrictions }
  /** None of the settings can be said to it; without `leftOut` it does all of them already. */
  | { readonly way: "nothing"; readonly leftOut: readonly LeftOut[] }
  /** What it hangs on is not known yet. */
  | { readonly way: "unknown"; readonly leftOut: readonly LeftOut[] };

/**
 * `takesDeclarations`: the device has not said that it doesn't. Restrictions are also for devices that could have the
 * declaration except for their enrollment: a Mac that is not supervised takes some of them.
 */
export function policyDeliveryFor(
  settings: SoftwareUpdateSettings,
  device: DeclarativeDevice,
  takesDeclarations: boolean,
): PolicyDelivery {
  if (device.osVersion === undefined) return { way: "unknown", leftOut: [] };
  const declared = takesDeclarations ? checkSettings(settings, device) : undefined;
  if (declared?.settings !== undefined) return { way: "declaration", leftOut: declared.leftOut };
  const supervisionUnknown = device.enrollment === "device" && device.supervised === undefined;
  if (supervisionUnknown && waitsForSupervision(declared?.leftOut)) return { way: "unknown", leftOut: [] };
  const restrictions = restrictionsFor(settings, device);
  if (restrictions.payloads.size > 0) return { way: "profile", leftOut: restrictions.leftOut, restrictions };
  if (supervisionUnknown && waitsForSupervision(restrictions.leftOut)) return { way: "unknown", leftOut: [] };
  // The reasons of the way that is the device's: an old one does not hear of declarations.
  const { leftOut } = declared === undefined || isOld(declared.leftOut) ? restrictions : declared;
  return { way: "nothing", leftOut };
}

const waitsForSupervision = (leftOut: readonly LeftOut[] = []): boolean =>
  leftOut.some(({ code }) => code === "supervision");

const isOld = (leftOut: readonly LeftOut[]): boolean =>
  leftOut.some(({ path, code }) => path === "settings" && code === "version");
