/** What is outstanding for a device that has left, begins again or was removed: nothing of it is sent any more. */
import type { Scene } from "./scene.ts";

/**
 * A question that was handed out is of no use without its answer. An order may have been carried out, which may be the very
 * cause: an erased device enrolls again. So it is not said of that that the device has not taken it.
 */
export function giveUp(scene: Scene): void {
  for (const row of [...scene.outstanding.values()])
    scene.close(row, row.state === "offered" && row.once === 1 ? "answer-lost" : "withdrawn", null);
}
