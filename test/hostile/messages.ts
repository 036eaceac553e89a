/** Valid messages to begin from, written by the simulator's writer and by node-forge: nothing of the server's. */
import { randomBytes, X509Certificate } from "node:crypto";
import { type PlistDict, pushCertificate, readPlist, Real, writePlist } from "../../simulator/index.ts";
import { NOW, rsaKey, serial, testAuthority } from "../../src/identity/authority.suite.ts";
import { type Authority, issueIdentity } from "../../src/identity/index.ts";
import { spkiOf } from "../../src/identity/keys.ts";
import { makeCsr, makeEnvelope, makePkiOperation, makeTemporary } from "../../src/identity/scep/forge-client.suite.ts";
import type { PlistValue } from "../../src/protocol/index.ts";
import { writeBinary } from "../../src/protocol/plist/binary-writer.suite.ts";
import { detachedSignature } from "../support/device.ts";

/** Whose messages these are; and the command that reports answer. */
export const UDID = "00008101-000A11112222001E";
export const COMMAND = "C-1";
/** Stands in every secret of these messages; long enough to be found by chance nowhere. */
export const SECRET = "a-secret-that-nobody-may-see-0123456789";

const report = (keys: PlistDict): Buffer => writePlist({ UDID, Status: "Acknowledged", CommandUUID: COMMAND, ...keys });

export const CHECKINS: readonly Buffer[] = [
  {
    MessageType: "Authenticate",
    SerialNumber: "T1",
    OSVersion: "26.5",
    ProductName: "iPhone15,2",
    DeviceName: "Zoë’s 📱",
  },
  { MessageType: "TokenUpdate", Token: Buffer.from(SECRET), PushMagic: SECRET, UnlockToken: Buffer.from(SECRET) },
  {
    MessageType: "TokenUpdate",
    Token: randomBytes(32),
    PushMagic: "m",
    UserID: "U",
    UserShortName: "u",
    NotOnConsole: false,
  },
  { MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from(SECRET), AwaitingConfiguration: true },
  { MessageType: "SetBootstrapToken", BootstrapToken: Buffer.alloc(0) },
  { MessageType: "GetBootstrapToken" },
  { MessageType: "UserAuthenticate", UserID: "U", UserShortName: "u" },
  { MessageType: "CheckOut" },
  { MessageType: "GetToken", TokenServiceType: "com.apple.maid" },
  { MessageType: "DeclarativeManagement", Endpoint: "tokens", Data: Buffer.from('{"a":1}') },
  {
    MessageType: "DeclarativeManagement",
    Endpoint: "status",
    Data: Buffer.from(
      JSON.stringify({
        StatusItems: { mdm: { "push-token": SECRET, "push-magic": SECRET }, a: { b: [1] } },
        Errors: [],
      }),
    ),
  },
].map((keys) => writePlist({ UDID, Topic: "com.apple.mgmt.External.test", ...keys }));

export const REPORTS: readonly Buffer[] = [
  writePlist({ UDID, Status: "Idle" }),
  report({ Status: "NotNow" }),
  report({ Status: "CommandFormatError" }),
  writePlist({ UDID, UserID: "U", UserShortName: "u", NotOnConsole: true, Status: "Idle" }),
  report({
    QueryResponses: {
      OSVersion: "26.5",
      BuildVersion: "23F77",
      IsSupervised: true,
      BatteryLevel: new Real(0.5),
      DeviceName: "é",
    },
  }),
  report({ SecurityInfo: { PasscodePresent: true, FDE_PersonalRecoveryKeyCMS: Buffer.from(SECRET) } }),
  report({
    OSUpdateStatus: [
      { ProductKey: "k", Status: "Downloading", IsDownloaded: false, DownloadPercentComplete: new Real(0.25) },
    ],
  }),
  report({
    AvailableOSUpdates: [
      {
        HumanReadableName: "iOS 26.6.1",
        Version: "26.6.1",
        Build: "23G83",
        DownloadSize: 1,
        IsCritical: false,
        AppIdentifiersToClose: ["a"],
      },
    ],
  }),
  report({ UpdateResults: [{ ProductKey: "k", InstallAction: "InstallASAP", Status: "Installing" }] }),
  report({ ScanInitiated: true }),
  report({
    Status: "Error",
    ErrorChain: [{ ErrorCode: 12057, ErrorDomain: "MCMDMErrorDomain", USEnglishDescription: "no" }],
  }),
  report({ ProfileList: [{ PayloadContent: [{ Password: SECRET, Challenge: SECRET }] }] }),
];

/** A profile with a secret as data in a command. */
const profile = writePlist({ PayloadContent: [{ PayloadType: "com.apple.security.scep", Challenge: SECRET }] });
export const COMMANDS: readonly Buffer[] = [
  {
    RequestType: "ScheduleOSUpdate",
    Updates: [{ InstallAction: "InstallASAP", ProductVersion: "26.6.1", MaxUserDeferrals: 3 }],
  },
  { RequestType: "DeviceInformation", Queries: ["OSVersion", "BuildVersion"] },
  { RequestType: "InstallProfile", Payload: profile },
  { RequestType: "DeviceLock", PIN: SECRET, Message: "hello" },
  { RequestType: "ScheduleOSUpdateScan", Force: true },
].map((Command) => writePlist({ CommandUUID: COMMAND, Command }));

/** The same message as a binary property list. */
export const inBinary = (message: Buffer): Buffer => writeBinary(valueOf(readPlist(message)));

function valueOf(value: unknown): PlistValue {
  if (typeof value === "string" || typeof value === "boolean" || value instanceof Date) return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : { real: value };
  if (value instanceof Real) return { real: value.value };
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(valueOf);
  return new Map(Object.entries(value as object).map(([key, one]) => [key, valueOf(one)]));
}

export interface IdentityMessages {
  readonly authority: Authority;
  readonly certificates: readonly Uint8Array[];
  readonly requests: readonly Uint8Array[];
  readonly envelopes: readonly Uint8Array[];
  readonly operations: readonly Uint8Array[];
  readonly body: Buffer;
  /** Values of Mdm-Signature over `body`. */
  readonly signatures: readonly string[];
  /** Values of Client-Cert. */
  readonly headers: readonly string[];
  readonly pushPem: string;
}

/** Made with new keys each time. */
export async function identityMessages(): Promise<IdentityMessages> {
  const [authority, { privateKey, publicKey }] = [await testAuthority(), rsaKey()];
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const own = await issueIdentity({
    authority,
    publicKey: spkiOf(publicKey),
    subject: "Device 1",
    serial: serial(),
    notBefore: NOW,
    notAfter: NOW + 1e9,
  });
  const temporary = makeTemporary(privateKey);
  const csr = makeCsr(privateKey, "a challenge");
  const recipient = authority.certificateDer;
  const operation = { csr, certificate: temporary, key: privateKey, recipient } as const;
  const body = REPORTS[0] ?? Buffer.alloc(0);
  const pem = new X509Certificate(own).toString();
  return {
    authority,
    certificates: [own, temporary, recipient],
    requests: [csr, makeCsr(privateKey, undefined)],
    envelopes: [makeEnvelope(csr, recipient, "aes128-CBC"), makeEnvelope(csr, recipient, "des-EDE3-CBC")],
    operations: [makePkiOperation(operation), makePkiOperation({ ...operation, indefinite: true, digest: "sha1" })],
    body,
    signatures: [detachedSignature(body, pem, keyPem)],
    headers: [`:${Buffer.from(own).toString("base64")}:`, encodeURIComponent(pem)],
    pushPem: pushCertificate("com.apple.mgmt.External.test").pem,
  };
}
