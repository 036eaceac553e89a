/** What an admin takes to Apple's push portal. The private key stays here, sealed, until its certificate is imported. */
import type { PushRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { generatePushKey, signPushRequest, writePushRequest } from "../../identity/index.ts";
import { writeXmlPlist } from "../../protocol/index.ts";
import type { Actor } from "../actor.ts";
import { rememberFirst } from "../server/settings.ts";
import type { Ports } from "../ports.ts";

const NAME = "PushRequestKey";

/** The key that requests are made with, PKCS#8 in PEM; undefined before the first. */
export async function pushRequestKey(ports: Ports): Promise<string | undefined> {
  const [row] = await ports.devices.read({ from: "secret", where: { owner: "", name: NAME } });
  return row === undefined ? undefined : opened(ports, row.sealed);
}

const opened = (ports: Ports, sealed: Uint8Array): string =>
  Buffer.from(ports.sealer.open(sealed, `/${NAME}`)).toString("utf8");

/**
 * Always with the same key: an earlier request may be on its way to a vendor. Source of the signed form:
 * mdm-protocol, "Push": PushCertRequestCSR, PushCertCertificateChain, PushCertSignature.
 * @throws UptickError `certificate-invalid` for a vendor's file that can't be used
 */
export async function makePushRequest(
  ports: Ports,
  actor: Actor,
  name: string,
  vendorPem: string | undefined,
): Promise<PushRequest> {
  const key = (await pushRequestKey(ports)) ?? (await newKey(ports, actor));
  const der = writePushRequest(key, name);
  const base64 = Buffer.from(der).toString("base64");
  const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE REQUEST-----\n`;
  if (vendorPem === undefined) return { csr, signed: null };
  const { signature, chainPem } = signPushRequest(der, vendorPem);
  const plist = new Map([
    ["PushCertCertificateChain", chainPem],
    ["PushCertRequestCSR", base64],
    ["PushCertSignature", Buffer.from(signature).toString("base64")],
  ]);
  return { csr, signed: Buffer.from(writeXmlPlist(plist)).toString("base64") };
}

async function newKey(ports: Ports, actor: Actor): Promise<string> {
  const made = await generatePushKey();
  const sealed = ports.sealer.seal(Buffer.from(made, "utf8"), `/${NAME}`);
  const input = { settings: [], secrets: [{ name: NAME, sealed }], now: ports.now() };
  if ((await actor.run(rememberFirst, input)).added) return made;
  const theirs = await pushRequestKey(ports);
  if (theirs === undefined) throw new UptickError("secret-unreadable", "The key of push requests is gone again.");
  return theirs;
}
