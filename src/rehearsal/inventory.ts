/** Devices from an inventory, row by row: of each is kept what a plan asks of it. Cells are text: no formula is ever worked out. */
import { UptickError } from "../errors/index.ts";
import { isZone, TAG } from "../plans/index.ts";
import { isVersion, type Platform, platformNamed, platformOf } from "../protocol/index.ts";
import { type Columns, columnsOf, type Field } from "./columns.ts";
import { type CsvRow, CsvReader, invalid } from "./csv.ts";

export interface InventoryDevice {
  readonly serial: string;
  /** Its product type, such as Mac14,2, or what the inventory says in its place. */
  readonly model: string;
  /** By which Apple lists a Mac, such as J314sAP; null: the inventory does not say. */
  readonly board: string | null;
  readonly platform: Platform | null;
  readonly osVersion: string | null;
  readonly tags: readonly string[];
  readonly zone: string | null;
}

/** A cell that is there and can't be used: the device is rehearsed without it. */
export type Unusable = Extract<Field, "os" | "platform" | "tags" | "zone">;

export interface Inventory {
  readonly devices: readonly InventoryDevice[];
  /** How many cells of each column could not be used. */
  readonly unusable: Readonly<Record<Unusable, number>>;
  /** The columns that were found. */
  readonly fields: readonly Field[];
}

/** As many as a rehearsal can hold in memory. */
export const MOST_DEVICES = 100_000;

/** `text`: the file in pieces. `told`: headers that the admin named. Errors: `inventory-invalid`. */
export async function readInventory(
  text: AsyncIterable<string> | Iterable<string>,
  told: { readonly [F in Field]?: string } = {},
): Promise<Inventory> {
  const csv = new CsvReader();
  const rows = new Rows(told);
  for await (const piece of text) for (const row of csv.push(piece)) rows.take(row);
  for (const row of csv.end()) rows.take(row);
  return rows.done();
}

class Rows {
  readonly #told: { readonly [F in Field]?: string };
  readonly #devices = new Map<string, InventoryDevice>();
  readonly #unusable = { os: 0, platform: 0, tags: 0, zone: 0 };
  #columns: Columns | undefined;
  #width = 0;

  constructor(told: { readonly [F in Field]?: string }) {
    this.#told = told;
  }

  take({ line, cells }: CsvRow): void {
    if (this.#columns === undefined) {
      this.#columns = columnsOf(cells, this.#told);
      this.#width = cells.length;
      return;
    }
    if (cells.length !== this.#width)
      throw invalid(line, `it has ${cells.length} cells, and the header ${this.#width}`);
    if (this.#devices.size >= MOST_DEVICES) throw invalid(line, `an inventory has at most ${MOST_DEVICES} devices`);
    const device = this.#deviceOf(line, cells, this.#columns);
    const key = device.serial.toUpperCase();
    if (this.#devices.has(key)) throw invalid(line, `the serial ${JSON.stringify(device.serial)} was there before`);
    this.#devices.set(key, device);
  }

  done(): Inventory {
    if (this.#devices.size === 0)
      throw new UptickError("inventory-invalid", "The inventory has no devices.", {
        remedy: "Export it with a row of headers and one row for each device.",
      });
    const fields = Object.keys(this.#columns ?? {}) as Field[];
    return { devices: [...this.#devices.values()], unusable: this.#unusable, fields };
  }

  #deviceOf(line: number, cells: readonly string[], columns: Columns): InventoryDevice {
    const cell = (field: Field): string => {
      const place = columns[field];
      return place === undefined ? "" : (cells[place] ?? "").trim();
    };
    const serial = cell("serial");
    if (!/^[\w-]{1,64}$/.test(serial))
      throw invalid(line, `${JSON.stringify(serial.slice(0, 64))} is no serial number`);
    const model = cell("model");
    return {
      serial,
      model,
      board: cell("board") || null,
      platform: platformOf({ productName: model }) ?? this.#use("platform", cell("platform"), platformIn),
      osVersion: this.#use("os", cell("os"), versionIn),
      tags: this.#tagsIn(cell("tags")),
      zone: this.#use("zone", cell("zone"), (zone) => (isZone(zone) ? zone : undefined)),
    };
  }

  /** Null for an empty cell, and for one that can't be used, which is counted. */
  #use<T>(field: Unusable, text: string, read: (text: string) => T | undefined): T | null {
    if (text === "") return null;
    const value = read(text);
    if (value === undefined) this.#unusable[field] += 1;
    return value ?? null;
  }

  #tagsIn(text: string): readonly string[] {
    const words = text.split(/[\s,;|]+/).filter((word) => word !== "");
    const tags = words.map((word) => word.toLowerCase()).filter((word) => TAG.test(word));
    if (tags.length < words.length) this.#unusable.tags += 1;
    return tags;
  }
}

/** "14.7.1", "macOS 14.7.1" or "14.7.1 (23H222)". */
function versionIn(text: string): string | undefined {
  const version = /^(?:[a-z]+ )?(\d[\d.]*)(?: ?\(\w+\))?$/i.exec(text)?.[1];
  return version !== undefined && isVersion(version) ? version : undefined;
}

/** "iPadOS" is iOS; an export may name the family or the version behind it ("macOS 14.7", "iPad"). */
function platformIn(text: string): Platform | undefined {
  const [word = ""] = text.split(" ");
  return platformNamed(word) ?? OTHER_NAMES[word.toLowerCase()];
}

const OTHER_NAMES: Readonly<Record<string, Platform>> = {
  ipados: "iOS",
  iphone: "iOS",
  ipad: "iOS",
  appletv: "tvOS",
};
