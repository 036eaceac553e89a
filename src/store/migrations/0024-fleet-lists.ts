/**
 * Lists and counts of devices read columns of an index, not the rows of a whole fleet. Those by state are partial: a planner that
 * knows no numbers would take an index of all states before the ones that warnings are found by.
 */
import { step } from "./step.ts";

export const fleetLists = step(
  "fleet-lists",
  () => `
CREATE INDEX enrollment_enrolled ON enrollment (id) WHERE state = 'enrolled';
CREATE INDEX enrollment_authenticated ON enrollment (id) WHERE state = 'authenticated';
CREATE INDEX enrollment_listed ON enrollment (id, state, platform, product_name, device_name, serial, apple_id, model_name);
`,
);
