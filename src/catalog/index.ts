/** The catalog's door: Apple's feed, what fits which device, the release for a target. Pure. */
export { type CatalogDevice, type Choice, type ChoiceInput, chooseRelease, lookupIdsOf } from "./choose.ts";
export { parseLookupService, type Release } from "./release.ts";
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
export { sampleLookupService } from "./sample.ts";
export { describeTarget, parseTarget, type Target } from "./target.ts";
