/**
 * RSA keys for tests, each made once in a run: the first file that needs an nth key of a length leaves it in a directory of
 * the run, where the others find it. Within a file all keys are different.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type KeyPool = (bits: number) => KeyObject;

let current: KeyPool | undefined;

/** The keys of a directory, from the first. */
export function keyPool(directory: string): KeyPool {
  const taken = new Map<number, number>();
  return (bits) => {
    const nth = taken.get(bits) ?? 0;
    taken.set(bits, nth + 1);
    const file = join(directory, `rsa-${bits}-${nth}.pem`);
    if (!existsSync(file)) leave(file, bits);
    return createPrivateKey(readFileSync(file));
  };
}

/** Makes a key. Where another process was first, its key stays. A file is there whole or not at all. */
function leave(file: string, bits: number): void {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  try {
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(mine);
  }
}

/** Called before each test file. */
export function beginKeys(pool: KeyPool): void {
  current = pool;
}

/** A key for a server's certificate authority. Throws outside of a test run. */
export function pooledAuthorityKey(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  if (current === undefined) throw new Error("There is no pool of keys: test/properties/setup.ts makes it.");
  const privateKey = current(3072);
  return Promise.resolve({ privateKey, publicKey: createPublicKey(privateKey) });
}
