/** Feeds for tests: small ones in the form of SOFA's. */

export interface GivenEntry {
  readonly version: string;
  readonly day?: string;
  readonly cves?: readonly string[];
  readonly exploited?: readonly string[];
}

/** A release as SOFA writes it; `more` replaces fields. */
export const sofaEntry = (
  { version, day = "2026-08-06", cves = [], exploited = [] }: GivenEntry,
  more: object = {},
) => ({
  ProductName: "macOS",
  ProductVersion: version,
  ReleaseDate: `${day}T00:00:00Z`,
  CVEs: Object.fromEntries([...cves, ...exploited].map((id) => [id, {}])),
  ActivelyExploitedCVEs: exploited,
  ...more,
});

/** A feed of these entries, all in one major. */
export const sofaFeed = (entries: readonly unknown[], more: object = {}) => ({
  LastCheck: "2026-08-22T18:45:03.057991718+00:00",
  OSVersions: [{ OSVersion: "Tahoe 26", SecurityReleases: entries }],
  ...more,
});
