/** Newer releases that a target does not pick, in words: `pickParams` of the plans says which parameters there are. */
import { dayText } from "../day.ts";
import { type Params, p } from "./fragments.ts";

/** Each a clause without a full stop; none where nothing is held back. */
export function heldBackClauses(params: Params): string[] {
  const has = (key: string): boolean => params[key] !== undefined;
  return [
    ...(has("heldMajor") ? [`${p(params, "heldMajor")} is available, and this plan does not cross majors`] : []),
    ...(has("heldNewMajor") ? [newMajor(params)] : []),
    ...(has("heldAge")
      ? [`${p(params, "heldAge")} is available, and is old enough for this plan on ${dayText(params["heldAgeUntil"])}`]
      : []),
    ...(has("heldBlocked") ? [`${p(params, "heldBlocked")} is available, and is blocked for this device`] : []),
    ...(has("heldRing")
      ? [`${p(params, "heldRing")} is available, and this plan has not opened it to the device yet`]
      : []),
    ...(has("endedMajor") ? [ended(params)] : []),
    ...(has("belowFloor") ? [`the floor ${p(params, "belowFloor")} is not offered to this model`] : []),
  ];
}

/** "26.6.1" is of the major 26. */
function ended(params: Params): string {
  const [major, newer] = [p(params, "endedMajor"), p(params, "endedNewer")];
  const since =
    params["endedWhy"] === "other-models"
      ? `Apple updates ${major} only on models that cannot run ${newer.split(".", 1)[0]}`
      : `Apple has posted no update of ${major} for this model for 90 days`;
  return `${since}; this one gets fixes only by ${newer}`;
}

function newMajor(params: Params): string {
  const version = p(params, "heldNewMajor");
  const until = params["heldNewMajorUntil"];
  return until === undefined
    ? `${version} is available, and its major version is held back`
    : `${version} is available, and this plan takes new major versions from ${dayText(until)}`;
}
