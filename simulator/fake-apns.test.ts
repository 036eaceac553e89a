import { connect } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FakeApns, Push } from "./fake-apns.ts";
import { startFakeApns } from "./fake-apns.ts";
import { pushCertificate } from "./push-certificate.ts";

const topic = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const token = "ab".repeat(32);
const certificate = pushCertificate(topic);
const soon = String(Math.floor(Date.now() / 1000) + 3600);

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly body: { reason?: string; timestamp?: number };
}

describe("fake push service", () => {
  let apns: FakeApns;
  let session: ClientHttp2Session;
  beforeEach(async () => {
    apns = await startFakeApns();
    session = connect(apns.url, { ca: apns.caPem, cert: certificate.cert, key: certificate.key });
    session.on("error", () => undefined);
  });
  afterEach(async () => {
    session.destroy();
    await apns.close();
  });

  function push(change: Record<string, string> = {}, body: string = JSON.stringify({ mdm: "magic" })): Promise<Answer> {
    const headers = {
      ":method": "POST",
      ":path": `/3/device/${token}`,
      "apns-topic": topic,
      "apns-push-type": "mdm",
      "apns-expiration": soon,
      ...change,
    };
    return new Promise((resolve, reject) => {
      const stream = session.request(headers);
      let [status, id, text] = [0, "", ""];
      stream.on("response", (head) => {
        status = Number(head[":status"]);
        id = String(head["apns-id"]);
      });
      stream.on("data", (part: Buffer) => (text += part.toString()));
      stream.on("end", () => resolve({ status, id, body: text === "" ? {} : (JSON.parse(text) as Answer["body"]) }));
      stream.on("error", reject);
      stream.end(body);
    });
  }
  function ear(): { heard: Push[]; listener: ReturnType<FakeApns["listen"]> } {
    const heard: Push[] = [];
    return { heard, listener: apns.listen(token.toUpperCase(), (item) => heard.push(item)) };
  }

  it("takes a push and delivers it to the device that is online", async () => {
    const { heard, listener } = ear();
    listener.setOnline(true);
    const answer = await push({ "apns-id": "7E1A0A54-0000-4000-8000-000000000001" });
    expect(answer).toEqual({ status: 200, id: "7E1A0A54-0000-4000-8000-000000000001", body: {} });
    expect(heard).toEqual([{ topic, magic: "magic" }]);
    expect(apns.pushes).toMatchObject([{ token, topic, magic: "magic", status: 200, certificateUid: topic }]);
  });

  it("keeps only the last push for a device that is offline, and only until it expires", async () => {
    const { heard, listener } = ear();
    await push({}, JSON.stringify({ mdm: "first" }));
    await push({}, JSON.stringify({ mdm: "second" }));
    expect(heard).toEqual([]);
    listener.setOnline(true);
    await Promise.resolve();
    expect(heard.map((item) => item.magic)).toEqual(["second"]);
    listener.setOnline(false);
    await push({ "apns-expiration": "0" });
    await push({ "apns-expiration": "1000" });
    listener.setOnline(true);
    await Promise.resolve();
    expect(heard).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, string | undefined, number, string]>([
    ["a token it never gave", { ":path": `/3/device/${"cd".repeat(32)}` }, undefined, 400, "BadDeviceToken"],
    ["a token in capitals", { ":path": `/3/device/${token.toUpperCase()}` }, undefined, 400, "BadDeviceToken"],
    [
      "another topic than the certificate's",
      { "apns-topic": "com.apple.mgmt.other" },
      undefined,
      400,
      "TopicDisallowed",
    ],
    ["another push type", { "apns-push-type": "alert" }, undefined, 400, "InvalidPushType"],
    ["an odd priority", { "apns-priority": "7" }, undefined, 400, "BadPriority"],
    ["an expiration in milliseconds", { "apns-expiration": "1790000000000" }, undefined, 400, "BadExpirationDate"],
    ["another path", { ":path": "/3/devices" }, undefined, 404, "BadPath"],
    ["an empty body", {}, "", 400, "PayloadEmpty"],
    ["a body with more than mdm", {}, '{"mdm":"magic","aps":{}}', 400, "PayloadEmpty"],
    ["a body that is too large", {}, JSON.stringify({ mdm: "m".repeat(5000) }), 413, "PayloadTooLarge"],
  ])("refuses %s", async (_, change, body, status, reason) => {
    const { heard, listener } = ear();
    listener.setOnline(true);
    expect(await push(change, body)).toMatchObject({ status, body: { reason } });
    expect(heard).toEqual([]);
  });

  it("refuses a client without a certificate", async () => {
    ear();
    session.destroy();
    session = connect(apns.url, { ca: apns.caPem });
    expect(await push()).toMatchObject({ status: 403, body: { reason: "MissingProviderToken" } });
  });

  it("fails as scripted, for a token or for all, as often as told", async () => {
    const { heard, listener } = ear();
    listener.setOnline(true);
    apns.fail(token, { status: 410, reason: "Unregistered", timestamp: 1_790_000_000_000 });
    expect(await push()).toMatchObject({ status: 410, body: { reason: "Unregistered", timestamp: 1_790_000_000_000 } });
    apns.fail(token, undefined);
    apns.fail("*", { status: 503, reason: "ServiceUnavailable", times: 1 });
    expect(await push()).toMatchObject({ status: 503 });
    expect(await push()).toMatchObject({ status: 200 });
    expect(heard).toHaveLength(1);
  });

  it("says why it sends connections away", async () => {
    ear();
    await push();
    const reason = new Promise<string>((resolve) => {
      session.on("goaway", (_code, _last, opaque) => resolve(String(opaque)));
    });
    apns.goAway("Shutdown");
    expect(JSON.parse(await reason)).toEqual({ reason: "Shutdown" });
  });
});
