/** The door of `rehearsal`: an inventory is read, and a standing plan is played ahead over its devices. Pure. */
export { catalogOf } from "./catalog.ts";
export { FIELDS, type Field } from "./columns.ts";
export { ASSUMED, type Assumptions, AWAY_FOR, INSTALLS_FOR } from "./habits.ts";
export { type Inventory, type InventoryDevice, MOST_DEVICES, readInventory, type Unusable } from "./inventory.ts";
export { planOf } from "./plan.ts";
export { play, type Played, type PlayInput } from "./play.ts";
export { type Behind, type Rehearsed, summaryOf } from "./summary.ts";
