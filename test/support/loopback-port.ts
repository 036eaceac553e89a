/** A free port on loopback: the public URL must be known before the MDM endpoint listens. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections, so that none of those takes it in the meantime. */
const FROM = 20_000;
const TO = 32_000;
const TRIES = 50;

export async function reserveLoopbackPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port on 127.0.0.1 among ${TRIES} tried between ${FROM} and ${TO}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
