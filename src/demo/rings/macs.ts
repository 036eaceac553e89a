/** The Macs of the demo's standing plan: three models in three rings, and a release that fails on one of the models. */
import { type KindName, sampleReleases } from "../../../simulator/index.ts";
import type { PlanRequest } from "../../contract/index.ts";
import type { Cast, ListedRelease } from "../stage.ts";

/** Its clock says when rings open, and a Mac reports no zone. */
export const ZONE = "America/New_York";

/** What all Macs run, and the release that follows it: invented, and with a fault on one model. */
export const BEFORE = { version: "26.6.2", build: "25G83" } as const;
export const RELEASE = { version: "26.7", build: "25H20" } as const;

/** The rings of the preset "three", with a tag for the second too: of so few Macs a share would be drawn as it comes. */
export const RINGS = [
  { name: "Pilot", tag: "pilot", who: "tag = pilot", opens: 0, due: 2 },
  { name: "Early", tag: "early", who: "tag = early", opens: 8, due: 9 },
  { name: "Everyone", tag: undefined, who: "rest", opens: 15, due: 17 },
] as const;

/** Only the plan's Macs have it. */
export const TAG = "office";

export const PLAN: PlanRequest = {
  ...{ name: "Office Macs", to: "macOS=latest-minor", standing: true, action: "install", deadline: "+17d 17:00" },
  ...{ zone: ZONE, include: `tag = ${TAG}`, skipWeekdays: ["fri", "sat", "sun"] },
  rings: RINGS.map(({ name, who, opens, due }) => ({ name, who, opens, due })),
};

export interface Model {
  readonly name: string;
  /** As the device reports it, and as a rule names it. */
  readonly productName: string;
}

const AIR: Model = { name: "MacBook Air (M2)", productName: "Mac14,2" };
const PRO: Model = { name: "MacBook Pro (M1 Pro)", productName: "MacBookPro18,3" };
const INTEL: Model = { name: "MacBook Pro (Intel)", productName: "MacBookPro16,1" };

/** The model on which the release fails. */
export const FAULTY = AIR;

/**
 * How many Macs of each kind are in each ring. Pilot has none of the model that fails: a small ring does not see everything. In
 * Early all of them are told by command, and so say twice within an hour that the install failed.
 */
const MACS: readonly { readonly kind: KindName; readonly model: Model; readonly inRings: readonly number[] }[] = [
  { kind: "mac-intel", model: INTEL, inRings: [2, 2, 3] },
  { kind: "mac-declared-14", model: PRO, inRings: [2, 2, 4] },
  { kind: "mac-declared-off", model: INTEL, inRings: [0, 1, 0] },
  { kind: "mac-apple-silicon", model: AIR, inRings: [0, 3, 3] },
  { kind: "mac-declared", model: AIR, inRings: [0, 0, 2] },
];

/** A Mac's part in the story: its ring (its place in `RINGS`) and its model. */
export interface Role {
  readonly ring: number;
  readonly model: Model;
}

const rolesOfKind = (kind: string): Role[] =>
  MACS.filter((macs) => macs.kind === kind).flatMap(({ model, inRings }) =>
    inRings.flatMap((count, ring) => Array.from({ length: count }, () => ({ ring, model }))),
  );

const KINDS: readonly KindName[] = MACS.flatMap(({ kind }) => rolesOfKind(kind).map(() => kind));

export const MAC_COUNT = KINDS.length;

/** The parts of the Macs by their UDID. */
export function rolesOf(
  devices: readonly { readonly udid: string; readonly kind: string }[],
): ReadonlyMap<string, Role> {
  const free = new Map(MACS.map(({ kind }) => [kind as string, rolesOfKind(kind)]));
  return new Map(
    devices.flatMap(({ udid, kind }) => {
      const role = free.get(kind)?.shift();
      return role === undefined ? [] : [[udid, role] as const];
    }),
  );
}

/** `postedAt`: when Apple begins to offer the release, ms UTC. */
export function castOf(seed: string, postedAt: number): Cast {
  const faulty = { platform: "macOS", ...RELEASE, offeredFrom: postedAt, failsOn: [FAULTY.productName] } as const;
  return {
    count: MAC_COUNT,
    // Other devices than those of the other part with the same seed.
    seed: `${seed}/rings`,
    kinds: KINDS,
    releases: [...sampleReleases, faulty],
    startsOn: Object.fromEntries(KINDS.map((kind) => [kind, BEFORE])),
  };
}

/** The release in Apple's list. */
export const listed = (postedAt: number): ListedRelease => ({
  ProductVersion: RELEASE.version,
  Build: RELEASE.build,
  PostingDate: new Date(postedAt).toISOString().slice(0, 10),
  ExpirationDate: "2026-12-20",
  SupportedDevices: ["J152FAP", "J314sAP", "J413AP"],
});
