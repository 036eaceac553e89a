/**
 * A device driven by hand: it says exactly what the test lets it say and gives back what the server answered. Made of the
 * simulator's pieces (SCEP, mutual TLS, property lists), so it shares nothing with the server.
 */
import { createHash, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import forge from "node-forge";
import {
  beginTransaction,
  createTransport,
  type DeviceIdentity,
  type EnrollmentProfile,
  type HttpReply,
  isDict,
  list,
  type PlistDict,
  readPlist,
  readProfile,
  requestIdentity,
  scaledClock,
  text,
  type Transport,
  writePlist,
} from "../../simulator/index.ts";
import type { Uptick } from "./uptick.ts";

export const CHECKIN = "application/x-apple-aspen-mdm-checkin";
export const CONNECT = "application/x-apple-aspen-mdm; charset=UTF-8";

/** A command as it reached the device. */
export interface Received {
  readonly uuid: string;
  readonly requestType: string;
  /** The Command dictionary. */
  readonly body: PlistDict;
  readonly bytes: Buffer;
}

/** What the server answered; `command` where the answer is one. */
export interface Reply extends HttpReply {
  readonly command: Received | undefined;
}

/**
 * What the device says to a command of a kind: keys of its answer. `Status` is Acknowledged unless it stands there;
 * undefined: it says nothing and the session ends.
 */
export type Says = PlistDict | undefined | ((command: Received) => PlistDict | undefined);

export interface Secrets {
  readonly token: Buffer;
  readonly magic: string;
  readonly unlock: Buffer;
}

export interface Device {
  readonly udid: string;
  readonly serial: string;
  readonly profile: EnrollmentProfile;
  readonly identity: DeviceIdentity | undefined;
  /** SHA-256 of its certificate, lower-case hexadecimal; empty without one. */
  readonly fingerprint: string;
  readonly secrets: Secrets;
  /** What it answers to DeviceInformation; change it and it has changed. */
  facts: PlistDict;
  /** A check-in message; Topic and UDID are its own unless the message says others. */
  checkIn(message: PlistDict): Promise<Reply>;
  authenticate(): Promise<Reply>;
  tokenUpdate(extra?: PlistDict): Promise<Reply>;
  /** One report on the connect endpoint. */
  poll(status?: string, extra?: PlistDict): Promise<Reply>;
  /** Answers a command; Acknowledged unless `keys` has another Status. */
  answer(command: Received, keys?: PlistDict): Promise<Reply>;
  /** These very bytes. */
  put(body: Buffer | string, contentType: string): Promise<Reply>;
  /** Idle, then an answer to every command until there is none; gives the commands in the order in which they came. */
  session(says?: Readonly<Record<string, Says>>): Promise<Received[]>;
  close(): void;
}

export interface DeviceOptions {
  readonly udid?: string;
  readonly serial?: string;
  readonly facts?: PlistDict;
  /** Default: new ones. */
  readonly secrets?: Secrets;
  /** Default: a new one, for one use. */
  readonly profile?: EnrollmentProfile;
  /** Default: a new one, by SCEP with the profile's challenge. "none": it shows no certificate. */
  readonly identity?: DeviceIdentity | "none";
  /** False: it acknowledges the DeclarativeManagement command. Default: it answers with an error, as if it had no such thing. */
  readonly refusesDeclarations?: boolean;
  /** How it proves its identity. Default: the TLS handshake. */
  readonly proof?: "tls" | "rfc-9440" | "escaped-pem" | "signature";
}

/** A supervised iPhone on 26.5, for which 26.6.1 is in the sample catalog. */
export const IPHONE: PlistDict = {
  OSVersion: "26.5",
  BuildVersion: "23F77",
  ProductName: "iPhone15,2",
  ModelName: "iPhone",
  IsSupervised: true,
  TimeZone: "UTC",
};

/** A profile as an admin gets it. */
export async function newProfile(uptick: Uptick, uses = 1): Promise<EnrollmentProfile> {
  const { profile } = await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses });
  return readProfile(profile);
}

const realTime = scaledClock({ start: 0, factor: 1 });

/** An identity certificate by SCEP. Rejects with ScepRefused when the server says no. */
export async function newIdentity(profile: EnrollmentProfile): Promise<DeviceIdentity> {
  const ending = new AbortController();
  const transport = createTransport(realTime, ending.signal);
  transport.trust(profile.roots);
  try {
    const transaction = await beginTransaction(profile.scep, realTime);
    return await requestIdentity({ payload: profile.scep, transaction, transport, old: false });
  } finally {
    transport.disconnect();
    ending.abort();
  }
}

/** A device that has its identity and has said nothing yet. */
export async function newDevice(uptick: Uptick, options: DeviceOptions = {}): Promise<Device> {
  const profile = options.profile ?? (await newProfile(uptick));
  const identity = options.identity === "none" ? undefined : (options.identity ?? (await newIdentity(profile)));
  const udid = options.udid ?? randomUUID().toUpperCase();
  const serial = options.serial ?? `T${randomBytes(5).toString("hex").toUpperCase()}`;
  const secrets: Secrets = options.secrets ?? {
    token: randomBytes(32),
    magic: randomUUID().toUpperCase(),
    unlock: randomBytes(200),
  };
  const transport: Transport = createTransport(realTime, new AbortController().signal);
  transport.trust(profile.roots);
  const proof = identity === undefined ? undefined : proofBy(options.proof ?? "tls", identity);
  if (identity !== undefined && proof === undefined) {
    transport.identify({ cert: identity.certificate, key: identity.key });
  }
  const listener = uptick.apns.listen(secrets.token.toString("hex"), () => undefined);
  listener.setOnline(true);
  const close = (): void => {
    listener.close();
    transport.disconnect();
  };
  uptick.atClose(close);

  async function put(given: Buffer | string, contentType: string): Promise<Reply> {
    const url = profile.mdm.serverUrl;
    const body = Buffer.from(given);
    const headers = { "content-type": contentType, ...proof?.(body) };
    const reply = await transport.request({ method: "PUT", url, headers, body });
    return { ...reply, command: commandIn(reply) };
  }

  const device: Device = {
    udid,
    serial,
    profile,
    identity,
    fingerprint: identity === undefined ? "" : fingerprintOf(identity),
    secrets,
    facts: options.facts ?? IPHONE,
    put,
    checkIn: (message) => put(writePlist({ Topic: profile.mdm.topic, UDID: udid, ...message }), CHECKIN),
    authenticate: () => {
      const { OSVersion, BuildVersion, ProductName } = device.facts;
      return device.checkIn({
        MessageType: "Authenticate",
        SerialNumber: serial,
        OSVersion,
        BuildVersion,
        ProductName,
      });
    },
    tokenUpdate: (extra = {}) =>
      device.checkIn({ MessageType: "TokenUpdate", Token: secrets.token, PushMagic: secrets.magic, ...extra }),
    poll: (status = "Idle", extra = {}) => put(writePlist({ UDID: udid, Status: status, ...extra }), CONNECT),
    answer: (command, keys = {}) => device.poll("Acknowledged", { CommandUUID: command.uuid, ...keys }),
    async session(says = {}) {
      const seen: Received[] = [];
      let reply = await device.poll();
      for (;;) {
        if (reply.status !== 200) throw new Error(`a session was answered ${reply.status}`);
        const { command } = reply;
        if (command === undefined) return seen;
        if (seen.push(command) > MOST_IN_A_SESSION) throw new Error("a session without end");
        const known = { ...usual, ...says };
        const say: Says = Object.hasOwn(known, command.requestType) ? known[command.requestType] : { Status: "Error" };
        const keys = typeof say === "function" ? say(command) : say;
        if (keys === undefined) return seen;
        reply = await device.answer(command, keys);
      }
    },
    close,
  };

  /** What any device can say. */
  const usual: Readonly<Record<string, Says>> = {
    DeviceInformation: ({ body }) => {
      const asked = list(body, "Queries") ?? [];
      const known = Object.entries(device.facts).filter(([name]) => asked.includes(name));
      return { QueryResponses: Object.fromEntries(known) };
    },
    SecurityInfo: { SecurityInfo: { PasscodePresent: false } },
    DeviceConfigured: {},
    ...(options.refusesDeclarations === false ? { DeclarativeManagement: {} } : {}),
  };
  return device;
}

const MOST_IN_A_SESSION = 50;

/** A device that is enrolled, and of which the server knows what it asks of every device. */
export async function enrolDevice(uptick: Uptick, options: DeviceOptions = {}): Promise<Device> {
  const device = await newDevice(uptick, options);
  for (const reply of [await device.authenticate(), await device.tokenUpdate()]) {
    if (reply.status !== 200) throw new Error(`the enrollment was answered ${reply.status}`);
  }
  await device.session();
  return device;
}

/** How a device proves who it is; undefined: by the TLS handshake. Each header is written by nothing of the server's. */
function proofBy(
  proof: NonNullable<DeviceOptions["proof"]>,
  { certificate, key }: DeviceIdentity,
): ((body: Buffer) => Record<string, string>) | undefined {
  switch (proof) {
    case "tls":
      return undefined;
    case "rfc-9440":
      return () => ({ "client-cert": `:${new X509Certificate(certificate).raw.toString("base64")}:` });
    case "escaped-pem":
      return () => ({ "client-cert": encodeURIComponent(certificate) });
    case "signature":
      return (body) => ({ "mdm-signature": detachedSignature(body, certificate, key) });
  }
}

/** A detached CMS signature with the attributes that devices sign, in base64. */
export function detachedSignature(body: Buffer, certificate: string, key: string): string {
  const message = forge.pkcs7.createSignedData();
  message.content = forge.util.createBuffer(body.toString("binary"));
  message.addCertificate(certificate);
  message.addSigner({
    key,
    certificate,
    digestAlgorithm: forge.pki.oids["sha256"] ?? "",
    authenticatedAttributes: [
      { type: forge.pki.oids["contentType"] ?? "", value: forge.pki.oids["data"] ?? "" },
      { type: forge.pki.oids["messageDigest"] ?? "" },
      { type: forge.pki.oids["signingTime"] ?? "" },
    ],
  });
  message.sign({ detached: true });
  return Buffer.from(forge.asn1.toDer(message.toAsn1()).getBytes(), "binary").toString("base64");
}

/** The same device once it has done what a renewal asks of it: an identity by SCEP with the challenge in the profile it was sent. */
export async function renewedDevice(uptick: Uptick, device: Device, command: Received): Promise<Device> {
  const payload = command.body["Payload"];
  if (!Buffer.isBuffer(payload)) throw new Error("the command has no profile");
  const { udid, serial, secrets, facts } = device;
  return newDevice(uptick, { udid, serial, secrets, facts, profile: readProfile(payload) });
}

/** What was asked, in order. */
export const typesOf = (commands: readonly Received[]): string[] => commands.map(({ requestType }) => requestType);

const fingerprintOf = ({ certificate }: DeviceIdentity): string =>
  createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex");

function commandIn(reply: HttpReply): Received | undefined {
  // The answers of declarative management are JSON.
  if (reply.status !== 200 || reply.body.length === 0 || reply.body[0] === 0x7b) return undefined;
  const envelope = readPlist(reply.body);
  const body = envelope["Command"];
  const uuid = text(envelope, "CommandUUID");
  if (uuid === undefined || !isDict(body)) return undefined;
  return { uuid, requestType: text(body, "RequestType") ?? "", body, bytes: reply.body };
}
