/**
 * The profile that enrolls a device. Source: mdm/profiles/com.apple.mdm.yaml, com.apple.security.scep.yaml.
 * Topic, ServerURL and capabilities can't be changed under an enrolled device, and rights can't be added later.
 */
import { type PlistValue, writeXmlPlist } from "../../protocol/index.ts";

export interface ProfileInput {
  /** https origin of the MDM endpoint, without a path. */
  readonly publicUrl: string;
  readonly topic: string;
  readonly organization: string;
  readonly accessRights: number;
  readonly challenge: string;
  /** Devices sign every message, so that they are known behind a proxy that ends TLS. */
  readonly signMessages: boolean;
  /** Our own CA, where it signs the server's TLS certificate too; absent when TLS is publicly trusted. */
  readonly trust: Uint8Array | undefined;
  /** Stable for a server: a device takes a profile of the same identifier as an update of the one it has. */
  readonly identifier: string;
  /** Fresh ids for the payloads. */
  readonly uuids: readonly [string, string, string, string];
}

/** A PayloadContent entry needs these four. */
function payload(
  type: string,
  identifier: string,
  uuid: string,
  name: string,
  more: readonly (readonly [string, PlistValue])[],
): PlistValue {
  return new Map<string, PlistValue>([
    ["PayloadType", type],
    ["PayloadVersion", 1n],
    ["PayloadIdentifier", identifier],
    ["PayloadUUID", uuid.toUpperCase()],
    ["PayloadDisplayName", name],
    ...more,
  ]);
}

/** The unsigned profile as an XML property list. */
export function buildEnrollmentProfile(input: ProfileInput): Uint8Array {
  const { publicUrl, identifier, organization, uuids } = input;
  const [profileUuid, scepUuid, mdmUuid, trustUuid] = uuids;
  const subject: PlistValue = [[["O", organization]], [["CN", "Device identity"]]];
  const content: PlistValue[] = [];
  if (input.trust !== undefined) {
    const name = `${organization} device management CA`;
    content.push(
      payload("com.apple.security.root", `${identifier}.ca`, trustUuid, name, [
        ["PayloadContent", input.trust],
        ["PayloadCertificateFileName", "ca.cer"],
      ]),
    );
  }
  content.push(
    payload("com.apple.security.scep", `${identifier}.identity`, scepUuid, "Device identity", [
      [
        "PayloadContent",
        new Map<string, PlistValue>([
          ["URL", `${publicUrl}/scep`],
          ["Name", "uptick"],
          ["Subject", subject],
          ["Challenge", input.challenge],
          ["Keysize", 2048n],
          ["Key Type", "RSA"],
          ["Key Usage", 5n],
          ["KeyIsExtractable", false],
          ["Retries", 3n],
          ["RetryDelay", 10n],
        ]),
      ],
    ]),
    payload("com.apple.mdm", `${identifier}.mdm`, mdmUuid, "Device management", [
      ["IdentityCertificateUUID", scepUuid.toUpperCase()],
      ["Topic", input.topic],
      ["ServerURL", `${publicUrl}/mdm`],
      ["AccessRights", BigInt(input.accessRights)],
      ["CheckOutWhenRemoved", true],
      ["SignMessage", input.signMessages],
      ["ServerCapabilities", ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"]],
    ]),
  );
  return writeXmlPlist(
    new Map<string, PlistValue>([
      ["PayloadType", "Configuration"],
      ["PayloadVersion", 1n],
      ["PayloadIdentifier", identifier],
      ["PayloadUUID", profileUuid.toUpperCase()],
      ["PayloadDisplayName", `${organization} device management`],
      ["PayloadDescription", "Lets this server bring the device to the OS version its organization asks for."],
      ["PayloadOrganization", organization],
      ["PayloadScope", "System"],
      ["PayloadRemovalDisallowed", false],
      ["PayloadContent", content],
    ]),
  );
}
