/**
 * What a device must have by declarative management, out of what is wanted of it. A rule that can't be computed is left
 * out and shown: it must never keep a device from the rest of its declarations.
 */
import { isUptickError } from "../../errors/index.ts";
import { fingerprint } from "../../identity/index.ts";
import { declaredOf, type Job, type Wish } from "../../plans/index.ts";
import {
  checkSettings,
  declare,
  type Declaration,
  type DeclarationContent,
  declarationsToken,
  type DeclarativeDevice,
  enforcementSpecific,
  type Hash,
  organizationInfo,
  simpleActivation,
  softwareUpdateSettings,
  type SoftwareUpdateSettings,
  statusItemsFor,
  statusSubscriptions,
} from "../../protocol/index.ts";
import type { DeclarativeRow, Standing } from "../../store/index.ts";

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
  /** Of the list of them. */
  readonly token: string;
  readonly leftOut: readonly LeftOutRule[];
}

/** SHA-256, hex: 64 octets, as many as a token may have. */
export const hash: Hash = (bytes) => fingerprint(bytes);

/** How many different declarations are remembered, and how many sets of them, which are a few KB each. */
const MOST_MADE = 2000;
const MOST_SETS = 500;

/**
 * Remembers what was made of a text, until there is too much of it: one plan is the same declaration on every device of a
 * fleet, and the same list on most of them.
 */
function remembering<T>(most = MOST_MADE): (text: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (text, make) => {
    let known = made.get(text);
    if (known === undefined) {
      known = make();
      if (made.size >= most) made.clear();
      made.set(text, known);
    }
    return known;
  };
}

const madeBefore = remembering<Declaration>();
const tokenBefore = remembering<string>();
const wishBefore = remembering<DeclarationContent>();
const composedBefore = remembering<Composed>(MOST_SETS);

const PREFIX = "uptick.";
const UPDATE = `${PREFIX}update.`;
const ACTIVATION = `${PREFIX}activation`;
/** Identifier of the declaration of standing settings. */
export const SETTINGS = `${PREFIX}settings`;

/** Says what one part of the declarations is; undefined: nothing. `report` notes what of it does not fit the device. */
type Rule = (
  causes: Causes,
  report: (left: Omit<LeftOutRule, "rule">) => void,
) => DeclarationContent | readonly DeclarationContent[] | undefined;

export const RULES: Readonly<Record<string, Rule>> = {
  subscriptions: ({ device, knows }) => {
    const names = statusItemsFor(device, knows.length === 0 ? undefined : knows);
    return names.length === 0 ? undefined : statusSubscriptions({ identifier: `${PREFIX}subscriptions`, names });
  },
  update: ({ job }) => (job === undefined || !wantsUpdate(job) ? undefined : enforcementsOf(job)),
  settings: ({ device, standing }, report) => {
    if (standing.settings === undefined) return undefined;
    const { settings, leftOut } = checkSettings(standing.settings as SoftwareUpdateSettings, device);
    for (const { path, code, why } of leftOut) report({ code, detail: `${path}: ${why}` });
    return settings === undefined ? undefined : softwareUpdateSettings({ identifier: SETTINGS, settings });
  },
  organization: ({ standing: { organization } }) =>
    organization === undefined ? undefined : organizationInfo({ identifier: `${PREFIX}organization`, ...organization }),
};

/** The same for devices of which the same is wanted: most of a fleet. */
export const composed = (causes: Causes): Composed =>
  composedBefore(JSON.stringify(told(causes)), () => compose(causes));

/** All of the causes that a rule looks at. */
function told({ device, knows, standing, job }: Causes): unknown[] {
  if (job === undefined || !wantsUpdate(job)) return [device, knows, standing];
  const { enforcement, former = [] } = declaredOf(job);
  return [device, knows, standing, job.target, job.detailsUrl ?? null, enforcement ?? null, former];
}

export function compose(causes: Causes, rules = RULES): Composed {
  const declarations: Declaration[] = [];
  const leftOut: LeftOutRule[] = [];
  const add = (rule: string, make: Rule): void => {
    try {
      const content = make(causes, (left) => leftOut.push({ rule, ...left }));
      if (content !== undefined) declarations.push(...[content].flat().map(declarationOf));
    } catch (error) {
      const code = isUptickError(error) ? error.code : "internal";
      leftOut.push({ rule, code, detail: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const [name, rule] of Object.entries(rules)) add(name, rule);
  const configurations = declarations
    .filter(({ kind }) => kind === "configuration")
    .map(({ identifier }) => identifier);
  // A configuration that no activation names is never applied. Each update has a separate one, which no other declaration
  // changes: what a device makes of a changed activation is unknown, and must not cost it a download.
  const activates = (rule: string, identifier: string, names: readonly string[]): void => {
    if (names.length > 0) add(rule, () => simpleActivation({ identifier, configurations: names }));
  };
  for (const update of configurations.filter(isUpdate)) {
    activates("update", `${ACTIVATION}.${update.slice(UPDATE.length)}`, [update]);
  }
  activates(
    "activation",
    ACTIVATION,
    configurations.filter((name) => !isUpdate(name)),
  );
  const list = declarations.map(({ kind, identifier, serverToken }) => `${kind}/${identifier}/${serverToken}`).join();
  return { declarations, token: tokenBefore(list, () => declarationsToken(hash, declarations)), leftOut };
}

/** @throws UptickError `declaration-invalid` */
export const declarationOf = (content: DeclarationContent): Declaration =>
  madeBefore(JSON.stringify(content), () => declare(hash, content));

export function wantsUpdate(job: Job): boolean {
  if (job.mechanism !== "declaration" || job.recalled !== undefined) return false;
  return WANTS.has(job.state) && job.declared.unreported !== true;
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
  const { enforcement } = declaredOf(job);
  return enforcement === undefined ? undefined : contentOf({ ...job, enforcement });
}

/** The same, and those of replaced plans that stay beside it. */
export function enforcementsOf(job: Job): DeclarationContent[] {
  const own = enforcementOf(job);
  return own === undefined ? [] : [own, ...(declaredOf(job).former ?? []).map(contentOf)];
}

/**
 * The identifier follows from what it says: the same wish is the same declaration, and the device's planning does not begin
 * again.
 */
function contentOf({ target, enforcement, detailsUrl }: Wish): DeclarationContent {
  const wish = {
    targetOSVersion: target.version,
    targetBuildVersion: enforcement.build,
    targetLocalDateTime: enforcement.local,
    detailsURL: detailsUrl,
  };
  const said = JSON.stringify(Object.values(wish).map((value) => value ?? null));
  return wishBefore(said, () => {
    const name = hash(new TextEncoder().encode(said)).slice(0, 24);
    return enforcementSpecific({ identifier: `${UPDATE}${name}`, ...wish });
  });
}

/** True for the identifier of this server's declarations. */
export const isOurs = (identifier: string): boolean => identifier.startsWith(PREFIX);

/** True for the identifier of this server's enforcements. */
export const isUpdate = (identifier: string): boolean => identifier.startsWith(UPDATE);
