/** The catalog's door: Apple's feed, what fits which device, the release for a target. Pure. */
export { listedFor, lookupIdsOf } from "./by-device.ts";
export {
  agedParams,
  asOf,
  type BlockedRelease,
  type CatalogDevice,
  type Choice,
  type ChoiceInput,
  type HeldBack,
  type PickNotes,
  type RefusalCode,
} from "./choice.ts";
export { FETCH_CAUSES, type FetchCause, JSON_CAUSES, type JsonCause } from "./fetch-cause.ts";
export { chooseRelease, isForNobody } from "./choose.ts";
export { catalogAt, type PastCatalog, type SightedRelease } from "./history.ts";
export {
  ageOf,
  type Catalog,
  dayAfter,
  dayOf,
  type KnownRelease,
  NO_CATALOG,
  OLD_AFTER,
  RELEASE_STATES,
  type ReleaseState,
  STALE_AFTER,
} from "./list.ts";
export { ceilingOf, countedMajors, countsFrom, MAJOR_TERMS, type MajorTerms } from "./majors.ts";
export { compareNamed, isSameNamed, type Named } from "./named.ts";
export { endedFor } from "./ended-for.ts";
export { ENDED_AFTER, type MajorEnded, majorEnds, type PostedRelease, type PostedReleases } from "./major-ended.ts";
export {
  type ListedDevice,
  type OpenTo,
  openTo,
  postedOn,
} from "./open-to.ts";
export { type OfferedVersion, offeredTo } from "./offered.ts";
export { type ParsedList, parseLookupService, type Release } from "./release.ts";
export {
  isSatisfied,
  letterOf,
  type Observation,
  type Position,
  positionOf,
  versionText,
  type Wanted,
  wantedText,
} from "./satisfy.ts";
export { bestStateFor, stateOfNamed } from "./state.ts";
export {
  type Cve,
  exploitedIn,
  exposedBy,
  type Exposure,
  type FeedRelease,
  fixesExploited,
  mergeSecurity,
  namedKey,
  NO_SECURITY,
  type Security,
  securityOf,
  type SecurityRelease,
  urgentBelow,
} from "./security.ts";
export { FEED_PLATFORMS, type FeedPlatform, parseSecurityFeed, type SecurityFeed } from "./security-feed.ts";
export { SAMPLE_SERVED_AT, sampleLookupService } from "./sample.ts";
export { checkWhole, dateOf, type DateSource, isTooSmall, type ListDate, pairsIn } from "./take.ts";
export { describeTarget, parseTarget, type Target } from "./target.ts";
