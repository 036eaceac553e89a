/** Which column of an inventory says what: by the names that exports of Jamf, Intune and Apple Business Manager use, or as told. */
import { nearest, UptickError } from "../errors/index.ts";

export const FIELDS = ["serial", "model", "board", "os", "platform", "tags", "zone"] as const;
export type Field = (typeof FIELDS)[number];

/** The place of each column, from 0. */
export type Columns = { readonly [F in Field]?: number } & { readonly serial: number; readonly model: number };

/** Headers as `keyOf` writes them, the surer ones first: an export with "Model" and "Model Identifier" means the second. */
const HEADERS: Readonly<Record<Field, readonly string[]>> = {
  serial: ["serial", "serialnumber", "deviceserialnumber"],
  model: ["modelidentifier", "productname", "producttype", "model"],
  board: ["softwareupdatedeviceid", "boardid", "board"],
  os: ["osversion", "operatingsystemversion", "os", "operatingsystem"],
  platform: ["platform", "ostype", "devicefamily", "devicetype", "os", "operatingsystem"],
  tags: ["tags", "tag"],
  zone: ["zone", "timezone"],
};

const keyOf = (header: string): string => header.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** `told`: the headers that the admin named. Errors: `inventory-invalid` where a column is missing, named twice or unknown. */
export function columnsOf(header: readonly string[], told: { readonly [F in Field]?: string } = {}): Columns {
  const found: { [F in Field]?: number } = {};
  for (const field of FIELDS) {
    const place = told[field] === undefined ? guessed(header, field, found) : named(header, field, told[field]);
    if (place !== undefined) found[field] = place;
  }
  const { serial, model, os } = found;
  const missing = Object.entries({ serial, model, os }).flatMap(([field, place]) =>
    place === undefined ? [field] : [],
  );
  if (serial === undefined || model === undefined || os === undefined)
    throw new UptickError("inventory-invalid", `The inventory has no column for ${missing.join(", ")}.`, {
      remedy: `Name it: --columns ${missing.map((field) => `"${field}=Header"`).join(",")}. Headers: ${shown(header)}.`,
    });
  return { ...found, serial, model };
}

function guessed(header: readonly string[], field: Field, taken: { [F in Field]?: number }): number | undefined {
  const keys = header.map(keyOf);
  const free = HEADERS[field].map((name) => keys.indexOf(name)).filter((place) => place >= 0);
  return free.find((place) => !Object.values(taken).includes(place));
}

function named(header: readonly string[], field: Field, name: string): number {
  const is = (one: string): boolean => one.trim().toLowerCase() === name.trim().toLowerCase();
  const place = header.findIndex(is);
  if (place < 0) {
    const near = nearest(name, header);
    const hint = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
    throw new UptickError(
      "inventory-invalid",
      `The inventory has no column ${JSON.stringify(name)} (${field}).${hint}`,
      {
        remedy: `Name one of its headers: ${shown(header)}.`,
      },
    );
  }
  if (header.slice(place + 1).some(is))
    throw new UptickError("inventory-invalid", `The inventory has two columns ${JSON.stringify(name)} (${field}).`, {
      remedy: "Give one of them another name.",
    });
  return place;
}

const MOST_SHOWN = 30;

/** Quoted, so that what a file says stays apart from what we say. */
const shown = (header: readonly string[]): string =>
  header
    .slice(0, MOST_SHOWN)
    .map((one) => JSON.stringify(one.slice(0, 60)))
    .join(", ");
