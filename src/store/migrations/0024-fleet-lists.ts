/** Lists and counts of devices read columns of an index, not the rows of a whole fleet. */
import { step } from "./step.ts";

export const fleetLists = step(
  "fleet-lists",
  () => `
CREATE INDEX enrollment_state ON enrollment (state, id);
CREATE INDEX enrollment_listed ON enrollment (id, state, platform, product_name, device_name, serial, apple_id, model_name);
`,
);
