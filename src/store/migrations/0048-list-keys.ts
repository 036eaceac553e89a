/** Lists sort devices by the text of their name and by the number of their OS version, and ask of a job how its device is told. */
import { textKey, versionKey } from "../list-keys.ts";
import { step } from "./step.ts";

export const listKeys = step(
  "list-keys",
  ({ text, integer, jsonText }) => `
ALTER TABLE enrollment ADD COLUMN name_key ${text};
ALTER TABLE enrollment ADD COLUMN os_key ${integer};
ALTER TABLE job ADD COLUMN mechanism ${text};
UPDATE job SET mechanism = coalesce(${jsonText("doc", "mechanism")}, 'command')
  WHERE ${jsonText("doc", "target")} IS NOT NULL AND coalesce(${jsonText("doc", "state")}, '') <> 'refused';
`,
  {
    table: "enrollment",
    key: "id",
    from: ["device_name", "os_version"],
    to: { name_key: "text", os_key: "bigint" },
    of: ([name, version]) => [textKey(name as string | null), versionKey(version as string | null)],
  },
);
