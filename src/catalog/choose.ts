/** The release for a target on one device, or the rule that leaves none. */
import { compareVersions, majorOf } from "../protocol/index.ts";
import { listedFor } from "./by-device.ts";
import {
  bestState,
  type Choice,
  type ChoiceInput,
  highest,
  isBlocked,
  isStale,
  listProblem,
  refused,
  wantedOf,
} from "./choice.ts";
import { dayAfter, dayOf, type KnownRelease, type ReleaseState } from "./list.ts";
import { newest } from "./newest.ts";
import { publicVersions } from "./offered.ts";
import { isSatisfied, letterOf, positionOf, versionText, type Wanted } from "./satisfy.ts";
import type { ExactTarget } from "./target.ts";

export function chooseRelease(input: ChoiceInput): Choice {
  const { target, device } = input;
  if (target.floor !== undefined) {
    const wanted = wantedOf(target.floor, input);
    const position = positionOf(wanted, device);
    if (isSatisfied(position)) return { kind: "already", wanted, position, floor: true };
  }
  const listed = listedFor(input.catalog, device);
  // Background Security Improvements are no versions to go to: only their own name chooses one.
  const versions = withoutOthers(listed, input).filter(({ extra }) => extra === undefined);
  if (target.kind !== "exact") return newest(target, input, versions);
  const improvements = listed.filter((release) => release.extra !== undefined && names(target, release));
  if (target.extra !== undefined || improvements.length > 0) return improvement(target, input, improvements);
  return exact(target, input, versions);
}

/** Without versions that are not public, where only those are meant. */
function withoutOthers(listed: readonly KnownRelease[], { publicOnly }: ChoiceInput): readonly KnownRelease[] {
  if (publicOnly !== true) return listed;
  const open = publicVersions(listed);
  return listed.filter(({ version }) => open.has(version));
}

const names = ({ version, build, extra }: ExactTarget, release: KnownRelease): boolean =>
  compareVersions(release.version, version) === 0 &&
  (extra === undefined ? release.build === build : letterOf(release.extra) === extra);

/** The catalog's own text of a version: a device compares texts, and "26.6.0" would never match "26.6". */
function asListed(version: string, { catalog, device }: ChoiceInput): string {
  const same = catalog.releases.find(
    (release) => release.platform === device.platform && compareVersions(release.version, version) === 0,
  );
  return same?.version ?? version;
}

function exact(target: ExactTarget, input: ChoiceInput, listed: readonly KnownRelease[]): Choice {
  const { device } = input;
  const { build } = target;
  const version = asListed(target.version, input);
  const wanted: Wanted = { ...wantedOf(version, input), ...(build === undefined ? {} : { named: build }) };
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  const major = majorOf(version) !== majorOf(device.version);
  if (major && !input.allowMajor) return refused(input, "needs-major", { version });
  const fits = (release: KnownRelease): boolean =>
    compareVersions(release.version, version) === 0 && (build === undefined || release.build === build);
  const entries = listed.filter(fits);
  const state = bestState(entries, input);
  if (isBlocked({ version }, device)) return refused(input, "release-blocked", { version });
  const young = tooYoung(target, entries, input);
  if (young !== undefined) return refused(input, "not-offered", { version, why: "age", until: young });
  if (state === "offered" || input.allowUnlisted) return { kind: "release", wanted, major, state: state ?? "unlisted" };
  const problem = listProblem(input);
  if (problem !== undefined) return refused(input, problem, { version });
  const told = negative(version, input, entries, state);
  if (told !== undefined) return told;
  if (position === "beta") return refused(input, "runs-beta", { version, build: device.build ?? "", offered: "no" });
  if (input.catalog.releases.some((one) => one.platform === device.platform && fits(one) && isForNobody(one)))
    return refused(input, "not-offered", { version, why: "no-devices" });
  const best = highest(listed.filter((release) => bestState([release], input) === "offered"));
  return refused(input, "not-offered", { version, ...(best === undefined ? {} : { newest: best }) });
}

/** The day on which a release is as old as the target wants it; undefined: it is, or when it was posted is not known. */
function tooYoung(
  { ageDays }: ExactTarget,
  [entry]: readonly KnownRelease[],
  { now }: ChoiceInput,
): string | undefined {
  if (ageDays === undefined || entry === undefined) return undefined;
  const day = dayAfter(entry.postingDate, ageDays);
  return day > dayOf(now) ? day : undefined;
}

/** Apple lists it, and for no device. */
export const isForNobody = ({ devices, absent }: KnownRelease): boolean => devices.length === 0 && absent === 0;

/** Why a release that is not offered is not, where the list says so; undefined: the list does not know it, and is not too old to. */
function negative(
  version: string,
  input: ChoiceInput,
  entries: readonly KnownRelease[],
  state: ReleaseState | undefined,
): Choice | undefined {
  const last = (key: "expirationDate" | "postingDate"): string =>
    entries
      .map((one) => one[key] ?? "")
      .toSorted()
      .at(-1) ?? "";
  if (state === "expired") return refused(input, "expired", { version, until: last("expirationDate") });
  if (state === "maybe-expired") return refused(input, "catalog-stale", { version, until: last("expirationDate") });
  if (isStale(input)) return refused(input, "catalog-stale", { version });
  if (state === "missing" || state === "replaced") return refused(input, "not-offered", { version, why: "left" });
  if (state === "withdrawn") return refused(input, "not-offered", { version, why: "withdrawn" });
  if (state === "not-posted")
    return refused(input, "not-offered", { version, why: "not-posted", postedOn: last("postingDate") });
  return undefined;
}

/** `found`: what Apple lists under the name, one entry for each build that it can be installed on. */
function improvement(target: ExactTarget, input: ChoiceInput, found: readonly KnownRelease[]): Choice {
  const { device } = input;
  const version = versionText(target.version, target.extra ?? found[0]?.extra);
  const one = found.find(({ prerequisiteBuild }) => prerequisiteBuild === device.build) ?? found[0];
  const wanted: Wanted = {
    // The catalog's own text: a device compares it letter by letter.
    ...wantedOf(one?.version ?? target.version, input),
    supplemental: { extra: letterOf(target.extra ?? one?.extra), build: target.build ?? one?.build ?? "" },
    ...(target.build === undefined ? {} : { named: target.build }),
  };
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  if (majorOf(target.version) !== majorOf(device.version) && !input.allowMajor)
    return refused(input, "needs-major", { version });
  if (one === undefined) {
    // Its build must go on the wire, and only the catalog knows it: no word of an admin replaces that.
    const code = listProblem(input) ?? (isStale(input) ? "catalog-stale" : "not-offered");
    return refused(input, code, { version, why: "improvement" });
  }
  if (isBlocked(one, device)) return refused(input, "release-blocked", { version });
  const young = tooYoung(target, [one], input);
  if (young !== undefined) return refused(input, "not-offered", { version, why: "age", until: young });
  const state = bestState([one], input);
  if (state !== "offered" && !input.allowUnlisted)
    return negative(version, input, [one], state) ?? refused(input, "not-offered", { version });
  const base = one.prerequisiteBuild;
  if (position === "below" || position === "beta" || (base !== undefined && base !== device.build))
    return refused(input, "base-needed", {
      version,
      base: one.version,
      ...(base === undefined ? {} : { build: base }),
    });
  return { kind: "release", wanted, major: false, state: state ?? "unlisted" };
}
