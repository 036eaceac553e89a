/**
 * Preloaded into a server's processes (`node --import`), it keeps what the writer of each SQLite store is asked, in order:
 * one file for each data directory in the folder `PIN_FOLDER`. Nothing of the product knows of it.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { serialize } from "node:v8";
import { isMainThread, parentPort, workerData } from "node:worker_threads";

const folder = process.env.PIN_FOLDER;
if (folder !== undefined && !isMainThread && parentPort !== null && workerData?.transactions !== undefined) {
  mkdirSync(folder, { recursive: true });
  // A server that starts again on a data directory goes on where it was.
  const file = join(
    folder,
    `${createHash("sha256").update(String(workerData.directory)).digest("hex").slice(0, 16)}.asks`,
  );
  parentPort.on("message", (message) => {
    if (!Array.isArray(message?.tasks)) return;
    const bytes = serialize(message.tasks);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    appendFileSync(file, Buffer.concat([size, bytes]));
  });
}
