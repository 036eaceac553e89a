/** For `expect.poll`: looks often, and waits long enough for a busy machine. What is awaited comes at once or never. */
export const SOON = { interval: 10, timeout: 60_000 } as const;
