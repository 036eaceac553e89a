/** One body in one buffer that grows as it comes. */
import type { Lease } from "./budget.ts";

const FIRST = 4096;

/**
 * Copies what comes: pieces of a byte each would take a hundred times their size, and hold on to the buffers that they were
 * read in. What the lease counts is what is allocated.
 */
export class GrowingBody {
  readonly #lease: Lease;
  readonly #most: number;
  #buffer = Buffer.alloc(0);
  #size = 0;

  /** `most`: bytes that it will not exceed, such as what was announced; no more is ever allocated. */
  constructor(lease: Lease, most: number) {
    this.#lease = lease;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** False, and nothing is added, where it would exceed what it may, or the budget is used up. */
  add(part: Uint8Array): boolean {
    const needed = this.#size + part.length;
    if (needed > this.#most) return false;
    if (needed > this.#buffer.length && !this.#allocate(Math.min(this.#most, grown(needed)))) return false;
    this.#buffer.set(part, this.#size);
    this.#size = needed;
    return true;
  }

  /** Forgets all but the first `bytes`. */
  truncate(bytes: number): void {
    if (bytes >= this.#size) return;
    this.#size = bytes;
    this.#allocate(bytes);
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  #allocate(bytes: number): boolean {
    if (!this.#lease.resize(bytes)) return false;
    // Not from Node's pool: whoever is handed the body would be handed the pool.
    const buffer = Buffer.allocUnsafeSlow(bytes);
    this.#buffer.copy(buffer, 0, 0, this.#size);
    this.#buffer = buffer;
    return true;
  }
}

/** The next size from the first that holds `bytes`; each is twice the one before, so that copying costs no more than reading. */
function grown(bytes: number): number {
  let size = FIRST;
  while (size < bytes) size *= 2;
  return size;
}
