/** Where the RSA keys of simulated devices and of fake services come from: made when they are asked for, or from a pool. */
import { generateKeyPair, generateKeyPairSync, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** Gives a private RSA key of so many bits, another one each time. */
export type KeyPool = (bits: number) => KeyObject;

let pool: KeyPool | undefined;

/** From now on all keys come from this pool: making hundreds of them takes most of the time of a test. */
export function useKeyPool(other: KeyPool): void {
  pool = other;
}

/** A private RSA key of `bits`, made on another thread. */
export async function newKey(bits: number): Promise<KeyObject> {
  return pool?.(bits) ?? (await promisify(generateKeyPair)("rsa", { modulusLength: bits })).privateKey;
}

/** The same at once, while everything else waits. */
export function newKeySync(bits: number): KeyObject {
  return pool?.(bits) ?? generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;
}
