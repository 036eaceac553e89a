/**
 * Seals stored secrets with AES-256-GCM. A sealed secret is: one byte format version (1), one byte length of the key's
 * id, the id in UTF-8, 12 bytes iv, 16 bytes tag, ciphertext.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { UptickError } from "../errors/index.ts";

/** A key that seals: 32 bytes, and the name it is known by beside what it sealed. */
export interface SealingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

const OBJECTS = new WeakMap<SealingKey, KeyObject>();

/** Made once for each key: of bytes Node makes it every time, which takes four times as long as opening a secret does. */
function objectOf(dataKey: SealingKey): KeyObject {
  let object = OBJECTS.get(dataKey);
  if (object === undefined) {
    object = createSecretKey(dataKey.key);
    OBJECTS.set(dataKey, object);
  }
  return object;
}

/**
 * Seals `plain`; only the same `context` (such as `owner/name`) opens it again, so a secret cannot be moved to another
 * place in the store. `iv` is 12 random bytes, never used twice with one key.
 */
export function sealSecret(dataKey: SealingKey, plain: Uint8Array, context: string, iv: Uint8Array): Uint8Array {
  const id = Buffer.from(dataKey.id, "utf8");
  if (iv.length !== IV_BYTES) throw new RangeError(`The iv has ${iv.length} bytes, not ${IV_BYTES}.`);
  if (id.length > 255) throw new RangeError("The id of a data key has at most 255 bytes.");
  const cipher = createCipheriv(CIPHER, objectOf(dataKey), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context, "utf8"));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([Uint8Array.of(VERSION, id.length), id, iv, cipher.getAuthTag(), sealed]));
}

/**
 * What `sealSecret` sealed, with that one of `keys` whose id it bears.
 * @throws UptickError `secret-unreadable` if the key is missing, the context is another, or any byte was changed.
 */
export function openSecret(keys: readonly SealingKey[], sealed: Uint8Array, context: string): Uint8Array {
  const idLength = sealed[1] ?? 0;
  const ivAt = 2 + idLength;
  const tagAt = ivAt + IV_BYTES;
  const textAt = tagAt + TAG_BYTES;
  if (sealed[0] !== VERSION || sealed.length < textAt) throw unreadable(context, "it is not in a format known here");
  const id = Buffer.from(sealed.subarray(2, ivAt)).toString("utf8");
  const found = keys.find((one) => one.id === id);
  if (found === undefined) throw unreadable(context, `it was sealed with the data key ${JSON.stringify(id)}`);
  try {
    const cipher = createDecipheriv(CIPHER, objectOf(found), sealed.subarray(ivAt, tagAt), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(context, "utf8"));
    cipher.setAuthTag(sealed.subarray(tagAt, textAt));
    return new Uint8Array(Buffer.concat([cipher.update(sealed.subarray(textAt)), cipher.final()]));
  } catch (cause) {
    throw unreadable(context, "it was changed, or sealed for another place", cause);
  }
}

function unreadable(context: string, why: string, cause?: unknown): UptickError {
  return new UptickError("secret-unreadable", `The secret ${context} can't be opened: ${why}.`, { cause });
}
