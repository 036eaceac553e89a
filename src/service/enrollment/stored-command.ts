/** An admin's command that holds a secret lies sealed in the store and is opened when it is handed to its device. */
import { type PlistDict, redactCommand } from "../../protocol/index.ts";
import type { Sealer } from "./sealer.ts";

/** No property list begins with this byte. */
const SEALED = 0;

export interface StoredCommand {
  /** What the store keeps: the command itself, or sealed where it holds a secret. */
  readonly bytes: Uint8Array;
  /** The command without its secrets, for the timeline; null where it holds none and can be shown as it is. */
  readonly shown: Uint8Array | null;
}

/** `message`: what the bytes say, where they have been parsed. */
export function storedCommand(bytes: Uint8Array, appleId: string, sealer: Sealer, message?: PlistDict): StoredCommand {
  const shown = redactCommand(bytes, message);
  if (shown === bytes) return { bytes, shown: null };
  return { bytes: Buffer.concat([Uint8Array.of(SEALED), sealer.seal(bytes, contextOf(appleId))]), shown };
}

/** The command as the admin gave it. Throws `secret-unreadable`. */
export function openedCommand(stored: Uint8Array, appleId: string, sealer: Sealer): Uint8Array {
  return isSealedCommand(stored) ? sealer.open(stored.subarray(1), contextOf(appleId)) : stored;
}

export function isSealedCommand(stored: Uint8Array): boolean {
  return stored[0] === SEALED;
}

const contextOf = (appleId: string): string => `${appleId}/Command`;
