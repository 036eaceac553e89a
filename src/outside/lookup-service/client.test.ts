/** The client against a service with real TLS on loopback that answers well, or not. */
import { X509Certificate } from "node:crypto";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  body,
  type Fault,
  FAULTS,
  type FakeLookupService,
  listOf,
  type LookupServiceOptions,
  realList,
  startLookupService,
} from "../../../test/support/lookup-service.ts";
import { tlsAuthority } from "../../../test/support/tls-authority.ts";
import { sampleLookupService } from "../../catalog/index.ts";
import type { Validators } from "../../service/index.ts";
import { APPLE_ROOT_CA, appleRootCa } from "./apple-root-ca.ts";
import { createLookupService } from "./client.ts";

const authority = tlsAuthority("Root of a test");
const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0)) await end();
});

async function service(options: LookupServiceOptions = {}): Promise<FakeLookupService> {
  const made = await startLookupService({ authority, ...options });
  toEnd.push(() => made.close());
  return made;
}

/** Time that passes when `pass` is called; `waits`: how long somebody has asked for. */
function stoppedTime() {
  const waits: number[] = [];
  let end = (): void => undefined;
  return {
    waits,
    pass: () => end(),
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waits.push(ms);
        end = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}

const never = new AbortController().signal;
const { sleep } = stoppedTime();
const fetchFrom = ({ url, caPem }: FakeLookupService, validators: Validators | null = null) =>
  createLookupService({ url, ca: caPem, sleep }).fetch(validators, never);

describe("Apple's lookup service", () => {
  it.each([false, true])("is read, compressed: %s", async (gzip) => {
    const fake = await service();
    fake.answer = listOf(sampleLookupService(), { gzip });
    const outcome = await fetchFrom(fake);
    expect(outcome).toMatchObject({ kind: "json", json: sampleLookupService() });
    expect(fake.requests[0]).toMatchObject({ accept: "application/json", "accept-encoding": "gzip" });
    expect(fake.requests[0]).not.toHaveProperty("if-none-match");
  });

  it.skipIf(realList() === undefined)("is read as it was on 2026-08-22 (needs ../shared/data)", async () => {
    const fake = await service();
    fake.answer = listOf(realList(), { gzip: true });
    expect(await fetchFrom(fake)).toMatchObject({ kind: "json", json: realList() });
  });

  it("is asked with what its last answer was marked with, and may say that nothing has changed", async () => {
    const fake = await service();
    const first = await fetchFrom(fake);
    const validators = first.kind === "json" ? first.validators : null;
    expect(validators).toEqual({
      etag: expect.stringMatching(/^"/) as string,
      lastModified: "Sat, 22 Aug 2026 18:00:00 GMT",
    });
    expect(await fetchFrom(fake, validators)).toEqual({ kind: "not-modified" });
    expect(fake.requests[1]).toMatchObject({
      "if-none-match": validators?.etag,
      "if-modified-since": validators?.lastModified,
    });
    fake.answer = listOf({ other: 1 });
    expect(await fetchFrom(fake, validators)).toMatchObject({ kind: "json", json: { other: 1 } });
  });

  it("may begin with a byte order mark, and name any charset", async () => {
    const fake = await service();
    fake.answer = body('\ufeff{"a":"é"}', { "content-type": "application/json; charset=iso-8859-1" });
    expect(await fetchFrom(fake)).toEqual({ kind: "json", json: { a: "é" }, validators: null });
  });

  it("has no validator that is longer than it may be", async () => {
    const fake = await service();
    fake.answer = body("{}", { etag: `"${"x".repeat(300)}"`, "last-modified": "today" });
    expect(await fetchFrom(fake)).toMatchObject({ validators: { etag: null, lastModified: "today" } });
  });

  it.each<[Fault, string, RegExp | string]>([
    ["an empty body", "not-json", "the answer is empty"],
    ["garbage", "not-json", "the answer is not JSON"],
    ["bytes that are not UTF-8", "not-json", "the answer is not UTF-8"],
    ["gzip that is none", "not-json", "the answer is no valid gzip"],
    ["gzip cut off", "not-json", "the answer is no valid gzip"],
    ["another compression", "not-json", "the answer is compressed in another way than gzip"],
    ["too large a body", "too-large", "more than 16777216 bytes"],
    ["a larger body announced", "too-large", "more than 16777216 bytes"],
    ["a gzip bomb", "too-large", "more than 16777216 bytes"],
    ["status 500", "status", "status 500"],
    ["status 403", "status", "status 403"],
    ["status 204", "status", "status 204"],
    ["status 304 unasked", "status", "status 304"],
    ["a redirect", "redirected", "status 302 to another address"],
    ["a cut in the middle", "cut-off", /.+/],
    ["a cut before the answer", "unreachable", "ECONNRESET"],
    ["no HTTP", "cut-off", /^HPE_/],
  ])("fails with %s: %s", async (fault, cause, detail) => {
    const fake = await service();
    fake.answer = FAULTS[fault];
    expect(await fetchFrom(fake)).toEqual({ kind: "failed", cause, detail: expect.stringMatching(detail) as string });
  });

  it.each<[Fault]>([["headers that never come"], ["a body that never ends"]])(
    "ends after 30 seconds in all with %s, and when it is told to stop",
    async (fault) => {
      const fake = await service();
      fake.answer = FAULTS[fault];
      const time = stoppedTime();
      const stop = new AbortController();
      const client = createLookupService({ url: fake.url, ca: fake.caPem, sleep: time.sleep });
      const slow = client.fetch(null, stop.signal);
      await fake.asked();
      time.pass();
      expect(await slow).toEqual({ kind: "failed", cause: "timed-out", detail: "no whole answer within 30 s" });
      expect(time.waits).toEqual([30_000]);
      const stopped = client.fetch(null, stop.signal);
      await fake.asked();
      stop.abort();
      expect(await stopped).toEqual({ kind: "stopped" });
      expect(await client.fetch(null, stop.signal)).toEqual({ kind: "stopped" });
    },
  );

  it("ends after 30 seconds where a connection is accepted and nothing follows", async () => {
    const accepted = Promise.withResolvers<void>();
    const mute = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      accepted.resolve();
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    toEnd.push(() => new Promise((resolve) => mute.close(resolve)));
    const time = stoppedTime();
    const url = `https://localhost:${(mute.address() as AddressInfo).port}/`;
    const outcome = createLookupService({ url, sleep: time.sleep }).fetch(null, never);
    await accepted.promise;
    time.pass();
    expect(await outcome).toMatchObject({ kind: "failed", cause: "timed-out" });
  });

  it.each<[string, LookupServiceOptions, string]>([
    ["of another authority", { authority: tlsAuthority("Another root") }, "SELF_SIGNED|UNABLE_TO_GET_ISSUER"],
    ["of one with the same name", { authority: tlsAuthority("Root of a test") }, "CERT_SIGNATURE_FAILURE"],
    ["for another name", { name: "gdmf.apple.com" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["that has expired", { days: -1 }, "CERT_HAS_EXPIRED"],
  ])("is not trusted with a certificate %s, whatever the environment says", async (_what, options, code) => {
    const fake = await service(options);
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    toEnd.push(() => {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    });
    const outcome = await fetchFrom({ ...fake, caPem: authority.rootPem });
    expect(outcome).toMatchObject({
      kind: "failed",
      cause: "untrusted",
      detail: expect.stringMatching(code) as string,
    });
    expect(fake.requests).toEqual([]);
  });

  it("trusts Apple's root alone, unless another is given", async () => {
    const fake = await service();
    const outcome = await createLookupService({ url: fake.url, sleep }).fetch(null, never);
    expect(outcome).toMatchObject({ kind: "failed", cause: "untrusted" });
  });

  it("is unreachable where nothing listens", async () => {
    const fake = await service();
    await toEnd.pop()?.();
    expect(await fetchFrom(fake)).toEqual({ kind: "failed", cause: "unreachable", detail: "ECONNREFUSED" });
  });
});

describe("the certificate of Apple's root", () => {
  it("is the one with this fingerprint, valid until 2035", () => {
    const { fingerprint256, subject, validTo } = new X509Certificate(appleRootCa());
    expect(fingerprint256.replaceAll(":", "")).toBe("B0B1730ECBC7FF4505142C49F1295E6EDA6BCAED7E2C68C5BE91B5A11001F024");
    expect(APPLE_ROOT_CA).toBe(fingerprint256.replaceAll(":", ""));
    expect([subject, validTo]).toEqual([expect.stringContaining("CN=Apple Root CA"), expect.stringContaining("2035")]);
  });

  it("is no other one, whatever stands in its file", () => {
    const folder = mkdtempSync(join(tmpdir(), "uptick-root-"));
    toEnd.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "root.pem");
    writeFileSync(file, authority.rootPem);
    expect(() => appleRootCa(pathToFileURL(file))).toThrow(/is not the certificate of Apple's root/);
  });
});
