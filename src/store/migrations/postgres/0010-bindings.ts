/** Bindings say whether they mean a UDID or a serial number; what was one text means what it has the form of. Serial numbers that are claimed only. */
const T = 'text COLLATE "C"';

const typed = (table: string): string => `
UPDATE ${table} SET device = json_build_object('kind', CASE WHEN length(device) BETWEEN 25 AND 40 AND device ~ '^[0-9a-fA-F-]+$' THEN 'udid' ELSE 'serial' END, 'value', device)::text
  WHERE device IS NOT NULL;`;

export const bindings = `
ALTER TABLE enrollment ADD COLUMN claimed_serial ${T};
CREATE INDEX enrollment_claimed ON enrollment (claimed_serial) WHERE claimed_serial IS NOT NULL;
UPDATE enrollment SET serial = upper(serial) WHERE serial IS NOT NULL;
${typed("challenge")}
${typed("certificate")}
`;
