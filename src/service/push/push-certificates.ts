/** The certificate that pushes are sent with: what Apple's portal is given for it, and its import. */
import type { PushCertificate, PushRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { readPushCertificate } from "../../identity/index.ts";
import type { Actor } from "../actor.ts";
import { remember } from "../server/settings.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { makePushRequest, pushRequestKey } from "./push-request.ts";

export interface PushCertificates {
  /**
   * A request for a push certificate, whose key stays here; signed where a vendor's certificate, key and chain are given
   * (PEM, used once and not kept). Throws `certificate-invalid`.
   */
  pushRequest(actor: Actor, vendorPem: string | undefined): Promise<PushRequest>;
  /** PEM with certificate and private key, which may be absent where the request was made here. Throws `push-certificate-invalid`, `push-topic-fixed`. */
  importPush(actor: Actor, pem: string): Promise<PushCertificate>;
}

/** The setting: topic and end (ms UTC). */
export interface StoredPush {
  readonly topic: string;
  readonly notAfter: number;
}

export const pushView = ({ topic, notAfter }: StoredPush): PushCertificate => ({ topic, endsAt: isoTime(notAfter) });

/** The certificate in force; undefined before the first. */
export async function pushInForce({ devices }: Pick<Ports, "devices">): Promise<StoredPush | undefined> {
  const [row] = await devices.read({ from: "setting", where: { name: "push" } });
  return row?.value as StoredPush | undefined;
}

/** `onPush` is told of a new certificate with its key (PEM), which is in force from then on. */
export function createPushCertificates(
  ports: Ports,
  { organization, onPush }: { readonly organization: string; readonly onPush: (pem: string) => void },
): PushCertificates {
  return {
    pushRequest: (actor, vendorPem) => makePushRequest(ports, actor, `${organization} MDM push`, vendorPem),
    async importPush(actor, pem) {
      const certificate = readPushCertificate(pem, await pushRequestKey(ports));
      if (certificate.notAfter <= ports.realNow()) {
        throw new UptickError(
          "push-certificate-invalid",
          `The push certificate ended on ${new Date(certificate.notAfter).toISOString().slice(0, 10)}.`,
        );
      }
      const before = await pushInForce(ports);
      if (before !== undefined && before.topic !== certificate.topic && (await ports.admin.countDevices()) > 0) {
        throw new UptickError(
          "push-topic-fixed",
          `Devices are enrolled with the topic ${before.topic}; this certificate is for ${certificate.topic}.`,
        );
      }
      const push = { topic: certificate.topic, notAfter: certificate.notAfter };
      const plain = Buffer.from(`${certificate.certPem}\n${certificate.keyPem}`, "utf8");
      const secrets = [{ name: "PushCertificate", sealed: ports.sealer.seal(plain, "/PushCertificate") }];
      await actor.run(remember, { settings: [{ name: "push", value: push }], secrets, now: ports.now() });
      onPush(plain.toString("utf8"));
      return pushView(push);
    },
  };
}
