/** Live jobs of a page that can be read: one that a newer program has left must not keep the others from what is due to them. */
import { type LiveJob, readLiveJob } from "../../plans/index.ts";
import type { Log } from "../ports.ts";

/** `what`: of the log, which names those that can't be read. */
export function readableJobs<Row extends { readonly id: string; readonly doc: unknown }>(
  rows: readonly Row[],
  what: string,
  log: Pick<Log, "error">,
): readonly (Row & { readonly read: LiveJob })[] {
  return rows.flatMap((row) => {
    try {
      return [{ ...row, read: readLiveJob(row.doc) as LiveJob }];
    } catch (error) {
      log.error("due-work-failed", { what, job: row.id, error: String(error) });
      return [];
    }
  });
}
