/** What can happen to a job. Events come from answers (interpret.ts), from time, and from the admin. */
import type { ErrorChainItem } from "../../protocol/index.ts";
import type { Recall } from "../deadlines/moment.ts";
import type { Enforcement } from "./by-declaration/enforcement.ts";
import type { Mechanism, NoMechanism } from "../decisions/mechanism.ts";
import type { Deferrals, OtherUpdate, Purpose, SeenVersion } from "./job.ts";
import type { WithdrawalCause } from "./state.ts";

/** Why a device could not continue; words and retry class in blocker.ts. A code we do not know is shown as it came. */
export interface Blocker {
  readonly code: string;
  /** The device's own words: status or error text, shown beside ours. */
  readonly detail: string;
  readonly errorChain: readonly ErrorChainItem[];
}

/** Why a device is out of reach for good: it has left, starts again, or was removed by an admin. */
export type Gone = "checked-out" | "enrolled-anew" | "device-removed";

export type Event =
  | { readonly kind: "begun" }
  /** A version at or beyond the target was seen. */
  | { readonly kind: "reached"; readonly seen: SeenVersion }
  /** A version below the target was seen. */
  | {
      readonly kind: "below";
      readonly seen: SeenVersion;
      /** When a Mac last looked for updates, by its own clock (ms UTC). */
      readonly lastScan?: number;
    }
  /** The version seen leaves no way to tell the device (27: the commands are gone). */
  | { readonly kind: "impossible"; readonly seen: SeenVersion; readonly reason: string }
  /** Nothing is in progress, and a Mac must look for updates before one can be named. */
  | { readonly kind: "mustScan" }
  | { readonly kind: "scanned" }
  /** `deferredUntil`: until when a restriction hides the update from the Mac's user (ms UTC). */
  | { readonly kind: "listed"; readonly productKey?: string; readonly deferredUntil?: number }
  | { readonly kind: "notListed"; readonly offered: string }
  /** What a Mac lists other than versions of its OS. */
  | { readonly kind: "othersListed"; readonly others: readonly OtherUpdate[] }
  /** A fresh list holds nothing other than versions of the OS, except for what an admin's restriction defers. */
  | { readonly kind: "noneLeft"; readonly deferred: number }
  /** The download step does not exist or does not work here: install in one step. */
  | { readonly kind: "skipDownload"; readonly productKey?: string; readonly deferredUntil?: number }
  | {
      readonly kind: "progress";
      readonly percent?: number;
      readonly device?: string;
      readonly productKey?: string;
      readonly deferrals?: Deferrals;
    }
  | { readonly kind: "downloaded"; readonly deferrals?: Deferrals }
  /** `productKey`: what the device calls what it was ordered to install. */
  | { readonly kind: "installing"; readonly device?: string; readonly productKey?: string }
  /** Nothing is in progress on the device. `purged`: it knows the update and says that it is not downloaded. */
  | { readonly kind: "nothing"; readonly purged?: boolean }
  /** The update command was answered with "no update available": it is there already, or the device does not see it. */
  | { readonly kind: "noUpdate"; readonly detail: string }
  /** A Mac that could not be told to install without its user has escrowed its bootstrap token. */
  | { readonly kind: "escrowed" }
  /** Taken, but the answer does not say what happens: an `Idle` or a status we do not know. */
  | { readonly kind: "accepted"; readonly status: string; readonly device?: string; readonly productKey?: string }
  /** An answer that says nothing to go by: look at the version now. */
  | { readonly kind: "unclear"; readonly note: string }
  | { readonly kind: "requiresDownload" }
  | { readonly kind: "hindered"; readonly blocker: Blocker }
  | { readonly kind: "notNow"; readonly purpose: Purpose }
  /** The device said Idle although it was handed a command that must not be delivered twice. */
  | { readonly kind: "unanswered"; readonly purpose: Purpose }
  | { readonly kind: "windowOpen" }
  | { readonly kind: "windowClosed" }
  | { readonly kind: "mustOfferAgain" }
  /** The install may be ordered again; what the device does now is not known. */
  | { readonly kind: "mustAsk" }
  | { readonly kind: "goalMet" }
  | { readonly kind: "gaveUp"; readonly code: string }
  | { readonly kind: "exhausted" }
  /** The next action's time has come and nothing was heard. */
  | { readonly kind: "unheard" }
  /** Two weeks after its moment the update still waits for a person; `cause`: the reason's code. */
  | { readonly kind: "noPerson"; readonly cause: string }
  | { readonly kind: "expired" }
  /** `held`: the device may have an enforcement declaration, of this job or of one before it. */
  | { readonly kind: "withdrawn"; readonly cause: WithdrawalCause; readonly held?: boolean; readonly until?: number }
  /** What it was taken back for is over: it continues. */
  | { readonly kind: "resumed" }
  | { readonly kind: "recalled" }
  | { readonly kind: "cannotConfirm" }
  /** The device has reported that it takes the declaration; `enforcement`: what that is to say, as of now. */
  | { readonly kind: "able"; readonly enforcement?: Enforcement }
  /** It has said that it takes no declarations, and by command it can't be told either. */
  | { readonly kind: "noWay"; readonly reason: NoMechanism }
  /** The first declarative report is overdue. */
  | { readonly kind: "unreported" }
  /** The device does not name the declaration, or an older edition of it. */
  | { readonly kind: "notTaken" }
  /** The device has fetched it and has not said more. */
  | { readonly kind: "taken" }
  /** What it had downloaded, or was downloading, is gone; its declaration is as it was. */
  | { readonly kind: "nothingPending" }
  /** Active and valid: the device will act on it. */
  | { readonly kind: "inForce" }
  /** This server could not make the declaration: its own fault, or of what it was told. */
  | { readonly kind: "undeclarable"; readonly code: string; readonly detail: string }
  /** The device says that it can't apply it. */
  | { readonly kind: "refusedByDevice"; readonly code: string; readonly detail: string }
  /** The update failed; the device tries again automatically. */
  | { readonly kind: "failing"; readonly count: number; readonly detail: string }
  /** After a stop: the device has fetched the list of declarations, and this one is not in it. */
  | { readonly kind: "dropped" }
  /** Another mechanism tells the device from now on. */
  | {
      readonly kind: "moved";
      readonly mechanism: Exclude<Mechanism, { kind: "none" }>;
      readonly enforcement?: Enforcement;
    }
  /** Its moment is taken back: the device could not have been told of it, or has been silent since before it. */
  | { readonly kind: "recall"; readonly why: Recall }
  /** What the device is told to do by declaration has changed: it is told again. */
  | { readonly kind: "retold" }
  /** The device has left this server or starts again. */
  | { readonly kind: "gone"; readonly cause: Gone };
