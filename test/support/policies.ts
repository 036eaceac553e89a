/** What an admin does with policies, and a device by hand that keeps the profiles it is sent. */
import { vi } from "vitest";
import { isDict, list, type PlistDict, readPlist, text } from "../../simulator/index.ts";
import type { PolicyDevice, PolicyRequest, PolicyView } from "../../src/contract/index.ts";
import type { Received, Says } from "./device.ts";
import type { Uptick } from "./uptick.ts";
import { SOON } from "./soon.ts";

/** Waits until the server has nothing left to do for it. */
export function settledPolicy(uptick: Uptick, id: string): Promise<PolicyView> {
  return vi.waitFor(async () => {
    const policy = await uptick.web.get<PolicyView>(`/api/v1/policies/${id}`);
    if (policy.working) throw new Error("the policy is still being given or taken");
    return policy;
  }, SOON);
}

export async function makePolicy(
  uptick: Uptick,
  devices: readonly string[],
  settings: PolicyRequest["settings"],
  name?: string,
): Promise<PolicyView> {
  const request = { devices, settings, ...(name === undefined ? {} : { name }) };
  const { id } = await uptick.web.post<PolicyView>("/api/v1/policies", request);
  return settledPolicy(uptick, id);
}

export async function removePolicy(uptick: Uptick, id: string): Promise<PolicyView> {
  const reply = await uptick.web.request("POST", `/api/v1/policies/${id}/remove`);
  if (reply.status !== 200) throw new Error(reply.text);
  return settledPolicy(uptick, id);
}

/** The device as the policy's page shows it; undefined: the policy is not (any more) its own. */
export async function policyDevice(uptick: Uptick, id: string, udid: string): Promise<PolicyDevice | undefined> {
  const device = await uptick.device(udid);
  const { rows } = await uptick.web.get<{ rows: PolicyDevice[] }>(`/api/v1/policies/${id}/devices?limit=1000`);
  return rows.find((row) => row.device.id === device.id);
}

export interface Profiles {
  /** Payload type → keys, of each profile it has by identifier. */
  readonly held: ReadonlyMap<string, Readonly<Record<string, PlistDict>>>;
  /** How it answers; give it to `session`. */
  readonly says: Readonly<Record<string, Says>>;
}

const OWN_TO_PAYLOADS = /^Payload/;

/** Installs and removes profiles as devices do: one identifier, one profile. */
export function profiles(): Profiles {
  const held = new Map<string, Record<string, PlistDict>>();
  return {
    held,
    says: {
      InstallProfile: ({ body }: Received) => {
        const bytes = body["Payload"];
        if (!Buffer.isBuffer(bytes)) return { Status: "Error" };
        const profile = readPlist(bytes);
        const payloads = (list(profile, "PayloadContent") ?? []).filter((payload) => isDict(payload));
        const keys = payloads.map((payload) => {
          const own = Object.entries(payload).filter(([key]) => !OWN_TO_PAYLOADS.test(key));
          return [text(payload, "PayloadType") ?? "", Object.fromEntries(own)] as const;
        });
        held.set(text(profile, "PayloadIdentifier") ?? "", Object.fromEntries(keys));
        return {};
      },
      RemoveProfile: ({ body }: Received) => (held.delete(text(body, "Identifier") ?? "") ? {} : { Status: "Error" }),
    },
  };
}
