/** The declarations we send, from what they are about. Each gives what `declare` takes. */
import type { Json } from "../facts.ts";
import { isVersion } from "../os-version.ts";
import { checkIdentifier, type DeclarationContent, invalid, quote } from "./declaration.ts";
import type { PayloadOf } from "./describe.ts";
import {
  activationDescription,
  enforcementDescription,
  organizationDescription,
  settingsDescription,
  subscriptionsDescription,
} from "./descriptions.ts";
import { parseLocalDateTime } from "./local-date-time.ts";
import { readSettings, type SoftwareUpdateSettings } from "./settings.ts";

/** "25G83", "20A242", and with the letter of a security response "23D771330a". */
const BUILD = /^\d{1,3}[A-Z]\d{1,9}[a-z]?$/;

/** True for a build as TargetBuildVersion takes it, with or without the letter of a security response. */
export function isBuild(text: string): boolean {
  return BUILD.test(text);
}

export interface EnforcementSpecific {
  readonly identifier: string;
  /** The exact release, e.g. "26.6.2": devices do not continue to a patch of it. */
  readonly targetOSVersion: string;
  /** e.g. "25G83", or "23D771330a" for a security response. */
  readonly targetBuildVersion?: string | undefined;
  /** `yyyy-mm-ddThh:mm:ss` on the device's own clock, without zone or fraction. */
  readonly targetLocalDateTime: string;
  /** http or https; shown to the user. */
  readonly detailsURL?: string | undefined;
}

/**
 * Brings a device to one release by a moment. Source: configurations/softwareupdate.enforcement.specific.yaml.
 * @throws UptickError `declaration-invalid` naming the key that has a wrong form
 */
export function enforcementSpecific(wish: EnforcementSpecific): DeclarationContent {
  const { targetOSVersion, targetBuildVersion, targetLocalDateTime, detailsURL } = wish;
  const wrong = (key: string, value: string, form: string) => invalid(`${key} is ${quote(value)}; ${form}.`);
  if (!isVersion(targetOSVersion))
    throw wrong("TargetOSVersion", targetOSVersion, 'it must be a version like "26.6.2"');
  if (targetBuildVersion !== undefined && !isBuild(targetBuildVersion)) {
    throw wrong("TargetBuildVersion", targetBuildVersion, 'it must be a build like "25G83" or "23D771330a"');
  }
  if (parseLocalDateTime(targetLocalDateTime) === undefined) {
    throw wrong("TargetLocalDateTime", targetLocalDateTime, "it must be a real date and time as yyyy-mm-ddThh:mm:ss");
  }
  if (detailsURL !== undefined && !isWebAddress(detailsURL)) {
    throw wrong("DetailsURL", detailsURL, "it must be an http or https address");
  }
  const payload: PayloadOf<typeof enforcementDescription.keys> = {
    TargetOSVersion: targetOSVersion,
    TargetLocalDateTime: targetLocalDateTime,
    ...(targetBuildVersion !== undefined && { TargetBuildVersion: targetBuildVersion }),
    ...(detailsURL !== undefined && { DetailsURL: detailsURL }),
  };
  return content(enforcementDescription.type, wish.identifier, payload);
}

/**
 * Standing settings. Limit them to the device with `checkSettings` first. Source: configurations/softwareupdate.settings.yaml.
 * @throws UptickError `declaration-invalid` naming the first key that has a wrong value or contradicts another
 */
export function softwareUpdateSettings(wish: {
  readonly identifier: string;
  readonly settings: SoftwareUpdateSettings;
}): DeclarationContent {
  const read = readSettings(wish.settings);
  if ("problems" in read) throw invalid(read.problems.map(({ path, text }) => `${path}: ${text}.`).join(" "));
  return content(settingsDescription.type, wish.identifier, read.settings as { readonly [key: string]: Json });
}

/** Which status items the device reports. Names are sorted, doubles left out. Source: configurations/management.status-subscriptions.yaml. */
export function statusSubscriptions(wish: {
  readonly identifier: string;
  readonly names: Iterable<string>;
}): DeclarationContent {
  const names = [...new Set(wish.names)].toSorted();
  if (names.includes("")) throw invalid("A status item to subscribe to has no name.");
  const payload: PayloadOf<typeof subscriptionsDescription.keys> = { StatusItems: names.map((Name) => ({ Name })) };
  return content(subscriptionsDescription.type, wish.identifier, payload);
}

/**
 * Puts configurations in force: one that no activation names is never applied. Source: activations/simple.yaml.
 * Configurations are sorted, since their order means nothing and must not change the token.
 */
export function simpleActivation(wish: {
  readonly identifier: string;
  /** Identifiers. */
  readonly configurations: Iterable<string>;
  /** NSPredicate format, not checked here. */
  readonly predicate?: string | undefined;
}): DeclarationContent {
  const { predicate } = wish;
  if (predicate?.trim() === "") throw invalid("Predicate is empty; leave it out instead.");
  const payload: PayloadOf<typeof activationDescription.keys> = {
    StandardConfigurations: [...new Set(wish.configurations)].map(checkIdentifier).toSorted(),
    ...(predicate !== undefined && { Predicate: predicate }),
  };
  return content(activationDescription.type, wish.identifier, payload);
}

/** Who manages the device. Devices report it as inactive, which is no failure. Source: management/organization-info.yaml. */
export function organizationInfo(wish: {
  readonly identifier: string;
  readonly name: string;
  readonly email?: string | undefined;
  /** http or https. */
  readonly url?: string | undefined;
}): DeclarationContent {
  const { name, email, url } = wish;
  if (name.trim() === "") throw invalid("The organization has no name.");
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw invalid(`Email is ${quote(email)}; it must be an address.`);
  }
  if (url !== undefined && !isWebAddress(url)) {
    throw invalid(`URL is ${quote(url)}; it must be an http or https address.`);
  }
  const payload: PayloadOf<typeof organizationDescription.keys> = {
    Name: name,
    ...(email !== undefined && { Email: email }),
    ...(url !== undefined && { URL: url }),
  };
  return content(organizationDescription.type, wish.identifier, payload);
}

function content(type: string, identifier: string, payload: { readonly [key: string]: Json }): DeclarationContent {
  return { type, identifier: checkIdentifier(identifier), payload };
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return (url?.protocol === "https:" || url?.protocol === "http:") && url.hostname !== "";
}
