/** A server's first start, done once: every seed begins with a copy of its database. */
import { DatabaseSync } from "node:sqlite";
import { pushCertificate, random, readProfile, virtualTime } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import { startVirtualServer } from "../../src/virtual/index.ts";
import { MOST_DEVICES, START } from "./fate.ts";
import type { Beginning } from "./week.ts";

/** A profile with this many uses is never used up: a device whose reply is lost asks again. */
const USES = 40 * MOST_DEVICES;

export async function makeBeginning(): Promise<Beginning> {
  const time = virtualTime({ start: START });
  const bytes = random("beginning");
  const db = new DatabaseSync(":memory:");
  let profile: Uint8Array = new Uint8Array();
  const nothing = (): void => undefined;
  const server = await startVirtualServer({
    time,
    random: (n) => new Uint8Array(bytes.bytes(n)),
    db,
    push: { push: async () => ({ kind: "accepted" }), close: async () => undefined },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.seeds").pem);
      await admin.server.importCatalog(system, sampleLookupService(), { modifiedAt: SAMPLE_SERVED_AT });
      ({ profile } = await admin.enrollment.enroll(system, { uses: USES, hours: 24 * 30 }));
    },
  });
  await server.stop();
  time.stop();
  const database = db.serialize();
  db.close();
  return { database, profile: readProfile(profile) };
}
