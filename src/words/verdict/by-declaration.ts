/** Reasons of jobs by declaration: until it is in force, after its enforcement time, and when it is withdrawn. */
import { by, failed, lost, moment, p, pushes, stopCause, toInstall, type Words } from "./fragments.ts";

export const BY_DECLARATION = {
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
  prepared: { cause: (a) => `downloaded; it installs${by(a)}, or earlier if its user agrees` },
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
  "failing-space": {
    cause: (a) => `the device has too little free space for the update${failed(a)}`,
    remedy: "Free some space on the device.",
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
} satisfies Readonly<Record<string, Words>>;
