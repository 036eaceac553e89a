import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type Authority, createAuthority, generateAuthorityKey, issueIdentity } from "../../identity/index.ts";
import { createMdmEndpoint, type MdmEndpoint } from "./mdm-endpoint.ts";
import type { DeviceService } from "./device-service.ts";
import type { Ports } from "../ports.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 7, 25);
let authority: Authority;
let der: Uint8Array;
beforeAll(async () => {
  const key = await generateAuthorityKey();
  authority = await createAuthority({ name: "CA", key, serial: Uint8Array.of(1), now: NOW - 9 * DAY, years: 5 });
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  der = await issueIdentity({
    authority,
    publicKey: publicKey.export({ type: "spki", format: "der" }),
    subject: "Device",
    serial: Uint8Array.of(2),
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
  });
});

/** A face whose clock a test moves, and why it lets nobody in. */
function faceAt(start: number, acceptEnded: boolean) {
  const clock = { now: start, ahead: 0 };
  const ports = {
    realNow: () => clock.now,
    now: () => clock.now,
    clock: { system: () => clock.now + clock.ahead },
  } as unknown as Ports;
  const policy = { authorityDer: authority.certificateDer, trusted: [], acceptEnded };
  const refusals = { note: () => undefined, flush: () => Promise.resolve() };
  const face: MdmEndpoint = createMdmEndpoint({} as DeviceService, ports, refusals, policy);
  const why = (): string | undefined => {
    const shown = face.identify(der);
    return "refused" in shown ? shown.refused : undefined;
  };
  return { clock, why, lets: () => why() === undefined };
}

describe("the dates of an identity", () => {
  it("are judged each time: who came while the clock was behind is let in when it is right", () => {
    const { clock, lets, why } = faceAt(NOW - 30 * DAY, true);
    expect([why(), why()]).toEqual(["certificate-not-valid-yet", "certificate-not-valid-yet"]);
    clock.now = NOW;
    expect(lets()).toBe(true);
    clock.now = NOW - 2 * DAY;
    expect(lets()).toBe(false);
  });

  it("are lenient both ways while the system clock is not believed: it has begun by one, and has not ended by the other", () => {
    const { clock, lets } = faceAt(NOW - 30 * DAY, false);
    clock.ahead = 30 * DAY;
    expect(lets()).toBe(true);
    clock.now = NOW;
    clock.ahead = 400 * DAY;
    expect(lets()).toBe(true);
  });

  it.each([
    [true, [true, true, true]],
    [false, [true, false, true]],
  ])("and whether it has ended, with ended ones accepted: %s", (acceptEnded, expected) => {
    const { clock, lets, why } = faceAt(NOW, acceptEnded);
    const seen = [NOW, NOW + 2 * DAY, NOW].map((now) => {
      clock.now = now;
      return lets();
    });
    expect(seen).toEqual(expected);
    clock.now = NOW + 2 * DAY;
    expect(why()).toBe(acceptEnded ? undefined : "certificate-ended");
  });
});
