/**
 * The newest list of Apple's releases has a date. Of what was imported before, only the moment is known: its date is the
 * newest posting date among the releases of the newest import, which is never later than the list.
 */
export const catalogList = `
INSERT INTO setting (name, value)
SELECT 'catalog', json_object(
  'date', min(max(json_extract(doc, '$.postingDate')), strftime('%Y-%m-%d', max(last_seen_at) / 1000, 'unixepoch')),
  'from', 'posting',
  'takenAt', max(last_seen_at),
  'pairs', (SELECT count(DISTINCT release.version || ' ' || id.value) FROM release, json_each(release.doc, '$.devices') AS id
    WHERE release.last_seen_at = (SELECT max(last_seen_at) FROM release)),
  'before', NULL)
FROM release
WHERE last_seen_at = (SELECT max(last_seen_at) FROM release)
HAVING count(*) > 0;
`;
