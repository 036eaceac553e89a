/**
 * The words of verdicts. A verdict is stored as code and parameters and worded when it is read, so better words reach old
 * jobs too. Every reason a job or a refusal can have stands here; verdict.test.ts checks that none is missing.
 */
import { CATALOG_WORDS } from "./catalog-words.ts";
import { HINDRANCE_CODES, hindranceOf } from "./jobs/hindrance.ts";
import type { WhyCommand, WhyDeclaration } from "./decisions/mechanism.ts";
import { personWords } from "./person-words.ts";

type Params = Readonly<Record<string, string | number>>;
interface Words {
  /** The cause, as part of a sentence. */
  readonly cause: string | ((params: Params) => string);
  /** What an admin can do, where anything can be done. */
  readonly remedy?: string;
  /** The same for a device that was heard within the last day: it is switched on and has a network. */
  readonly ifHeard?: string;
}

const p = (params: Params, key: string, fallback = "?"): string => String(params[key] ?? fallback);

const SPECIFIC: Readonly<Record<string, Words>> = {
  ...CATALOG_WORDS,
  ...personWords(causeOf, failed),
  // under way
  begun: { cause: "the plan has just been made" },
  "asking-version": { cause: "the device is being asked which version it runs" },
  "asking-progress": { cause: "the device is being asked what its update is doing" },
  "not-now": { cause: "the device answered NotNow" },
  silent: {
    cause: (a) =>
      `nothing has been heard from the device${a["sinceAt"] === undefined ? "" : ` since ${moment(a, "sinceAt")}`}${pushes(a)}`,
    remedy: "See that the device is switched on and has a network.",
    ifHeard: "The device has been heard since; Uptick asks it again at the time above.",
  },
  scanning: { cause: "the Mac is looking for updates" },
  "scan-under-way": { cause: "the Mac is looking for updates" },
  "checking-scan": { cause: "the Mac is being asked when it last looked for updates" },
  "reading-list": { cause: "the Mac's list of updates is being read" },
  "download-ordered": { cause: "the download has been ordered" },
  "order-kept-back": {
    cause: "the update command is on hold: the device would ignore it until it has dropped the earlier declaration",
  },
  "download-accepted": { cause: "the device took the order to download and has not begun yet" },
  "download-not-begun": {
    cause: (a) =>
      `the download was ordered ${a["orders"] === 1 ? "once" : `${p(a, "orders", "several")} times`} and the device reports no progress yet`,
  },
  "no-update-said": {
    cause: "the device reports no update available; Uptick checks its version to see whether it is already up to date",
  },
  downloading: {
    cause: (a) => (a["percent"] === undefined ? "downloading" : `downloading, ${p(a, "percent")} % so far`),
  },
  "waiting-for-window": { cause: "downloaded; the install waits for its window" },
  "window-passed": { cause: "the install window passed before the device took the order" },
  "install-ordered": { cause: "the install has been ordered" },
  "install-not-begun": {
    cause: (a) =>
      `the install was ordered ${a["orders"] === 1 ? "once" : `${p(a, "orders", "several")} times`} within a day and has not begun; it may be ordered again at ${moment(a, "againAt")}`,
    remedy: "Ask the user to accept the update, or look at the device.",
  },
  "install-accepted": { cause: "the device took the order to install and has not begun yet" },
  "downloading-to-install": { cause: "the device downloads first, then installs" },
  installing: { cause: "installing" },
  "answer-missing": {
    cause: "the device did not answer the install command; a restart can lose the answer",
  },
  "waiting-for-user": {
    cause: "downloaded and ordered; the user has not let it begin yet",
    remedy: "Ask the user to accept the update; a device with a passcode needs it entered.",
  },
  unclear: { cause: (a) => `the device's last answer does not tell what it is doing (${p(a, "note", "no detail")})` },
  "cannot-be-recalled": {
    cause: "the plan was stopped after the install command was delivered; the command can't be recalled",
  },
  // ends
  updated: { cause: (a) => `seen on ${p(a, "version")} after the update` },
  "updated-by-itself": {
    cause: (a) => `seen on ${p(a, "version")}; not installed by this plan (its user or automatic updates did)`,
  },
  "already-there": { cause: (a) => `runs ${p(a, "version")} already` },
  "brought-before": { cause: (a) => `seen on ${p(a, "version")}, as plan ${p(a, "plan")} had ordered` },
  "already-newer": { cause: (a) => `runs ${p(a, "version")}, newer than asked for` },
  // the same version, or one below again
  "on-newer-beta": {
    cause: (a) => `runs ${p(a, "version")}, a beta of a newer version than the plan asks for`,
    remedy: "Take the device out of its beta program to bring it to a release.",
  },
  "runs-beta": {
    cause: (a) => {
      const build = p(a, "build", "") === "" ? "" : ` (${p(a, "build")})`;
      return `it runs a beta of ${p(a, "version", "that version")}${build}${a["offered"] === "no" ? ", and Apple lists no release to replace it with" : ""}`;
    },
    remedy: "Wait until Apple releases the version, or take the device out of its beta program.",
  },
  "fell-back": {
    cause: (a) => {
      const day = a["endedAt"] === undefined ? "" : ` on ${moment(a, "endedAt")}`;
      return `was ${a["how"] === "seen" ? "seen on" : "brought to"} ${p(a, "target", "its release")}${day}, now on ${p(a, "version", "an older version")}`;
    },
    remedy: "Make a new plan for the device.",
  },
  "base-needed": {
    cause: (a) =>
      `${p(a, "version", "the improvement")} can be installed on ${p(a, "base", "its own version")}${a["build"] === undefined ? "" : ` (${p(a, "build")})`} only, and the device runs ${p(a, "from", "another version")}`,
    remedy: "Bring the device to that version first, then make this plan again.",
  },
  "improvement-needs-declaration": {
    cause: "only a declaration can install a Background Security Improvement, and its OS takes no update declarations",
    remedy: "Bring the device to a newer version first.",
  },
  "other-updates-installed": {
    cause: (a) =>
      `a list made after a scan holds no updates other than its OS any more${(a["names"] ?? "") === "" ? "" : `; the last to go were ${p(a, "names")}`}${deferredWords(a)}`,
  },
  "no-other-updates": {
    cause: (a) => `a list made after a scan holds no updates other than its OS${deferredWords(a)}`,
  },
  downloaded: { cause: "the update is downloaded, as far as this plan goes" },
  notified: { cause: "the user has been told of the update, as far as this plan goes" },
  withdrawn: { cause: (a) => `${stopCause(a)} before any install order had left` },
  "withdrawn-not-installing": { cause: "the plan was stopped, and the device was seen not installing" },
  "cannot-confirm": { cause: "the plan was stopped; whether the device still installs could not be confirmed" },
  "job-expired": {
    cause: (a) => `the job's last day passed (${causeOf(p(a, "cause"), {})})`,
    remedy: "Make a new plan when the device can be reached.",
  },
  "nobody-helped": {
    cause: (a) =>
      `two weeks after its enforcement time${by(a, "")} it still waited for what only a person can do (${causeOf(p(a, "cause"), {})})`,
    remedy: "Help the device as the cause says, then make a new plan for it.",
  },
  "checked-out": { cause: "the device left this server", remedy: "Enroll it again." },
  "device-removed": {
    cause: "the device was removed by an admin",
    remedy: "Adopt the device or enroll it, then make a new plan for it.",
  },
  "enrolled-anew": {
    cause: "the device was enrolled again while the job was under way",
    remedy: "Make a new plan for it.",
  },
  // by declaration
  "report-awaited": {
    cause: (a) =>
      `its OS could take a declaration, and its first declarative report is awaited until ${moment(a, "untilAt")}`,
  },
  "never-reported": {
    cause: "its OS could take a declaration, but it has never reported what it can do",
    remedy: "See that it is switched on and has a network; the request to sync is repeated daily.",
    ifHeard:
      "The device checks in but sends no declarative status report. Restart it; if it still sends none, enroll it again.",
  },
  "declaration-set": { cause: (a) => `its declaration is set and has not been fetched yet${toInstall(a)}` },
  "not-taken-up": {
    cause: (a) => `its declaration is set and has not been fetched${pushes(a)}${toInstall(a)}`,
    remedy: "See that the device is switched on and has a network.",
    ifHeard:
      "The device checks in but does not sync its declarations. Restart it; Uptick asks it again at the time above.",
  },
  "listed-not-fetched": {
    cause: (a) => `the device fetched the list of its declarations but not the declaration itself${toInstall(a)}`,
    remedy:
      "Restart the device. If it still does not fetch the declaration, enroll it again; its timeline shows what it fetched.",
  },
  "taken-not-reported": {
    cause: (a) => `the device fetched its declaration and has sent no status report about it since${toInstall(a)}`,
    remedy: "Look at the device: it may still install as declared. Restart it if it sends no report.",
  },
  taken: { cause: (a) => `it has fetched its declaration and has not said yet that it is in force${toInstall(a)}` },
  "in-force": { cause: (a) => `it will download and install${by(a)}${failed(a)}` },
  prepared: { cause: (a) => `downloaded; it installs${by(a)}, or when its user says so` },
  "refused-by-device": {
    cause: (a) => `the device can't apply its declaration (${p(a, "code")}): ${p(a, "detail", "no reason given")}`,
    remedy: "See that Apple offers the version to this model; the timeline has the device's own words.",
  },
  "declaration-not-made": {
    cause: (a) =>
      `its declaration could not be made (${p(a, "code", "no code")}): ${p(a, "detail", "no reason given")}`,
    remedy: "This is a server fault. Make the plan again, and report the fault with the server's log.",
  },
  failing: {
    cause: (a) => `the update failed; the device tries again automatically${failed(a)}`,
    remedy: "See that it has power, free space and a network, and that it reaches Apple's servers.",
  },
  "failing-passcode": {
    cause: (a) => `the update needs its user's passcode${failed(a)}`,
    remedy: "Ask the user to unlock the device and to enter the passcode when the update asks for it.",
  },
  "past-never-taken": {
    cause: (a) => `the enforcement time has passed${by(a, "")} and the device never fetched the declaration`,
    remedy: "See that the device is switched on and has a network; it installs an hour after it has synced.",
    ifHeard:
      "The device checks in but does not sync its declarations. Restart it; it installs an hour after it has synced.",
  },
  "past-not-fetched": {
    cause: (a) =>
      `the enforcement time has passed${by(a, "")}; the device fetched the list of its declarations but never the declaration itself`,
    remedy: "Restart the device; it installs an hour after it has fetched the declaration. Else enroll it again.",
  },
  "past-not-in-force": {
    cause: (a) =>
      `the enforcement time has passed${by(a, "")}; it has fetched its declaration and never said that it is in force`,
    remedy: "Look at the device: its timeline shows what it last reported.",
  },
  "past-not-begun": {
    cause: (a) =>
      `the enforcement time has passed${by(a, "")}, the declaration is in force, and the device reports no progress of the update${failed(a)}`,
    remedy: "See that it is switched on: it installs an hour after its start.",
  },
  "past-downloading": {
    cause: (a) => `the enforcement time has passed${by(a, "")} and it is still downloading${failed(a)}`,
    remedy: "See that it has power and a good network.",
  },
  "past-prepared": {
    cause: (a) =>
      `the enforcement time has passed${by(a, "")}, and it is downloaded and has not begun to install${failed(a)}`,
    remedy: "See that it is switched on, plugged in and, being a Mac, that its bootstrap token is escrowed.",
  },
  "withdrawal-unconfirmed": {
    cause: (a) =>
      `${stopCause(a)}; the device has not confirmed that it dropped the declaration; until it does, it may still install${by(a)}${lost(a)}`,
  },
  "withdrawal-fetched": {
    cause: (a) => `${stopCause(a)}; the device has fetched a list without its declaration${lost(a)}`,
  },
  "withdrawal-confirmed": {
    cause: (a) => `${stopCause(a)}; the device says that it no longer has the declaration${lost(a)}`,
  },
  "declared-cannot-be-recalled": {
    cause: (a) => `${stopCause(a)}, but the device had begun to install, which can't be recalled`,
  },
  // it can't be woken
  "push-token-dead": {
    cause: (a) =>
      `Uptick cannot wake the device: since ${moment(a, "troubleSinceAt")} Apple rejects its push token (${p(a, "trouble")})`,
    remedy:
      "Wait for the device to check in: it then sends a new token. If it does not, restart it, or enroll it again.",
  },
  "push-topic-refused": {
    cause: (a) =>
      `Uptick cannot wake the device: since ${moment(a, "troubleSinceAt")} Apple rejects its push token with this server's topic (${p(a, "trouble")})`,
    remedy:
      "See that uptick status names the topic that the device enrolled with. If it does not, enroll the device again.",
  },
  "push-certificate-refused": {
    cause: (a) =>
      `Uptick cannot wake any device: since ${moment(a, "troubleSinceAt")} the push service refuses the connection (${p(a, "trouble")})`,
    remedy: "Renew the push certificate in Apple's portal and import it with uptick push import; check apns-ca.",
  },
  "push-service-unreachable": {
    cause: (a) => `Uptick cannot reach Apple's push service since ${moment(a, "troubleSinceAt")} (${p(a, "trouble")})`,
    remedy: "See that the server can open connections to api.push.apple.com, port 443.",
  },
  "push-refused": {
    cause: (a) => `Apple refuses pushes to the device since ${moment(a, "troubleSinceAt")} (${p(a, "trouble")})`,
    remedy: "The server's log names the refused push. Please report it.",
  },
  "push-token-missing": {
    cause: "Uptick cannot wake the device: it has sent no push token",
    remedy: "Wait for the device to check in, or enroll it again.",
  },
  // refusals
  "declarations-not-listed": {
    cause: "its OS takes declarations, but the device says that it does not take this one",
  },
  "action-needs-command": {
    cause: (a) => `"${p(a, "action")}" is available only as a command, and this device accepts declarations only`,
    remedy: "Use --action install.",
  },
  "zone-unknown": {
    cause: "its time zone is unknown, and the deadline is an absolute moment",
    remedy:
      "Write the deadline as a local date and time, set the device's zone with uptick zone, or name one for all such devices with --zone.",
  },
  "user-enrollment": { cause: "a user enrollment can't be told to update", remedy: "Enroll the device as a device." },
  "platform-without-command": { cause: "this platform has no update command" },
  "os-too-old": { cause: "its OS is older than update commands" },
  "commands-removed": { cause: (a) => `it runs OS ${p(a, "version")}, where Apple has removed the update commands` },
  "not-supervised": {
    cause: "it is not supervised, and Apple lets only supervised devices be told to update",
    remedy: "Supervise it: enroll it through Apple Business Manager or Apple Configurator.",
  },
  "supervision-unknown": {
    cause: "it has not said yet whether it is supervised",
    remedy: "Make the plan again when it has been seen.",
  },
  "right-missing": {
    cause: "its profile lacks the right to manage apps, which update commands need",
    remedy: "Enroll it again with access rights that include 4096.",
  },
  "facts-unknown": {
    cause: "it has not said yet what it is and which version it runs",
    remedy: "Make the plan again when it has been seen.",
  },
  "version-unreadable": {
    cause: (a) => `it reports OS version '${p(a, "detail")}', which is no version`,
    remedy: "Look at the device, then make the plan again when it has been seen on a version.",
  },
  "not-enrolled": { cause: "its enrollment is not complete", remedy: "Finish or repeat its enrollment." },
  "no-target": {
    cause: (a) => `the plan names no version for ${p(a, "platform")}`,
    remedy: "Name one, such as --to iOS=26.6.1.",
  },
  "needs-major": {
    cause: (a) =>
      `${p(a, "version", "the version asked for")} is another major version than the ${p(a, "from", "one")} it runs`,
    remedy: "Say --allow-major if that is meant.",
  },
  busy: {
    cause: (a) => `it has a live job of another plan (${p(a, "plan")})`,
    remedy: "Stop that plan, or say --replace.",
  },
  "action-not-here": { cause: (a) => `"${p(a, "action")}" does not exist on ${p(a, "platform")}` },
  "action-not-for-major": {
    cause: (a) => `"${p(a, "action")}" works for minor updates only`,
    remedy: "Use --action install.",
  },
  "action-not-for-others": {
    cause: (a) => `"${p(a, "action")}" can't be followed to its end for updates that are no version of macOS`,
    remedy: "Use --action install, or force-restart.",
  },
  "other-updates-mac-only": {
    cause: (a) => `only Macs have updates other than their OS, and it runs ${p(a, "platform")}`,
    remedy: "Name a version for it, such as --to macOS=other-updates,iOS=latest-minor.",
  },
  "data-loss-not-allowed": {
    cause: "a forced restart may cost its user unsaved work, and the plan does not say that it may",
    remedy: "Say --allow-data-loss if that is meant.",
  },
  "action-too-new": { cause: (a) => `"${p(a, "action")}" needs macOS 11 or later` },
  "deferrals-too-new": {
    cause: "a limit of how often its user may put the update off needs macOS 12 or later",
    remedy: "Make a plan without the limit for it, or use --action install.",
  },
  "deadline-past": {
    cause: (a) => `the deadline has passed in its time zone (${p(a, "zone")})`,
    remedy:
      "Name a later deadline, or say --allow-past-deadline. For devices of unknown zone, --zone says where they are judged to be.",
  },
};

/** What a stop costs a device that had reported a download. */
function lost({ loses }: Params): string {
  if (loses === undefined) return "";
  return loses === "will" ? "; it throws away what it has downloaded" : "; it may throw away what it has downloaded";
}

/** A moment: in words already where the device's zone is known, else in UTC. */
function moment(params: Params, key: string): string {
  const at = params[key];
  return typeof at === "number" ? `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC` : p(params, key);
}

/** " by 2026-12-04 19:00 on its own clock"; `word` in place of "by". */
function by(params: Params, word = "by"): string {
  if (params["local"] === undefined) return "";
  const zone = params["zoneKnown"] === 0 ? ", whose zone is unknown" : "";
  const text = `${p(params, "local")} on its own clock${zone}`;
  return word === "" ? ` (${text})` : ` ${word} ${text}`;
}

/** "; it is to install by 2026-12-04 19:00 on its own clock" */
function toInstall(params: Params): string {
  const text = by(params);
  return text === "" ? "" : `; it is to install${text}`;
}

/** ", Apple accepted 3 pushes since"; nothing where that is not known. */
function pushes(params: Params): string {
  const count = params["pushes"];
  if (typeof count !== "number") return "";
  return count === 0
    ? ", and Apple has accepted no push since"
    : `, Apple accepted ${count} ${count === 1 ? "push" : "pushes"} since`;
}

function failed(params: Params): string {
  if (params["failures"] === undefined) return "";
  const since = params["failingSinceAt"] === undefined ? "" : ` since ${moment(params, "failingSinceAt")}`;
  return `; it has failed ${p(params, "failures")} ${params["failures"] === 1 ? "time" : "times"}${since}, last with "${p(params, "lastFailure")}"`;
}

function deferredWords(params: Params): string {
  const count = Number(params["deferred"] ?? 0);
  return count > 0 ? `; ${count} ${count === 1 ? "is" : "are"} held back by a restriction` : "";
}

function stopCause(params: Params): string {
  return params["cause"] === "replaced" ? "another plan took the device over" : "the plan was stopped";
}

/** The cause in words; a code we do not know is shown as it is. */
export function causeOf(code: string, params: Params): string {
  const words = SPECIFIC[code];
  if (words !== undefined) return typeof words.cause === "string" ? words.cause : words.cause(params);
  const detail = params["detail"];
  const text = hindranceOf(code).words;
  return detail === undefined ? text : `${text}: ${detail}`;
}

/** What an admin can do about it; undefined when there is nothing to do but wait. `heard`: the device spoke within a day. */
export function remedyOf(code: string, heard = false): string | undefined {
  const words = SPECIFIC[code];
  return (heard ? words?.ifHeard : undefined) ?? words?.remedy ?? REMEDIES[code];
}

const REMEDIES: Readonly<Record<string, string>> = {
  "insufficient-space": "Free some space on the device.",
  "insufficient-power": "Plug the device in.",
  "insufficient-network": "Bring the device to a good Wi-Fi network.",
  "requires-computer": "Update the device from a computer with Finder or Apple Configurator.",
  "logged-in-user": "Ask the user to log out. Uptick tries again automatically.",
  "bootstrap-token-missing":
    "Let a user with a secure token log in once: the Mac then escrows its token, and the job continues automatically. Or let its user accept the update.",
  "bootstrap-token-disallowed":
    "Let its user accept the update, or allow it in the Mac's recoveryOS (Startup Security Utility).",
  "later-not-allowed": "Use --action install.",
  "no-update": "See that no restriction hides the update from the device, and that Apple offers it to this model.",
  "not-offered-by-device":
    "See that no restriction hides the update from the device, and that Apple offers it to this model.",
  "scan-failed": "See that the Mac reaches Apple's update servers.",
  passcode: "Ask the user to unlock the device and to enter the passcode when the update asks for it.",
  "declaration-in-place": "Wait until the device has dropped its former declaration; Uptick tells it to sync.",
  "return-to-service": "Update the device when it is next erased and enrolled, before its setup ends.",
  "user-rejected": "Ask the user to accept the update.",
  "install-not-starting": "Ask the user to accept the update, or look at the device.",
};

const MECHANISM_WORDS: Readonly<Record<WhyCommand | WhyDeclaration, string>> = {
  "os-before-declarations": "its OS takes no update declarations yet",
  "declarations-not-listed": "the device does not list the declaration among what it takes",
  "declarations-not-allowed": "its enrollment does not allow the declaration",
  "now-by-command": "only a command can say now",
  "action-by-command": "only a command can do this",
  "declarations-preferred": "the device plans for itself and keeps its user informed",
  "only-declarations": "its OS has no update commands",
  "commands-not-allowed": "update commands need supervision and access right 4096; this enrollment lacks one of them",
  "no-report": "it has not reported whether it takes declarations",
  "improvement-by-declaration": "only a declaration can name a Background Security Improvement",
};

/** Why this mechanism was chosen. */
export function mechanismWords(because: keyof typeof MECHANISM_WORDS): string {
  return MECHANISM_WORDS[because];
}

/** Every code that has words. */
export const REASON_CODES: readonly string[] = [...new Set([...Object.keys(SPECIFIC), ...HINDRANCE_CODES])];
