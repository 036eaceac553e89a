/** Signs configuration profiles, so that devices show who they come from. */
import { type KeyObject, X509Certificate } from "node:crypto";
import { UptickError } from "../errors/index.ts";
import { writeSignedData } from "./cms-write.ts";

export interface ProfileSigner {
  /** DER. */
  readonly certificateDer: Uint8Array;
  /** RSA or P-256, of that certificate. */
  readonly privateKey: KeyObject;
  /** Certificates above it, DER. */
  readonly chain?: readonly Uint8Array[];
}

/**
 * The profile inside a CMS SignedData with SHA-256, DER.
 * @throws UptickError `certificate-invalid` if certificate and key do not fit or the key is of another kind.
 */
export async function signProfile(profile: Uint8Array, signer: ProfileSigner): Promise<Uint8Array> {
  check(signer);
  return writeSignedData({
    content: profile,
    signer,
    digest: "sha256",
    attributes: [],
    certificates: [signer.certificateDer, ...(signer.chain ?? [])],
  });
}

function check({ certificateDer, privateKey }: ProfileSigner): void {
  const kind = privateKey.asymmetricKeyType;
  if (kind !== "rsa" && kind !== "ec") {
    throw new UptickError("certificate-invalid", `A profile can't be signed with a key of type ${kind}.`);
  }
  let fits: boolean;
  try {
    fits = new X509Certificate(certificateDer).checkPrivateKey(privateKey);
  } catch (cause) {
    throw new UptickError("certificate-invalid", "The certificate to sign profiles with can't be read.", { cause });
  }
  if (!fits) throw new UptickError("certificate-invalid", "The key to sign profiles with is of another certificate.");
}
