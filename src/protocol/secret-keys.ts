/** The names of what is never kept, shown or exported, in property lists and in the JSON of status reports. */

/** Keys whose value is secret wherever it stands in the tree, in any message, command, answer or profile. */
export const SECRET_KEYS: readonly string[] = [
  "Token",
  "PushMagic",
  "PushToken",
  "UnlockToken",
  "BootstrapToken",
  "SecurityToken",
  "AuthToken",
  "TokenData",
  "Challenge",
  "DigestChallenge",
  "DigestResponse",
  "Password",
  "CurrentPassword",
  "NewPassword",
  "passwordHash",
  "PIN",
  "FDE_PersonalRecoveryKeyCMS",
  "ActivationLockBypassCode",
  "UserPassword",
  "SharedSecret",
  "PayloadCertificatePassword",
];

const plain = (key: string): string => key.trim().toLowerCase().replaceAll(/[-_]/g, "");

const plistKeys: ReadonlySet<string> = new Set(SECRET_KEYS.map((key) => key.toLowerCase()));
const jsonKeys: ReadonlySet<string> = new Set(SECRET_KEYS.map(plain));

export function isSecretKey(key: string): boolean {
  return plistKeys.has(key.trim().toLowerCase());
}

/** Status items spell the same names their way: `push-token`, or `mdm.push-token` in one. */
export function isSecretJsonKey(key: string): boolean {
  return jsonKeys.has(plain(key.slice(key.lastIndexOf(".") + 1)));
}
