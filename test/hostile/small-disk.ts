/**
 * A data directory on a disk that can be full: a small tmpfs where this process may mount one, else a limit of this process
 * for the length of files (then SQLite says "disk I/O error" in place of "full"; what must follow is the same).
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly directory: string;
  /** From now on nothing more can be written. */
  fill(): void;
  /** There is room again. */
  free(): void;
  end(): void;
}

const run = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/** undefined: neither way works here. */
export function smallDisk(): SmallDisk | undefined {
  const directory = mkdtempSync(join(tmpdir(), "uptick-disk-"));
  const disk = tmpfs(directory) ?? limited(directory);
  if (disk === undefined) rmSync(directory, { recursive: true });
  return disk;
}

function tmpfs(directory: string): SmallDisk | undefined {
  if (!run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", directory)) return undefined;
  const filler = join(directory, "filler");
  return {
    directory,
    fill() {
      const file = openSync(filler, "a");
      try {
        for (let size = 1 << 20; size >= 1; ) {
          try {
            // A short write is not the end: the next one says ENOSPC.
            writeSync(file, Buffer.alloc(size));
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
            size >>= 1;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    end() {
      // Busy: the server has ended and still holds a file of it. Then it goes when that does.
      const busy = !run("umount", directory) && run("umount", "--lazy", directory);
      rmSync(directory, { recursive: true, force: true });
      if (busy) throw new Error("a file in the data directory was left open");
    },
  };
}

function limited(directory: string): SmallDisk | undefined {
  const pid = String(process.pid);
  const limit = (soft: string): boolean => run("prlimit", "--pid", pid, `--fsize=${soft}:`);
  if (!limit("unlimited")) return undefined;
  // Whoever does not listen is killed by the first write that is too long.
  const listen = (): void => undefined;
  process.on("SIGXFSZ" as NodeJS.Signals, listen);
  return {
    directory,
    fill() {
      const sizes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
      limit(String(Math.max(...sizes)));
    },
    free: () => void limit("unlimited"),
    end() {
      limit("unlimited");
      process.off("SIGXFSZ" as NodeJS.Signals, listen);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
