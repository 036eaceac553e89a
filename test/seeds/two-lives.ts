/** A device that is erased, and enrolls again with another identity; what it sent in its former life still comes. */
import {
  createDevice,
  type EnrollmentProfile,
  type HttpRequest,
  type Network,
  type SimDevice,
  type SimDeviceOptions,
  type VirtualTime,
} from "../../simulator/index.ts";
import type { VirtualNetwork } from "../../src/virtual/index.ts";

/** When a device is erased (ms UTC), and how long after that what it once sent comes again. */
export interface Erasure {
  readonly at: number;
  readonly late: readonly { readonly after: number; readonly which: number }[];
}

export interface TwoLives {
  readonly device: SimDevice;
  /** The certificate is of a former life, and the new one has enrolled: when (ms UTC). */
  succeeded(certificate: Uint8Array | undefined): number | undefined;
}

interface Letter {
  readonly certificate: string;
  readonly asked: HttpRequest;
}

/** As many of the last messages of a life are kept. */
const KEPT = 40;
const ERASED = "erased";

export function deviceOfTwoLives(
  kind: SimDevice["kind"],
  options: Omit<SimDeviceOptions, "network"> & { readonly clock: VirtualTime; readonly network: VirtualNetwork },
  { at, late }: Erasure,
): TwoLives {
  const { clock, network } = options;
  const letters: Letter[] = [];
  const former = new Set<string>();
  const first = createDevice(kind, { ...options, network: recorded(network, letters, former) });
  let second: SimDevice | undefined;

  async function haunt(signal: AbortSignal): Promise<void> {
    for (const { after, which } of late) {
      await clock.sleep(at + after - clock.now(), signal);
      const letter = letters[which % letters.length];
      if (signal.aborted || letter === undefined) return;
      const transport = network.connect(signal);
      transport.identify({ cert: letter.certificate, key: "" });
      // Nobody hears what the server says to it.
      await transport.request(letter.asked).catch(() => undefined);
    }
  }

  async function run(profile: Parameters<SimDevice["run"]>[0], signal: AbortSignal): Promise<void> {
    const erased = new AbortController();
    const end = (): void => erased.abort(ERASED);
    signal.addEventListener("abort", end);
    const living = first.run(profile, erased.signal);
    await clock.sleep(at - clock.now(), signal);
    end();
    await living;
    if (signal.aborted) return;
    second = createDevice(kind, { ...options, startsOn: first.os, network: again(network) });
    await Promise.all([second.run(profile, signal), haunt(signal)]);
  }

  return {
    succeeded(certificate) {
      if (certificate === undefined || !former.has(Buffer.from(certificate).toString("base64"))) return undefined;
      return second?.truth.enrolledAt ?? undefined;
    },
    device: {
      kind,
      index: first.index,
      serial: first.serial,
      udid: first.udid,
      run,
      get os() {
        return (second ?? first).os;
      },
      /** What both lives have done; the rest is of the one that it lives. */
      get truth() {
        if (second === undefined) return first.truth;
        return {
          ...second.truth,
          installsExecuted: [...first.truth.installsExecuted, ...second.truth.installsExecuted],
          commandsExecuted: [...first.truth.commandsExecuted, ...second.truth.commandsExecuted],
          violations: [...first.truth.violations, ...second.truth.violations],
        };
      },
      record: () => (second ?? first).record(),
      removeProfile: () => (second ?? first).removeProfile(),
    },
  };
}

/** Keeps what a life sends, and by whose certificate. */
function recorded(network: VirtualNetwork, letters: Letter[], former: Set<string>): Network {
  return {
    connect(signal) {
      const transport = network.connect(signal);
      let certificate: string | undefined;
      return {
        ...transport,
        identify(identity) {
          certificate = identity.cert;
          former.add(identity.cert);
          transport.identify(identity);
        },
        request(asked) {
          if (certificate !== undefined) letters.push({ certificate, asked });
          if (letters.length > KEPT) letters.shift();
          return transport.request(asked);
        },
      };
    },
    identify: (udid, profile) => network.identify(udid, profile),
  };
}

/** An erased device makes another key. */
const again = (network: VirtualNetwork): Network => ({
  connect: (signal) => network.connect(signal),
  identify: (udid: string, profile: EnrollmentProfile) => network.identify(udid, profile, `${udid} again`),
});
