/**
 * Reasons in words: of a job's state, of a refusal, of what is said beside them. They are stored as code and parameters and
 * worded when they are read, so better words reach old jobs too.
 */
import type { RefusalCode } from "../../catalog/index.ts";
import type { BlockerCode, ListNoteCode, NoMechanism, PushTroubleCode } from "../../plans/index.ts";
import { BLOCKERS } from "./blockers.ts";
import { BY_DECLARATION } from "./by-declaration.ts";
import { COMPLIANCE } from "./compliance.ts";
import { ENDS } from "./ends.ts";
import type { Params, Words } from "./fragments.ts";
import { ON_THE_LIST } from "./list.ts";
import { MINIMUM } from "./minimum.ts";
import { PUSH_TROUBLE } from "./push.ts";
import { REFUSALS } from "./refusals.ts";
import { STANDING } from "./standing.ts";
import { UNDER_WAY } from "./under-way.ts";

/** Codes that a union lists: one that is added there does not compile before its words stand here. */
type ListedCode = BlockerCode | NoMechanism | PushTroubleCode | RefusalCode | ListNoteCode;

/** Each subject's words. A code stands in one of them. */
export const SUBJECTS = [
  BLOCKERS,
  ON_THE_LIST,
  UNDER_WAY,
  ENDS,
  BY_DECLARATION,
  PUSH_TROUBLE,
  REFUSALS,
  COMPLIANCE,
  MINIMUM,
  STANDING,
] as const;

const LISTED: Readonly<Record<ListedCode, Words>> = {
  ...BLOCKERS,
  ...ON_THE_LIST,
  ...UNDER_WAY,
  ...ENDS,
  ...BY_DECLARATION,
  ...PUSH_TROUBLE,
  ...REFUSALS,
  ...COMPLIANCE,
  ...MINIMUM,
  ...STANDING,
};
const REASONS: Readonly<Record<string, Words>> = LISTED;

/** Every code that has words. */
export const REASON_CODES: readonly string[] = Object.keys(REASONS);

/** The cause in words; a code we do not know is shown as it is. */
export function causeOf(code: string, params: Params): string {
  const words = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (words !== undefined && !isBlocker(code))
    return typeof words.cause === "string" ? words.cause : words.cause(params, causeOf);
  const text = isBlocker(code) ? BLOCKERS[code].cause : `the device reports "${code}"`;
  const detail = params["detail"];
  return detail === undefined ? text : `${text}: ${detail}`;
}

const isBlocker = (code: string): code is keyof typeof BLOCKERS => Object.hasOwn(BLOCKERS, code);

/**
 * What an admin can do about it; undefined when there is nothing to do but wait. `heard`: the device spoke within a day. With
 * parameters, a reason that rests on another one has that one's remedy first.
 */
export function remedyOf(code: string, heard = false, params: Params = {}): string | undefined {
  const words = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return firstOf(code, params) ?? (heard ? words?.ifHeard : undefined) ?? words?.remedy;
}

/** What has to be done first, and what then; undefined: the reason's own remedy says all. */
function firstOf(code: string, { cause }: Params): string | undefined {
  if (typeof cause !== "string") return undefined;
  if (code === "installs-used-up") return remedyOf(cause);
  const first = code === "nobody-helped" ? remedyOf(cause) : undefined;
  return first === undefined ? undefined : `${first} Then make a new plan for it.`;
}
