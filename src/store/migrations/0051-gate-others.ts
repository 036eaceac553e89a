/**
 * The gate asks for the devices of a plan's rings that were not given a release: nearly all were, and who they are must be known of all. Here
 * it is read in order of the devices, as it is of their jobs, without a look at their long rows.
 */
import { step } from "./step.ts";

export const gateOthers = step(
  "gate-others",
  () => `
DROP INDEX enrollment_ring;
CREATE INDEX enrollment_ring ON enrollment (governed_by, id, ring) WHERE ring IS NOT NULL;
`,
);
