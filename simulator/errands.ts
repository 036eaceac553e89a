import { tokenUpdate } from "./enrol.ts";
import type { MdmClient } from "./mdm-client.ts";
import type { PlistDict } from "./plist.ts";
import { data, readPlist } from "./plist.ts";
import type { DeviceState } from "./state.ts";

/** The check-in messages an enrolled device has to say besides the command loop. */
export interface Errands {
  /** When one is next due by the clock, virtual ms; Infinity when none is. */
  nextAt(): number;
  /** Says what is due; false when something did not get through and must be said again. */
  run(): Promise<boolean>;
  /** A TokenUpdate is due: the device has started. */
  tellToken(): void;
  /** An Apple silicon Mac asks for its bootstrap token and needs exactly what it escrowed. */
  authorise(): Promise<"yes" | "no" | "later">;
  /** The profile is removed: CheckOut, best effort, once, if the profile asks for it. */
  checkOut(): Promise<void>;
}

/** The errands of a device that has just enrolled. */
export function createErrands(state: DeviceState, client: MdmClient): Errands {
  const { clock, traits, hardware, profile } = state;
  const escrows =
    hardware.platform === "macOS" && profile?.mdm.serverCapabilities.includes("com.apple.mdm.bootstraptoken");
  let loginAt = escrows ? clock.now() + traits.loginAfter : Infinity;
  // Nobody can log in before Setup Assistant has ended.
  const nextLogin = (): number => (state.awaitingConfiguration ? Infinity : loginAt);
  let escrowDue = false;
  let tokenDue = false;

  async function tell(message: PlistDict): Promise<Buffer | undefined> {
    const delivery = await client.checkIn(message);
    if (delivery.outcome === "ok") return delivery.body;
    const lost = delivery.outcome === "unenrolled";
    if (lost) state.record.unenrolled = true;
    state.note(lost ? "unenrolled-by-server" : "server-unreachable", { why: delivery.why });
    return undefined;
  }

  return {
    nextAt: nextLogin,
    async run() {
      if (nextLogin() <= clock.now()) {
        loginAt = Infinity;
        escrowDue = true;
        state.note("login");
      }
      if (escrowDue) {
        const message = { MessageType: "SetBootstrapToken", BootstrapToken: traits.bootstrapToken };
        if ((await tell(message)) === undefined) return false;
        escrowDue = false;
        state.escrowed = true;
        state.note("bootstrap-token-escrowed");
      }
      if (tokenDue && profile !== undefined) {
        if ((await tell(tokenUpdate(state, profile))) === undefined) return false;
        tokenDue = false;
      }
      return true;
    },
    tellToken() {
      tokenDue = true;
    },
    async authorise() {
      if (!state.escrowed) return "no";
      const body = await tell({ MessageType: "GetBootstrapToken" });
      if (body === undefined) return "later";
      const right = tokenIn(body)?.equals(traits.bootstrapToken) === true;
      state.note("bootstrap-token-fetched", { right });
      return right ? "yes" : "no";
    },
    async checkOut() {
      if (profile?.mdm.checkOutWhenRemoved) await client.checkIn({ MessageType: "CheckOut" });
      state.record.unenrolled = true;
      state.note("profile-removed");
    },
  };
}

function tokenIn(body: Buffer): Buffer | undefined {
  try {
    return body.length === 0 ? undefined : data(readPlist(body), "BootstrapToken");
  } catch {
    return undefined;
  }
}
