/**
 * What a device was stands beside the standing plan that it is under: whether a fact or a person has brought another is seen by it. A
 * deadline has the revision of its plan: whether an edit came after it is seen by that, whatever the clocks were.
 */
import { step } from "./step.ts";

export const joinedAs = step(
  "joined-as",
  ({ text, integer }) => `
ALTER TABLE enrollment ADD COLUMN joined_as ${text};
ALTER TABLE given ADD COLUMN revision ${integer};
`,
);
