/** What a standing plan would mean for the fleet, page by page: for a dry run, and for the numbers of a plan that was just made. */
import { UptickError } from "../../errors/index.ts";
import { previewOf, type StandingSpec } from "../../plans/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import type { Decided } from "../plans/decided.ts";
import type { Json } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { readDevices } from "./lookups.ts";
import { createReady, standingPlan } from "./standing.ts";

const PAGE = 500;

/** `id`: of the plan, or one that it may get: shares of rings hang on it. Throws `plan-empty` before the first page where nobody matches. */
export async function* triedPages(ports: Ports, spec: StandingSpec, id: string): AsyncGenerator<readonly Decided[]> {
  const { admin } = ports;
  const catalog = await catalogOf(ports);
  const ready = createReady();
  const row = { id, revision: 1, state: "active", spec: spec as unknown as Json } as const;
  const plan = standingPlan(row, [], [], { blocks: [], ready: ready.of });
  let after: string | undefined;
  let none = true;
  for (;;) {
    const rows = await admin.classRows(after, PAGE);
    const now = ports.now();
    const page = (await readDevices(ports, ready.rules, rows)).flatMap(({ row: device, device: read }) => {
      const preview = previewOf(read, plan, catalog, now);
      return preview === undefined ? [] : [{ row: device, decision: preview.decision }];
    });
    if (page.length > 0) {
      none = false;
      yield page;
    }
    after = rows.at(-1)?.id;
    if (rows.length < PAGE) break;
  }
  if (none) throw new UptickError("plan-empty", "No enrolled device matches the plan.");
}
