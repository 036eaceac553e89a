/**
 * The bytes of a command are stored once, and in neither row that tells of it: every poll reads the rows, and only a delivery the
 * bytes. `product_keys` of an order that is outstanding stays unknown: SQL reads no property list.
 */
import { type Dialect, type Step, STEP_DIALECTS } from "./step.ts";

const sql = ({ text, integer, bytes, strict }: Dialect, isSealed: string): string => `
CREATE TABLE command_bytes (
  enrollment_id ${text} NOT NULL, uuid ${text} NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (enrollment_id, uuid)
)${strict};
INSERT INTO command_bytes (enrollment_id, uuid, bytes) SELECT enrollment_id, uuid, bytes FROM command;
INSERT INTO command_bytes (enrollment_id, uuid, bytes) SELECT enrollment_id, uuid, bytes FROM closed_command
  WHERE TRUE ON CONFLICT (enrollment_id, uuid) DO NOTHING;
ALTER TABLE command ADD COLUMN size ${integer} NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN sealed ${integer} NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN product_keys ${text};
UPDATE command SET size = length(bytes), sealed = CASE WHEN ${isSealed} THEN 1 ELSE 0 END;
ALTER TABLE command DROP COLUMN bytes;
ALTER TABLE closed_command DROP COLUMN bytes;
`;

export const commandBytes: Step = {
  name: "command-bytes",
  sqlite: sql(STEP_DIALECTS.sqlite, "substr(bytes, 1, 1) = x'00'"),
  postgres: sql(STEP_DIALECTS.postgres, "substring(bytes FROM 1 FOR 1) = '\\x00'::bytea"),
};
