/** Seals and opens secrets with the data key; `context` ties a sealed secret to its owner and name. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** Throws `secret-unreadable`. */
  open(sealed: Uint8Array, context: string): Uint8Array;
}
