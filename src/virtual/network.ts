/** The way between simulated devices and a server in the same process: function calls that take virtual time, and may go wrong. */
import { generateKeyPairSync } from "node:crypto";
import type {
  DeviceIdentity,
  EnrollmentProfile,
  HttpReply,
  HttpRequest,
  Network,
  VirtualTime,
} from "../../simulator/index.ts";
import { ScepRefused } from "../../simulator/index.ts";
import type { DeviceReply } from "../http/device/index.ts";
import type { VirtualServer } from "./server.ts";

/** What becomes of one request. Times in virtual ms. */
export interface Trip {
  /** From the device to the server, and back. */
  readonly there: number;
  readonly back: number;
  /** It never arrives, or its reply does not. The device waits in vain. */
  readonly lost?: "request" | "reply";
  /** It arrives once more, so long after the first time. Nobody reads that reply. */
  readonly again?: number;
}

export interface VirtualNetworkOptions {
  readonly time: VirtualTime;
  /** The server that runs now; undefined: nothing listens. */
  readonly server: () => VirtualServer | undefined;
  /** Drawn for each request; everything goes well when absent. */
  readonly trip?: () => Trip;
  /** The server has answered a request; the reply has not left yet. */
  readonly onReply?: (body: Uint8Array, reply: DeviceReply, certificate: Uint8Array | undefined) => void;
}

export interface VirtualNetwork extends Network {
  /** `key`: stands for the key that it made; one for each device when absent. */
  identify(udid: string, profile: EnrollmentProfile, key?: string): Promise<DeviceIdentity>;
  /** The server has died: whoever waits for it finds that the connection is gone. */
  cut(): void;
}

/** How long a device waits for a reply (virtual ms). */
const PATIENCE = 60_000;
const ARRIVED = "arrived";
const WELL: Trip = { there: 20, back: 20 };
/** Nothing is signed with it. */
const KEY = generateKeyPairSync("ed25519").privateKey;

export function createVirtualNetwork({
  time,
  server,
  trip = () => WELL,
  onReply,
}: VirtualNetworkOptions): VirtualNetwork {
  const underWay = new Set<(error: Error) => void>();

  /** Rejects when the server dies meanwhile. */
  function connected<T>(work: (server: VirtualServer) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const running = server();
      if (running === undefined) return reject(new Error("ECONNREFUSED"));
      underWay.add(reject);
      const end = (): boolean => underWay.delete(reject);
      work(running).then(resolve, reject).finally(end);
    });
  }

  /** Carries a request to the server and its reply back, or not; a device that has waited too long goes its way. */
  async function carry<T>(work: (server: VirtualServer) => Promise<T>): Promise<T> {
    const { there, back, lost, again } = trip();
    const arrived = new AbortController();
    const late = async (): Promise<T> => {
      await time.sleep(PATIENCE, arrived.signal);
      // Of an error for each request the making would take longer than all the rest of it.
      return arrived.signal.aborted ? new Promise<T>(() => undefined) : Promise.reject(new Error("ETIMEDOUT"));
    };
    const travel = async (): Promise<T> => {
      await time.sleep(there);
      if (lost === "request") return new Promise<T>(() => undefined);
      if (again !== undefined)
        void time
          .sleep(again)
          .then(() => connected(work))
          .catch(() => undefined);
      const reply = await connected(work);
      if (lost === "reply") return new Promise<T>(() => undefined);
      await time.sleep(back);
      return reply;
    };
    try {
      return await Promise.race([travel(), late()]);
    } finally {
      // A reason of our own: making the usual one takes longer than the rest of a request.
      arrived.abort(ARRIVED);
    }
  }

  async function request(asked: HttpRequest, certificate: Uint8Array | undefined): Promise<HttpReply> {
    const contentType = asked.headers?.["content-type"] ?? "";
    const body = asked.body ?? new Uint8Array();
    const { status, body: said } = await carry(async (running) => {
      const reply = await running.answer(certificate, contentType, body);
      onReply?.(body, reply, certificate);
      return reply;
    });
    return { status, headers: {}, body: Buffer.from(said ?? []) };
  }

  return {
    connect() {
      let certificate: Uint8Array | undefined;
      return {
        request: (asked) => request(asked, certificate),
        identify({ cert }) {
          certificate = Buffer.from(cert, "base64");
        },
        trust: () => undefined,
        disconnect: () => undefined,
      };
    },
    async identify(udid, { scep }, key = udid) {
      const der = await carry((running) => running.identify(udid, scep.challenge ?? "", key));
      if (der === undefined) throw new ScepRefused("The challenge was refused.");
      return { certificate: Buffer.from(der).toString("base64"), key: "", keyObject: KEY };
    },
    cut() {
      for (const reject of underWay) reject(new Error("ECONNRESET"));
      underWay.clear();
    },
  };
}
