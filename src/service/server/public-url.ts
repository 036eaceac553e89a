/** The public URL stands in the profile of every enrolled device, where it can't be changed: it is remembered and guarded. */
import { UptickError } from "../../errors/index.ts";
import { remember } from "./settings.ts";
import type { Ports } from "../ports.ts";

/** Throws `public-url-fixed` when devices are enrolled with another URL, unless the admin accepts that they lose us. */
export async function guardPublicUrl(
  ports: Ports,
  url: string | undefined,
  change: "refuse" | "accept",
): Promise<void> {
  if (url === undefined) return;
  const [row] = await ports.devices.read({ from: "setting", where: { name: "publicUrl" } });
  const before = row?.value;
  if (before === url) return;
  if (typeof before === "string" && change === "refuse") {
    const enrolled = await ports.admin.countDevices();
    if (enrolled > 0)
      throw new UptickError("public-url-fixed", `Devices (${enrolled}) are enrolled with ${before}, not with ${url}.`);
  }
  if (before !== undefined) ports.log.warn("public-url-changed", { before, now: url });
  await ports.devices.run(remember, { settings: [{ name: "publicUrl", value: url }], secrets: [], now: ports.now() });
}
