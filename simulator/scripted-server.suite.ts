import https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { SimDevice, SimDeviceOptions } from "./device.ts";
import { createDevice } from "./device.ts";
import type { Push, PushSource } from "./fake-apns.ts";
import { createScriptedDeclarations } from "./declarative/scripted-declarations.suite.ts";
import type { ScriptedDeclarations } from "./declarative/scripted-declarations.suite.ts";
import type { KindName } from "./kinds.ts";
import type { PlistDict } from "./plist.ts";
import { readPlist, text, writePlist } from "./plist.ts";
import { loopbackCertificate } from "./push-certificate.ts";
import type { ScriptedAuthority } from "./scripted-authority.suite.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { virtualTime } from "./virtual-time.ts";
import { createAuthority } from "./scripted-authority.suite.ts";

export const topic = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
export const challenge = "a-challenge";

export interface World {
  readonly url: string;
  readonly clock: VirtualTime;
  readonly authority: ScriptedAuthority;
  /** Every check-in message, in order. */
  readonly checkIns: PlistDict[];
  /** Every report to the command loop, in order, with the CN of the certificate it came with. */
  readonly reports: { readonly report: PlistDict; readonly body: Buffer; readonly certificate: string | undefined }[];
  /** The declarative part of the server. */
  readonly declarations: ScriptedDeclarations;
  /** Answers requests in place of the server's own way; undefined lets it be. */
  intercept:
    | ((request: IncomingMessage, body: PlistDict | undefined) => { status: number; body?: string } | "cut" | undefined)
    | undefined;
  caps: string;
  readonly apns: PushSource;
  profile(changes?: { mdm?: PlistDict; scep?: PlistDict; signed?: boolean }): Buffer;
  /** Queues a command for the device of this UDID or EnrollmentID, and pushes. */
  order(udid: string, command: PlistDict): string;
  /** A device that lives until the world is closed. */
  start(kind: KindName, options?: Partial<SimDeviceOptions>, profile?: Buffer): Player;
  stopListening(): Promise<void>;
  listenAgain(): Promise<void>;
  close(): Promise<void>;
}

/** One running device and what a test does with it. */
export interface Player {
  readonly device: SimDevice;
  /** Queues a command, pushes, and waits for its answer. NotNow answers are waited out. */
  ask(command: PlistDict): Promise<PlistDict>;
  /** Queues a command and pushes. */
  send(command: PlistDict): string;
  /** Waits until the device noted an event of this name that was not waited for yet. */
  happened(what: string): Promise<void>;
  push(): void;
}

/** What a message names its device by. */
const nameIn = (message: PlistDict): string => text(message, "UDID") ?? text(message, "EnrollmentID") ?? "";

const tls = loopbackCertificate("Test server");

/** A server of the tests' own on the loopback: SCEP, check-in, and one queue per device; and a clock that jumps. */
export async function startWorld(): Promise<World> {
  const authority = createAuthority({ challenge });
  const clock = virtualTime({ start: Date.UTC(2026, 7, 22, 8), end: Date.UTC(2026, 11, 24) });
  const queues = new Map<string, { uuid: string; bytes: Buffer; skipped: boolean }[]>();
  const bootstrapTokens = new Map<string, Buffer>();
  const waiting = new Map<string, (report: PlistDict) => void>();
  const ears = new Map<string, (push: Push) => void>();
  const stop = new AbortController();
  const lives: Promise<void>[] = [];
  let port = 0;
  let commands = 0;

  function checkIn(message: PlistDict): Buffer {
    world.checkIns.push(message);
    const udid = nameIn(message);
    if (text(message, "MessageType") === "SetBootstrapToken")
      bootstrapTokens.set(udid, message["BootstrapToken"] as Buffer);
    const token = bootstrapTokens.get(udid);
    const asked = text(message, "MessageType") === "GetBootstrapToken" && token !== undefined;
    return asked ? writePlist({ BootstrapToken: token }) : Buffer.alloc(0);
  }

  function report(message: PlistDict): Buffer {
    const queue = queues.get(nameIn(message)) ?? [];
    const [status, uuid] = [text(message, "Status"), text(message, "CommandUUID")];
    if (status === "Idle") for (const item of queue) item.skipped = false;
    const at = queue.findIndex((item) => item.uuid === uuid);
    const item = queue[at];
    if (item !== undefined && status === "NotNow") item.skipped = true;
    else if (item !== undefined) queue.splice(at, 1);
    if (uuid !== undefined && status !== "NotNow") {
      waiting.get(uuid)?.(message);
      waiting.delete(uuid);
    }
    return queue.find((candidate) => !candidate.skipped)?.bytes ?? Buffer.alloc(0);
  }

  function handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "https://localhost");
    const plist = request.method === "PUT" ? readPlist(body) : undefined;
    const other = world.intercept?.(request, plist);
    if (other === "cut") return void request.socket.destroy();
    if (other !== undefined) return void response.writeHead(other.status).end(other.body);
    if (url.pathname === "/scep") {
      const operation = url.searchParams.get("operation");
      if (operation === "GetCACaps") return void response.end(world.caps);
      if (operation === "GetCACert") {
        return void response.setHeader("content-type", "application/x-x509-ca-cert").end(authority.certificate.raw);
      }
      const message = request.method === "POST" ? body : Buffer.from(url.searchParams.get("message") ?? "", "base64");
      return void response.setHeader("content-type", "application/x-pki-message").end(authority.answer(message));
    }
    const certificate = (request.socket as TLSSocket).getPeerX509Certificate();
    if (plist === undefined || certificate === undefined || !certificate.verify(authority.certificate.publicKey)) {
      return void response.writeHead(403).end();
    }
    if (request.headers["content-type"] === "application/x-apple-aspen-mdm-checkin") {
      const json = world.declarations.answer(plist);
      if (json !== undefined) return void response.writeHead(json.status).end(json.body);
      return void response.end(checkIn(plist));
    }
    world.reports.push({ report: plist, body, certificate: certificate.subject ?? "" });
    response.end(report(plist));
  }

  const server = https.createServer(
    { cert: tls.cert, key: tls.key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        try {
          handle(request, Buffer.concat(parts), response);
        } catch (error) {
          response.writeHead(500).end(String(error));
        }
      });
    },
  );
  const listen = (): Promise<void> => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stopListening = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  await listen();
  port = (server.address() as AddressInfo).port;
  const url = `https://127.0.0.1:${port}`;

  const world: World = {
    url,
    clock,
    authority,
    checkIns: [],
    reports: [],
    declarations: createScriptedDeclarations(clock),
    intercept: undefined,
    caps: "POSTPKIOperation\nSHA-256\nSHA-1\nAES\nDES3\nSCEPStandard\nRenewal\n",
    apns: {
      listen(tokenHex, callback) {
        let online = false;
        ears.set(tokenHex, (push) => {
          if (online) callback(push);
        });
        return {
          setOnline(now) {
            online = now;
          },
          close: () => void ears.delete(tokenHex),
        };
      },
    },
    profile(changes = {}) {
      const plain = writePlist(profileDict(url, tls.cert, authority, changes));
      return changes.signed === false ? plain : authority.sign(plain);
    },
    start(kind, options = {}, profile = world.profile()) {
      const seen: string[] = [];
      const awaited: { what: string; resolve: () => void }[] = [];
      const device = createDevice(kind, {
        seed: 7,
        index: 0,
        clock,
        apns: world.apns,
        ...options,
        log(line) {
          const at = awaited.findIndex((item) => item.what === line.what);
          if (at < 0) seen.push(line.what);
          else awaited.splice(at, 1)[0]?.resolve();
        },
      });
      lives.push(device.run(profile, stop.signal));
      return player(device, seen, awaited);
    },
    order(udid, command) {
      const uuid = `command-${++commands}`;
      const queue = queues.get(udid) ?? [];
      queues.set(udid, queue);
      queue.push({ uuid, bytes: writePlist({ CommandUUID: uuid, Command: command }), skipped: false });
      pushTo(udid);
      return uuid;
    },
    stopListening,
    listenAgain: listen,
    async close() {
      stop.abort();
      await Promise.all(lives);
      if (server.listening) await stopListening();
    },
  };

  function pushTo(udid: string): void {
    const update = world.checkIns.findLast(
      (message) => message["MessageType"] === "TokenUpdate" && nameIn(message) === udid,
    );
    if (update === undefined) return;
    ears.get((update["Token"] as Buffer).toString("hex"))?.({ topic, magic: String(text(update, "PushMagic")) });
  }

  function player(device: SimDevice, seen: string[], awaited: { what: string; resolve: () => void }[]): Player {
    const push = (): void => pushTo(device.udid);
    const send = (command: PlistDict): string => world.order(device.udid, command);
    return {
      device,
      push,
      send,
      ask: (command) => new Promise((resolve) => waiting.set(send(command), resolve)),
      happened(what) {
        const at = seen.indexOf(what);
        if (at >= 0) {
          seen.splice(at, 1);
          return Promise.resolve();
        }
        return new Promise((resolve) => awaited.push({ what, resolve }));
      },
    };
  }

  return world;
}

function profileDict(
  url: string,
  rootPem: string,
  authority: ScriptedAuthority,
  changes: { mdm?: PlistDict; scep?: PlistDict },
): PlistDict {
  const payload = (type: string, name: string): PlistDict => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `test.${name}`,
    PayloadUUID: `uuid-${name}`,
  });
  return {
    ...payload("Configuration", "profile"),
    PayloadContent: [
      { ...payload("com.apple.security.pem", "root"), PayloadContent: Buffer.from(rootPem) },
      {
        ...payload("com.apple.security.scep", "scep"),
        PayloadContent: {
          URL: `${url}/scep`,
          Challenge: challenge,
          Subject: [[["O", "Uptick"]], [["CN", "Device"]]],
          Keysize: 2048,
          "Key Usage": 5,
          CAFingerprint: Buffer.from(authority.certificate.fingerprint256.replaceAll(":", ""), "hex"),
          ...changes.scep,
        },
      },
      {
        ...payload("com.apple.mdm", "mdm"),
        IdentityCertificateUUID: "uuid-scep",
        Topic: topic,
        ServerURL: `${url}/mdm?e=1`,
        CheckInURL: `${url}/checkin?e=1`,
        AccessRights: 8191,
        CheckOutWhenRemoved: true,
        ServerCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"],
        ...changes.mdm,
      },
    ],
  };
}
