/**
 * The newest list of Apple's releases has a date. Of what was imported before, only the moment is known: its date is the
 * newest posting date among the releases of the newest import, which is never later than the list.
 */
export const catalogList = `
INSERT INTO setting (name, value)
SELECT 'catalog', json_build_object(
  'date', least(max(doc::jsonb ->> 'postingDate'), to_char(to_timestamp(max(last_seen_at) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
  'from', 'posting',
  'takenAt', max(last_seen_at),
  'pairs', (SELECT count(DISTINCT (release.version, listed.device)) FROM release, jsonb_array_elements_text(release.doc::jsonb -> 'devices') AS listed (device)
    WHERE release.last_seen_at = (SELECT max(last_seen_at) FROM release)),
  'before', NULL)::text
FROM release
WHERE last_seen_at = (SELECT max(last_seen_at) FROM release)
HAVING count(*) > 0;
`;
