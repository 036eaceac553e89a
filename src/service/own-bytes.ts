/** The bytes alone in their memory: a view of a larger buffer would be handed to the store's thread with the whole of it. */
export const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
