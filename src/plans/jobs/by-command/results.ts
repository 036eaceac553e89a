/** What the answer to an order means for a job: its results, or its error. */
import { needsUserOf } from "../../decisions/authorise.ts";
import { fromList } from "./listed.ts";
import { ours } from "./update-status.ts";
import type { Event } from "../event.ts";
import { hindered, isBlocker, STATUS_BLOCKER } from "../blocker.ts";
import type { Job, Purpose } from "../job.ts";
import { type ErrorChainItem, hintOf, knownErrorOf, type UpdateResult } from "../../../protocol/index.ts";

/** The same in the answer to an order: where that has one result only, it is what was ordered. */
function oursIn(job: Job, results: readonly UpdateResult[]): UpdateResult | undefined {
  return ours(job, results) ?? (job.known.productKey === undefined && results.length === 1 ? results[0] : undefined);
}

export function fromResults(
  job: Job,
  purpose: "download" | "install",
  results: readonly UpdateResult[] | undefined,
): Event {
  const several = job.target.others === true ? results?.filter((result) => !hasFailed(result)) : undefined;
  // Of several updates those under way say how it stands; the next list says what is left.
  const result = several?.[0] ?? (results === undefined ? undefined : oursIn(job, results));
  if (result === undefined) {
    const others = results !== undefined && results.length > 0;
    return {
      kind: "unclear",
      note: others ? "UpdateResults of other products only" : "no UpdateResults in the answer",
    };
  }
  const device = textOf(result.installAction);
  const status = textOf(result.status);
  const took = {
    ...(device === undefined ? {} : { device }),
    ...(job.target.others === true || result.productKey === undefined ? {} : { productKey: result.productKey }),
  };
  const code = status === undefined ? undefined : STATUS_BLOCKER[status];
  if (code !== undefined && status !== undefined) {
    const chain = result.errorChain ?? [];
    // The chain may tell what the status does not: that a passcode is needed, that a declaration is in place.
    const hint = VAGUE.has(code) ? hintOf(chain) : undefined;
    const cause = hint === undefined || !isBlocker(hint) ? code : hint;
    return hindered(
      explained(job, purpose, cause),
      chain.length === 0 ? status : `${status}: ${detailOf(chain)}`,
      chain,
    );
  }
  if (device === "Error") return fromError(job, purpose, result.errorChain ?? []);
  // A Mac that does something else than tell its user has not told anyone.
  const told = device === undefined || device === "NotifyOnly";
  if (purpose === "install" && job.goal === "notified" && told) return { kind: "goalMet" };
  if (status === "Downloading") return { kind: "progress", ...took };
  if (status === "Installing") return { kind: "installing", ...took };
  return { kind: "accepted", status: status ?? "none", ...took };
}

function hasFailed({ installAction, status }: UpdateResult): boolean {
  return textOf(installAction) === "Error" || STATUS_BLOCKER[textOf(status) ?? ""] !== undefined;
}

/** Statuses that say only that it failed. */
const VAGUE: ReadonlySet<string> = new Set(["install-failed", "download-failed"]);

/** A failure without a stated reason on a Mac that is known to need its user is that Mac needing its user. */
function explained(job: Job, purpose: Purpose, code: string): string {
  const vague = code === "install-failed" || code === "device-error";
  return (purpose === "install" && vague ? needsUserOf(job) : undefined) ?? code;
}

export function fromError(job: Job, purpose: Purpose, errorChain: readonly ErrorChainItem[]): Event {
  const hint = hintOf(errorChain);
  const detail = detailOf(errorChain);
  if (hint === "downloaded") return { kind: "downloaded" };
  if (hint === "download-in-progress") return { kind: "progress" };
  if (hint === "installing") return { kind: "installing" };
  if (hint === "requires-download" && purpose === "install") return { kind: "requiresDownload" };
  if (hint === "no-update") return fromNoUpdate(job, purpose, detail);
  // A status that can't be had must not stop the job.
  if (purpose === "status" && (hint === undefined || !STOPS_ASKING.has(hint))) {
    return { kind: "unclear", note: detail };
  }
  return hindered(explained(job, purpose, hint ?? "device-error"), detail, errorChain);
}

/** Errors after which asking again tells nothing: the device says so of every request of this kind. */
const STOPS_ASKING: ReadonlySet<string> = new Set([
  "unknown-command",
  "unauthorized",
  "declaration-in-place",
  "return-to-service",
  "refused-for-good",
]);

function fromNoUpdate(job: Job, purpose: Purpose, detail: string): Event {
  switch (purpose) {
    case "download":
    case "install":
      return { kind: "noUpdate", detail };
    case "scan":
      return { kind: "scanned" };
    case "list":
      return fromList(job, []);
    default:
      return { kind: "unclear", note: detail };
  }
}

/** The words of an error chain that tell most: those of a code we know, else the first with a description. */
function detailOf(errorChain: readonly ErrorChainItem[]): string {
  const known = errorChain.find((item) => knownErrorOf([item]) !== undefined);
  const wordsOf = (item: ErrorChainItem) => item.usEnglishDescription ?? item.localizedDescription;
  const shown = known ?? errorChain.find((item) => wordsOf(item) !== undefined) ?? errorChain[0];
  if (shown === undefined) return "no reason given";
  return `${wordsOf(shown) ?? "no description"} (${shown.domain ?? "?"} ${shown.code ?? "?"})`;
}

function textOf(value: string | { readonly unknown: string } | undefined): string | undefined {
  return typeof value === "object" ? value.unknown : value;
}
