/** The REST API as a patient client sees it: a server that is away for a moment is asked again. */
import { type Clock, scaledClock } from "../../simulator/index.ts";

/** How often a call is tried, and how long it waits between two tries (ms of real time). */
const TRIES = 300;
const PAUSE = 100;

export interface PatientClient {
  get<T>(path: string): Promise<T>;
  /** One try: a call that changes something is not repeated blindly. Undefined when the server went away meanwhile. */
  once<T>(method: "POST" | "PUT", path: string, body: string, type?: string): Promise<T | undefined>;
}

export interface Waits {
  /** Held while a call is under way. */
  readonly clock: Clock;
  /** Between two tries (ms of the clock). */
  readonly pause: number;
}

const REAL: Waits = { clock: scaledClock({ start: Date.now(), factor: 1 }), pause: PAUSE };

export function patientClient(base: string, token: () => string, { clock, pause }: Waits = REAL): PatientClient {
  async function call<T>(...asked: Parameters<typeof send>): Promise<T> {
    const release = clock.hold?.();
    try {
      return await send<T>(...asked);
    } finally {
      release?.();
    }
  }

  async function send<T>(method: string, path: string, body?: string, type = "application/json"): Promise<T> {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token()}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body }),
    });
    if (response.status >= 500) throw new Unavailable(`${method} ${path}: ${response.status}`);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    async get<T>(path: string) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await call<T>("GET", path);
        } catch (error) {
          if (!away(error) || tries === TRIES) throw error;
          await clock.sleep(pause);
        }
      }
    },
    async once(method, path, body, type) {
      try {
        return await call(method, path, body, type);
      } catch (error) {
        if (away(error)) return undefined;
        throw error;
      }
    },
  };
}

class Unavailable extends Error {}

/** A connection refused or cut, or trouble that the server says is its own: worth another try. */
const away = (error: unknown): boolean => error instanceof TypeError || error instanceof Unavailable;
