/**
 * What a device is to have by declarative management, out of what is wanted of it. A rule that can't be computed is left
 * out and shown: it must never keep a device from the rest of its declarations.
 */
import { isUptickError } from "../errors/index.ts";
import { fingerprint } from "../identity/index.ts";
import type { Job } from "../plans/index.ts";
import {
  checkSettings,
  declare,
  type Declaration,
  type DeclarationContent,
  type DeclarativeDevice,
  enforcementSpecific,
  type Hash,
  organizationInfo,
  simpleActivation,
  softwareUpdateSettings,
  type SoftwareUpdateSettings,
  statusItemsFor,
  statusSubscriptions,
} from "../protocol/index.ts";
import type { DeclarativeRow, Standing } from "../store/index.ts";

export interface Causes {
  readonly device: DeclarativeDevice;
  /** Status items that the device says it knows; empty: it has not said, and what its OS has is taken. */
  readonly knows: readonly string[];
  readonly job: Job | undefined;
  readonly standing: Standing;
}

export type LeftOutRule = DeclarativeRow["leftOut"][number];

export interface Composed {
  readonly declarations: readonly Declaration[];
  readonly leftOut: readonly LeftOutRule[];
}

/** SHA-256, hex: 64 octets, as many as a token may have. */
export const hash: Hash = (bytes) => fingerprint(bytes);

const PREFIX = "uptick.";
const UPDATE = `${PREFIX}update.`;

/** Says what one part of the declarations is, or that there is none; `report` notes what of it does not fit the device. */
type Rule = (causes: Causes, report: (left: Omit<LeftOutRule, "rule">) => void) => DeclarationContent | undefined;

export const RULES: Readonly<Record<string, Rule>> = {
  subscriptions: ({ device, knows }) => {
    const names = statusItemsFor(device, knows.length === 0 ? undefined : knows);
    return names.length === 0 ? undefined : statusSubscriptions({ identifier: `${PREFIX}subscriptions`, names });
  },
  update: ({ job }) => (job === undefined ? undefined : updateOf(job)),
  settings: ({ device, standing }, report) => {
    if (standing.settings === undefined) return undefined;
    const { settings, leftOut } = checkSettings(standing.settings as SoftwareUpdateSettings, device);
    for (const { path, code, why } of leftOut) report({ code, detail: `${path}: ${why}` });
    return settings === undefined ? undefined : softwareUpdateSettings({ identifier: `${PREFIX}settings`, settings });
  },
  organization: ({ standing: { organization } }) =>
    organization === undefined ? undefined : organizationInfo({ identifier: `${PREFIX}organization`, ...organization }),
};

export function compose(causes: Causes, rules = RULES): Composed {
  const declarations: Declaration[] = [];
  const leftOut: LeftOutRule[] = [];
  const add = (rule: string, make: Rule): void => {
    try {
      const content = make(causes, (left) => leftOut.push({ rule, ...left }));
      if (content !== undefined) declarations.push(declare(hash, content));
    } catch (error) {
      const code = isUptickError(error) ? error.code : "internal";
      leftOut.push({ rule, code, detail: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const [name, rule] of Object.entries(rules)) add(name, rule);
  const configurations = declarations
    .filter(({ kind }) => kind === "configuration")
    .map(({ identifier }) => identifier);
  // A configuration that no activation names is never applied.
  if (configurations.length > 0) {
    add("activation", () => simpleActivation({ identifier: `${PREFIX}activation`, configurations }));
  }
  return { declarations, leftOut };
}

/**
 * The enforcement that a job wants on its device; undefined while it wants none. Its identifier follows from what it says:
 * the same wish is the same declaration, and the device's planning does not begin again.
 */
export function updateOf(job: Job): DeclarationContent | undefined {
  return wantsUpdate(job) ? enforcementOf(job) : undefined;
}

export function wantsUpdate({ mechanism, state, unreported }: Job): boolean {
  return mechanism === "declaration" && WANTS.has(state) && unreported !== true;
}

const WANTS: ReadonlySet<Job["state"]> = new Set([
  "declaring",
  "declared",
  "downloading",
  "ready",
  "installing",
  "blocked",
]);

/** What a job's declaration says, wanted now or not; undefined for a job by command. */
export function enforcementOf(job: Job): DeclarationContent | undefined {
  const { mechanism, enforcement, target, detailsUrl } = job;
  if (mechanism !== "declaration" || enforcement === undefined) return undefined;
  const wish = {
    targetOSVersion: target.version,
    targetBuildVersion: enforcement.build,
    targetLocalDateTime: enforcement.local,
    detailsURL: detailsUrl,
  };
  const said = hash(new TextEncoder().encode(JSON.stringify(Object.values(wish).map((value) => value ?? null))));
  return enforcementSpecific({ identifier: `${UPDATE}${said.slice(0, 24)}`, ...wish });
}

/** True for the identifier of a declaration of ours. */
export const isOurs = (identifier: string): boolean => identifier.startsWith(PREFIX);

/** True for the identifier of an enforcement of ours. */
export const isUpdate = (identifier: string): boolean => identifier.startsWith(UPDATE);
