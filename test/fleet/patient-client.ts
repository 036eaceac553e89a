/** The REST API as a patient client sees it: a server that is away for a moment is asked again. */

/** How long a call is tried again (real ms), and how long between two tries. */
const PATIENCE = 30_000;
const PAUSE = 100;

export interface PatientClient {
  get<T>(path: string): Promise<T>;
  /** One try: a call that changes something is not repeated blindly. Undefined when the server went away meanwhile. */
  once<T>(method: "POST" | "PUT", path: string, body: string, type?: string): Promise<T | undefined>;
}

export function patientClient(base: string, token: () => string): PatientClient {
  async function call<T>(method: string, path: string, body?: string, type = "application/json"): Promise<T> {
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
      const until = Date.now() + PATIENCE;
      for (;;) {
        try {
          return await call<T>("GET", path);
        } catch (error) {
          if (!away(error) || Date.now() > until) throw error;
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
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
