/** A feed of CVEs that an admin imports. */
import { parseSecurityFeed } from "../../catalog/index.ts";
import type { CveImport } from "../../contract/index.ts";
import { feedNotes, feedWords } from "../../words/index.ts";
import type { Actor } from "../actor.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { noteSecurity } from "./note-security.ts";

export interface SecurityService {
  /** A feed of SOFA for one platform, as JSON: taken, or nothing is changed. Throws `cve-feed-invalid`. */
  importCves(actor: Actor, json: unknown): Promise<CveImport>;
}

export function createSecurityService(ports: Pick<Ports, "now">): SecurityService {
  return {
    async importCves(actor, json) {
      const now = ports.now();
      const { problems, ...feed } = parseSecurityFeed(json, now);
      const { good, added, exploited, newerBefore } = await actor.run(noteSecurity, { ...feed, now });
      const cves = feed.releases.flatMap((release) => release.cves);
      return {
        platform: feed.platform,
        feedDate: feed.date,
        feedDateFrom: feed.dateFrom,
        takenAt: isoTime(good.takenAt),
        sentence: feedWords(feed.platform, feed.date, isoTime(good.takenAt).slice(0, 10)),
        releases: feed.releases.length,
        added: added.length,
        cves: new Set(cves.map(({ id }) => id)).size,
        exploited: new Set(cves.flatMap(({ id, exploited: isExploited }) => (isExploited ? [id] : []))).size,
        newlyExploited: exploited.map(({ version, cve }) => `${feed.platform} ${version}: ${cve}`),
        problems,
        notes: feedNotes({ newerBefore }),
      };
    },
  };
}
