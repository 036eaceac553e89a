/** Strangers that show who they are in ways of their own. */
import { expect } from "vitest";
import { failed, MAC, PHONE } from "./facts.ts";
import { data } from "./plist.ts";
import { authority } from "./identities.ts";
import type { Place, Row, Visit } from "./place.ts";
import { Stranger } from "./stranger.ts";

/** It enrolls, answers and is known. */
const enrols = (name: string, options: (place: Place) => Parameters<Place["stranger"]>[0]): Row => ({
  name,
  async play(place): Promise<Visit> {
    const stranger = place.stranger(options(place));
    await stranger.enrol(PHONE);
    await stranger.talk();
    return {
      seen: () => place.shown(stranger),
      expected: { device: { enrollment: "enrolled", osVersion: "26.5", supervised: true } },
    };
  },
});

/** A certificate as a form writes it: blanks are plus signs. */
const formEscaped = (pem: string): string => encodeURIComponent(pem).replaceAll("%20", "+");

export const IDENTITIES: readonly Row[] = [
  enrols("a certificate whose subject is empty", ({ authority: ca }) => ({
    certificate: ca.issue("/", "critical,URI:urn:uuid:4f2d1f0e-0000-4000-8000-000000000001"),
  })),
  enrols("no Content-Type at all", () => ({ untyped: true })),
  enrols("behind a proxy that escapes the certificate as a form does", ({ authority: ca }) => ({
    certificate: null,
    headers: { "Client-Cert": formEscaped(ca.issue("/CN=Behind a proxy").cert) },
    from: "127.0.0.2",
  })),
  {
    name: "a version that is none from the very beginning: shown, and no plan takes it for a version",
    async play(place): Promise<Visit> {
      const facts = { ...PHONE, OSVersion: "Sunrise Beta" };
      const stranger = await place.enrolled(facts);
      return {
        seen: async () => ({ ...(await place.shown(stranger)), decision: await place.dryRun(stranger, "26.5") }),
        expected: {
          device: { enrollment: "enrolled", osVersion: "Sunrise Beta" },
          decision: {
            kind: "refused",
            reason: "version-unreadable",
            sentence: "Not possible: it reports OS version 'Sunrise Beta', which is not a version number.",
          },
        },
      };
    },
  },
  {
    name: "a version that is none at enrollment, and a version when asked: the version counts",
    async play(place): Promise<Visit> {
      const stranger = place.stranger();
      await stranger.enrol(PHONE, { OSVersion: "Sunrise Beta" });
      const before = await place.shown(stranger);
      await stranger.talk();
      return {
        seen: async () => ({
          said: before.device.osVersion,
          ...(await place.shown(stranger)),
          decision: await place.dryRun(stranger, "26.5"),
        }),
        expected: { said: "Sunrise Beta", device: { osVersion: "26.5" }, decision: { kind: "compliant" } },
      };
    },
  },
  {
    name: "a beta of the version that is asked for is not there",
    async play(place): Promise<Visit> {
      const stranger = await place.enrolled({ ...PHONE, OSVersion: "26.6.1", BuildVersion: "23G5075b" });
      return {
        seen: async () => ({ decision: await place.dryRun(stranger, "26.6.1") }),
        expected: { decision: { kind: "job", release: "26.6.1" } },
      };
    },
  },
  {
    name: "another device's UDID under one's own certificate leaves a trace that names both",
    async play(place): Promise<Visit> {
      const owner = await place.enrolled(MAC);
      const claimed = "7C1D5A10-0000-4000-8000-00000000B0B0";
      const { status } = await owner.report({ UDID: claimed, Status: "Idle" });
      const { id } = await place.uptick.device(owner.udid);
      return {
        seen: async () => ({
          status,
          kinds: (await place.shown(owner)).kinds,
          refusals: (
            await place.uptick.web.get<{ rows: readonly { udid: string | null; owner: { id: string } | null }[] }>(
              "/api/v1/refusals?source=mdm",
            )
          ).rows.map((row) => [row.udid, row.owner?.id]),
        }),
        expected: {
          status: 403,
          kinds: expect.arrayContaining(["identity-refused"]) as string[],
          refusals: expect.arrayContaining([[claimed, id]]) as unknown[],
        },
      };
    },
  },
  {
    name: "a second device with the serial number of a first: its claim is noted",
    async play(place): Promise<Visit> {
      const [first, second] = [place.stranger(), place.stranger()];
      for (const each of [first, second]) {
        await each.enrol(MAC, { SerialNumber: "F2LSTRANGER4" });
        await each.talk();
      }
      return {
        seen: async () => ({ kinds: [...(await place.shown(first)).kinds, ...(await place.shown(second)).kinds] }),
        expected: { kinds: expect.arrayContaining(["serial-claimed"]) as string[] },
      };
    },
  },
  {
    name: "an error of two links in answer to a profile is kept with both",
    async play(place): Promise<Visit> {
      const stranger = await place.enrolled(PHONE);
      await place.raw(stranger, "a-profile", {
        RequestType: "InstallProfile",
        Payload: data(Buffer.from("a profile")),
      });
      await stranger.talk({
        InstallProfile: failed(
          ["MDM-SCEP", 15002, "No certificate could be had."],
          ["NSOSStatusErrorDomain", -67673, "Not completed."],
        ),
      });
      return {
        seen: async () => ({
          answers: (await place.uptick.timeline(stranger.udid))
            .filter(({ kind }) => kind === "answer")
            .map(({ data: told }) => JSON.stringify(told)),
        }),
        expected: {
          answers: expect.arrayContaining([
            expect.stringMatching(/15002,"domain":"MDM-SCEP".*-67673,"domain":"NSOSStatusErrorDomain"/),
          ]) as string[],
        },
      };
    },
  },
  {
    name: "a client that does not trust the server's certificate is counted among the handshakes",
    async play(place): Promise<Visit> {
      const other = authority();
      const stranger = new Stranger({ port: place.uptick.devicePort, caPem: other.caPem });
      const said = await stranger.report({ Status: "Idle" }).then(
        ({ status }) => `answered ${status}`,
        () => "broken off",
      );
      stranger.close();
      other.close();
      return {
        seen: async () => ({
          said,
          reasons: (
            await place.uptick.web.get<{ handshakes: readonly { reason: string }[] }>("/api/v1/status")
          ).handshakes.map(({ reason }) => reason),
        }),
        expected: {
          said: "broken off",
          reasons: expect.arrayContaining([expect.stringMatching(/^tls-(untrusted|unfinished)$/)]) as string[],
        },
      };
    },
  },
];
