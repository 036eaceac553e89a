/** Where the process takes its randomness and its ids from. */
import { randomBytes as systemBytes } from "node:crypto";

/** `count` bytes nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array;

export const randomBytes: RandomBytes = (count) => new Uint8Array(systemBytes(count));

/** Bytes out of a supply that is filled again when it is used up: a poll takes a dozen ids, each a call of the system else. */
export function pooled(random: RandomBytes, size = 4096): RandomBytes {
  let pool: Uint8Array = new Uint8Array();
  let used = 0;
  return (count) => {
    if (count > pool.length - used) {
      pool = random(Math.max(size, count));
      used = 0;
    }
    used += count;
    return pool.slice(used - count, used);
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/**
 * A UUID of version 7 (RFC 9562, 5.7) from a time (integer ms UTC) and ten random bytes. The first twelve of the bits
 * behind the time are `counter` where one is given.
 */
export function uuidv7(now: number, random: Uint8Array, counter?: number): string {
  if (random.length !== 10) throw new RangeError(`a UUID takes 10 random bytes, not ${random.length}`);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  bytes.set(random, 6);
  if (counter !== undefined) view.setUint16(6, counter);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const digits = hex(bytes);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    "-",
  );
}

const MOST_IN_A_MS = 0xfff;

/**
 * Makes ids that grow with every call, also within one millisecond and when the clock steps back (RFC 9562, 6.2, method
 * 1: a counter with a random start; when it is full, the time in the id runs ahead).
 */
export function createIds(source: { now(): number; readonly random: RandomBytes }): () => string {
  let time = -1;
  let counter = 0;
  return () => {
    const random = source.random(10);
    const now = source.now();
    const full = counter === MOST_IN_A_MS;
    if (now > time || full) {
      time = Math.max(now, full ? time + 1 : now);
      // The upper half of the counter's range stays free for this millisecond.
      counter = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x7ff;
    } else {
      counter += 1;
    }
    return uuidv7(time, random, counter);
  };
}
