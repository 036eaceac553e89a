/** Who manages the devices: declarations name it, and they are computed where no configuration is at hand. */
import { remember } from "./settings.ts";
import type { Ports } from "../ports.ts";

/** Devices learn of a change when the server next looks after them, within a day. */
export async function rememberOrganization(ports: Ports, name: string): Promise<void> {
  const [row] = await ports.devices.read({ from: "setting", where: { name: "organization" } });
  if ((row?.value as { name?: string } | undefined)?.name === name) return;
  await ports.devices.run(remember, {
    settings: [{ name: "organization", value: { name } }],
    secrets: [],
    now: ports.now(),
  });
}
