/** Certificates, SCEP messages, signatures and sealed secrets. Pure except for node:crypto: times and serials come in. */
export {
  type Authority,
  type AuthorityOptions,
  createAuthority,
  generateAuthorityKey,
  type KeyPair,
  loadAuthority,
} from "./authority.ts";
export { type CertificateInfo, type ChainQuestion, readCertificates, verifyChained } from "./chain.ts";
export { identityHash, namesIn } from "./certificate-names.ts";
export { fingerprint, hashSecret, hashText, makeChallenge, secretMatches } from "./hashes.ts";
export { type IdentityOptions, issueIdentity, issueServerCertificate, type ServerCertificateOptions } from "./issue.ts";
export {
  type IdentityQuestion,
  type IdentityVerdict,
  refusedNow,
  type Validity,
  verifyIdentity,
} from "./verify-identity.ts";
export { fromBase64, oneCertificate, onePemCertificate } from "./one-certificate.ts";
export { claimedSigner, signerOfMessage } from "./message-signature.ts";
export { hashPassword, PASSWORD_COST, passwordMatches } from "./password.ts";
export { type ProfileSigner, signProfile } from "./profile-signature.ts";
export { type PushCertificate, readPushCertificate } from "./push-certificate.ts";
export { generatePushKey, signPushRequest, type VendorSignature, writePushRequest } from "./push-request.ts";
export { openSecret, type SealingKey, sealSecret } from "./sealing.ts";
export { getCACaps } from "./scep/capabilities.ts";
export { openPkiOperation, type ScepRequest } from "./scep/open.ts";
export { type ScepRandomness, type ScepResult, sealCertRep } from "./scep/seal.ts";
export { signatureOf } from "./webhook-signature.ts";
