/** The door of `rehearsal`: an inventory is read, and a standing plan is played ahead over its devices. Pure. */
export { FIELDS, type Field } from "./columns.ts";
export { ASSUMED, type Assumptions } from "./device.ts";
export type { Decided } from "./gate.ts";
export { type Inventory, type InventoryDevice, MOST_DEVICES, readInventory, type Unusable } from "./inventory.ts";
export { play, type Played, type PlayInput } from "./play.ts";
