/** As of what a plan decides, beside the devices' own facts. */
import type { AsOf as AsOfView } from "../../contract/index.ts";
import { catalogOf, type StoredCatalog } from "../catalog/catalog.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";

export interface AsOf {
  /** ms UTC */
  readonly now: number;
  readonly catalog: StoredCatalog;
  /** Grows with every change of a plan. */
  readonly planRevisions: number;
}

export const asOfNow = async (ports: Ports): Promise<AsOf> => ({
  now: ports.now(),
  catalog: await catalogOf(ports),
  planRevisions: await planRevisionsOf(ports),
});

/** The one place that reads which plans there are. */
const planRevisionsOf = ({ admin }: Ports): Promise<number> => admin.planRevisions();

/** When the list was last fetched or imported (ms UTC); null: there is none. */
export const catalogAtOf = ({ list }: StoredCatalog): number | null =>
  list === null ? null : (list.confirmedAt ?? list.takenAt);

export function asOfView({ now, catalog, planRevisions }: AsOf): AsOfView {
  const catalogAt = catalogAtOf(catalog);
  return { decidedAt: isoTime(now), catalogAt: catalogAt === null ? null : isoTime(catalogAt), planRevisions };
}
