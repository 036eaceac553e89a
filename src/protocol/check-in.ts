/** Check-in messages: what a device tells about its enrollment. */
import { UptickError } from "../errors/index.ts";
import { type DeviceIdentity, IDENTITY_KEYS, readIdentity } from "./device-identity.ts";
import { type ReadableKind, type ReadValue, takeAs } from "./plist/dict-reader.ts";
import { parsePlist } from "./plist/parse.ts";
import { isDict, type PlistDict, type PlistValue } from "./plist/value.ts";
import { redactDict, redactMessage } from "./redact.ts";

interface Message {
  readonly who: DeviceIdentity;
  /** Every other key, secrets cut out: those we don't know, and optional ones of an unexpected type. */
  readonly extra: PlistDict;
  /** The bytes as received. They may hold secrets: use them, don't keep them. */
  readonly raw: Uint8Array;
  /** The same property list without its secrets, for keeping; equals `raw` byte for byte where there were none. XML where `raw` is binary. */
  readonly redacted: Uint8Array;
}

/**
 * A device enrolls, or renews its identity. Source: mdm/checkin/authenticate.yaml.
 * Looser: the names macOS must send are optional here, since other platforms leave them out.
 */
export interface Authenticate extends Message {
  readonly messageType: "Authenticate";
  readonly topic: string;
  readonly deviceName?: string;
  readonly modelName?: string;
  readonly model?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly productName?: string;
  readonly serialNumber?: string;
  readonly imei?: string;
  readonly meid?: string;
}

/** How to reach the device by push. Source: mdm/checkin/tokenupdate.yaml. */
export interface TokenUpdate extends Message {
  readonly messageType: "TokenUpdate";
  readonly topic: string;
  /** APNs token, binary. Secret. */
  readonly token: Uint8Array;
  /** Secret; may change with every TokenUpdate. */
  readonly pushMagic: string;
  /** Secret. Absent on later updates, which does not take the earlier one back. */
  readonly unlockToken?: Uint8Array;
  /** True while the device waits in Setup Assistant for DeviceConfigured. */
  readonly awaitingConfiguration?: boolean;
  /** macOS user channel only. */
  readonly notOnConsole?: boolean;
}

/** The profile was removed. Source: mdm/checkin/checkout.yaml. Looser: sent once and best effort, so Topic may be absent. */
export interface CheckOut extends Message {
  readonly messageType: "CheckOut";
  readonly topic?: string;
}

/** A Mac escrows its bootstrap token. Source: mdm/checkin/setbootstraptoken.yaml. */
export interface SetBootstrapToken extends Message {
  readonly messageType: "SetBootstrapToken";
  /** Secret. Absent or empty: forget the one that is stored. */
  readonly bootstrapToken?: Uint8Array;
  readonly awaitingConfiguration?: boolean;
}

/** A Mac asks for its bootstrap token. Source: mdm/checkin/getbootstraptoken.yaml. */
export interface GetBootstrapToken extends Message {
  readonly messageType: "GetBootstrapToken";
  readonly awaitingConfiguration?: boolean;
}

/** A device syncs its declarations, or reports status. Source: mdm/checkin/declarativemanagement.yaml. */
export interface DeclarativeManagement extends Message {
  readonly messageType: "DeclarativeManagement";
  /** As sent; see `parseEndpoint`. */
  readonly endpoint: string;
  /** The JSON of a status report. It may hold secrets, as `raw` does: see `readStatusReport`. */
  readonly data?: Uint8Array;
}

/** Any other message, by name: UserAuthenticate, GetToken, … and what later releases bring. */
export interface OtherCheckin extends Message {
  readonly messageType: "other";
  /** The MessageType as sent. */
  readonly name: string;
}

export type Checkin =
  | Authenticate
  | TokenUpdate
  | CheckOut
  | SetBootstrapToken
  | GetBootstrapToken
  | DeclarativeManagement
  | OtherCheckin;

/**
 * Reads one check-in message. Unknown message types and keys are kept.
 * @throws UptickError `plist-invalid`, `plist-too-large`, or `message-invalid` naming the required key that is missing or of
 * another type
 */
export function decodeCheckin(bytes: Uint8Array): Checkin {
  const value = parsePlist(bytes);
  if (!isDict(value)) throw new UptickError("message-invalid", "A check-in message is not a dictionary.");
  const keys = new Keys(value);
  const name = keys.required("string", "MessageType");
  keys.where = name;
  const who = readIdentity(value, name);
  for (const key of Object.values(IDENTITY_KEYS)) keys.optional("string", key);
  const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  const own: Own<Checkin> = decode === undefined ? { messageType: "other", name } : decode(keys);
  return { ...own, who, extra: redactDict(keys.rest), raw: bytes, redacted: redactMessage(bytes, value) };
}

/** Whether these bytes are a check-in message: only those have a MessageType. False for what can't be read. */
export function isCheckin(bytes: Uint8Array): boolean {
  try {
    const value = parsePlist(bytes);
    return isDict(value) && value.has("MessageType");
  } catch {
    return false;
  }
}

/** Each message without what all have in common. */
type Own<M> = M extends Checkin ? Omit<M, keyof Message> : never;

const decoders: Readonly<Record<string, (keys: Keys) => Own<Checkin>>> = {
  Authenticate: (keys) => ({
    messageType: "Authenticate",
    topic: keys.required("string", "Topic"),
    ...keys.some("string", {
      deviceName: "DeviceName",
      modelName: "ModelName",
      model: "Model",
      osVersion: "OSVersion",
      buildVersion: "BuildVersion",
      productName: "ProductName",
      serialNumber: "SerialNumber",
      imei: "IMEI",
      meid: "MEID",
    }),
  }),
  TokenUpdate: (keys) => ({
    messageType: "TokenUpdate",
    topic: keys.required("string", "Topic"),
    token: keys.required("data", "Token"),
    pushMagic: keys.required("string", "PushMagic"),
    ...keys.some("data", { unlockToken: "UnlockToken" }),
    ...keys.some("boolean", { awaitingConfiguration: "AwaitingConfiguration", notOnConsole: "NotOnConsole" }),
  }),
  CheckOut: (keys) => ({ messageType: "CheckOut", ...keys.some("string", { topic: "Topic" }) }),
  SetBootstrapToken: (keys) => ({
    messageType: "SetBootstrapToken",
    // Absence means "forget it", so a value of another type must not be taken for absence.
    ...keys.typed("data", { bootstrapToken: "BootstrapToken" }),
    ...keys.some("boolean", { awaitingConfiguration: "AwaitingConfiguration" }),
  }),
  GetBootstrapToken: (keys) => ({
    messageType: "GetBootstrapToken",
    ...keys.some("boolean", { awaitingConfiguration: "AwaitingConfiguration" }),
  }),
  DeclarativeManagement: (keys) => ({
    messageType: "DeclarativeManagement",
    endpoint: keys.required("string", "Endpoint"),
    // A report of another type must not pass for none.
    ...keys.typed("data", { data: "Data" }),
  }),
};

/** The keys of a message; what has been taken is no longer in `rest`. */
class Keys {
  readonly rest: Map<string, PlistValue>;
  where = "check-in message";

  constructor(dict: PlistDict) {
    this.rest = new Map(dict);
  }

  required<K extends ReadableKind>(kind: K, key: string): ReadValue<K> {
    const value = this.optional(kind, key);
    if (value !== undefined && value !== "") return value;
    const there = this.rest.has(key) ? `is not ${kind}` : "is missing or empty";
    throw new UptickError("message-invalid", `${this.where}: the required key ${key} ${there}.`);
  }

  optional<K extends ReadableKind>(kind: K, key: string): ReadValue<K> | undefined {
    const value = this.rest.get(key);
    const taken = value === undefined ? undefined : takeAs(kind, value);
    if (taken !== undefined) this.rest.delete(key);
    return taken;
  }

  /** The optional keys that are there and of the kind; a value of another kind stays in `rest`. */
  some<K extends ReadableKind, F extends string>(kind: K, fields: Record<F, string>): { [P in F]?: ReadValue<K> } {
    const found: { [P in F]?: ReadValue<K> } = {};
    for (const field in fields) {
      const value = this.optional(kind, fields[field]);
      if (value !== undefined) found[field] = value;
    }
    return found;
  }

  /** As `some`, but a value of another kind throws. */
  typed<K extends ReadableKind, F extends string>(kind: K, fields: Record<F, string>): { [P in F]?: ReadValue<K> } {
    const found = this.some(kind, fields);
    for (const field in fields) if (this.rest.has(fields[field])) this.required(kind, fields[field]);
    return found;
  }
}
