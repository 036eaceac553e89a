/**
 * Devices that nobody here has built: scripts of their own over real TLS, in the shapes that the field has shown, and what an
 * admin's API then says of them. One server for all; it is stopped once, to be twenty minutes older.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUptick } from "../support/uptick.ts";
import { COMMANDS } from "./commands.rows.ts";
import { DECLARATIONS } from "./declarations.rows.ts";
import { authority } from "./identities.ts";
import { IDENTITIES } from "./identities.rows.ts";
import { Place, type Row, type Visit } from "./place.ts";

const ROWS: readonly Row[] = [...IDENTITIES, ...COMMANDS, ...DECLARATIONS];
const organisation = authority();
let place: Place;
/** How each visit went: what it expects, or why it broke off. */
const visits = new Map<string, Visit | Error>();

/** One that fails must not keep the others from being seen. */
async function guarded(name: string, visit: () => Promise<Visit>): Promise<void> {
  visits.set(
    name,
    await visit().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
  );
}

beforeAll(async () => {
  const { caFile, tlsCertFile, tlsKeyFile } = organisation;
  const uptick = await startUptick({
    flags: {
      "identity-ca": caFile,
      "tls-cert": tlsCertFile,
      "tls-key": tlsKeyFile,
      "trusted-proxies": "127.0.0.2",
    },
  });
  place = new Place(uptick, organisation);
  for (const { name, play } of ROWS) await guarded(name, () => play(place));
  place.hangUp();
  await uptick.restart({ later: 20 * 60_000 });
  for (const [name, visit] of visits) {
    if (!(visit instanceof Error))
      await guarded(name, async () => {
        await visit.later?.();
        return visit;
      });
  }
});
afterAll(async () => {
  place.hangUp();
  organisation.close();
  await place.uptick.close();
});

it.each(ROWS.map(({ name }) => name))("%s", async (name) => {
  const visit = visits.get(name);
  if (visit === undefined || visit instanceof Error) throw visit ?? new Error("it never came");
  expect(await visit.seen()).toMatchObject(visit.expected);
});
