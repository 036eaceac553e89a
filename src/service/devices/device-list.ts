/** The list of devices: its pages, its whole as a stream, and how many devices have each value. */
import type {
  DeviceAggregate,
  DeviceAggregateQuery,
  DeviceExportQuery,
  DevicePage,
  DeviceQuery,
  DeviceView,
} from "../../contract/index.ts";
import type { DeviceFilter, DeviceSort } from "../../store/index.ts";
import { readingOf } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import type { Ports } from "../ports.ts";
import { csvHeading, deviceCsv } from "./device-csv.ts";
import { deviceView } from "./device-view.ts";
import { filterOf, type Filters } from "./list-filter.ts";

/** All throw `rule-invalid`, `tag-invalid`, `group-unknown`, `plan-unknown`. */
export interface DeviceList {
  /** `platform` iPadOS: platform iOS and model iPad*. */
  list(query: DeviceQuery): Promise<DevicePage>;
  /** The whole list, some devices at a time: as it is when each of them is read. */
  all(query: DeviceExportQuery): AsyncGenerator<readonly DeviceView[]>;
  /** The same as CSV with a heading. */
  csv(query: DeviceExportQuery): AsyncGenerator<string>;
  aggregate(query: DeviceAggregateQuery): Promise<DeviceAggregate>;
}

/** Devices of an export that are read at once. */
const AT_ONCE = 500;

const NONE = { rows: [], next: null } as const;

export function createDeviceList(ports: Ports): DeviceList {
  const { admin } = ports;

  /** `after`: the store's own, not a cursor. */
  async function pageOf(
    filter: DeviceFilter,
    sort: DeviceExportQuery["sort"],
    after: string | undefined,
    limit: number,
  ) {
    const order = sort === undefined ? {} : { sort: sortOf(sort) };
    const { rows, next } = await admin.devices({
      ...filter,
      ...order,
      ...(after === undefined ? {} : { after }),
      limit,
    });
    const reading = await readingOf(ports);
    return { rows: rows.map((row) => deviceView(row, reading)), next };
  }

  async function* all({ sort, ...filters }: DeviceExportQuery): AsyncGenerator<readonly DeviceView[]> {
    const filter = await filterOf(ports, filters);
    if (filter === undefined) return;
    let after: string | undefined;
    do {
      const page = await pageOf(filter, sort, after, AT_ONCE);
      yield page.rows;
      after = page.next;
    } while (after !== undefined);
  }

  return {
    async list({ sort, after, limit, count, ...filters }) {
      const list = listOf(sort);
      const key = keyIn(list, after);
      const filter = await filterOf(ports, filters);
      if (filter === undefined) return count === true ? { ...NONE, total: 0 } : NONE;
      const { rows, next } = await pageOf(filter, sort, key, limit);
      const total = count === true ? { total: await admin.countListed(filter) } : {};
      return { rows, next: cursorOf(list, next), ...total };
    },
    all,
    async *csv(query) {
      let heading = csvHeading();
      for await (const devices of all(query)) {
        yield heading + devices.map(deviceCsv).join("");
        heading = "";
      }
      if (heading !== "") yield heading;
    },
    async aggregate({ by, after, limit, ...filters }) {
      const list = `devices counted by ${by}`;
      const key = keyIn(list, after);
      const filter = await filterOf(ports, filters satisfies Filters);
      if (filter === undefined) return NONE;
      const { rows, next } = await admin.valueCounts(by, filter, key, limit);
      return { rows, next: cursorOf(list, next) };
    },
  };
}

/** The list that a cursor is of: one of another order is refused. */
const listOf = (sort: DeviceExportQuery["sort"]): string => (sort === undefined ? "devices" : `devices by ${sort}`);

function sortOf(sort: NonNullable<DeviceExportQuery["sort"]>): { readonly by: DeviceSort; readonly down: boolean } {
  const down = sort.startsWith("-");
  return { by: (down ? sort.slice(1) : sort) as DeviceSort, down };
}
