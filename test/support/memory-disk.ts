/** Where tests keep their files: a third of the time of tests of the server was waiting for a disk, at each commit. */
import { accessSync, constants, readFileSync, statfsSync } from "node:fs";

const FOLDER = "/dev/shm";
/** Far more than all tests need at a time. Containers often have 64 MiB there. */
const ROOM = 2 * 1024 ** 3;

/** A folder in memory with room enough in which programs may run, too; undefined where the machine has none. */
export function memoryDisk(): string | undefined {
  try {
    accessSync(FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(FOLDER);
    return bavail * bsize >= ROOM && isForPrograms(readFileSync("/proc/mounts", "utf8")) ? FOLDER : undefined;
  } catch {
    // Not a Linux, or closed to us.
    return undefined;
  }
}

/** `mounts`: one a line, with its folder second and its options fourth. */
export function isForPrograms(mounts: string): boolean {
  const lines = mounts.split("\n").map((line) => line.split(" "));
  const options = lines.findLast(([, folder]) => folder === FOLDER)?.[3];
  return options !== undefined && !options.split(",").includes("noexec");
}
