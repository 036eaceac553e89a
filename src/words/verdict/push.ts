/** Why a device cannot be woken. The codes are those of `PushTroubleCode`. */
import { moment, p, type Words } from "./fragments.ts";

export const PUSH_TROUBLE = {
  "push-token-dead": {
    cause: (a) =>
      `Uptick cannot wake the device: since ${moment(a, "troubleSinceAt")} Apple rejects its push token (${p(a, "trouble")})`,
    remedy:
      "Wait for the device to check in: it then sends a new token. If it does not, restart it, or enroll it again.",
  },
  "push-topic-refused": {
    cause: (a) =>
      `Uptick cannot wake the device: since ${moment(a, "troubleSinceAt")} Apple rejects its push token with this server's topic (${p(a, "trouble")})`,
    remedy:
      "See that uptick status names the topic that the device enrolled with. If it does not, enroll the device again.",
  },
  "push-certificate-refused": {
    cause: (a) =>
      `Uptick cannot wake any device: since ${moment(a, "troubleSinceAt")} the push service refuses the connection (${p(a, "trouble")})`,
    remedy: "Renew the push certificate in Apple's portal and import it with uptick push import; check apns-ca.",
  },
  "push-service-unreachable": {
    cause: (a) => `Uptick cannot reach Apple's push service since ${moment(a, "troubleSinceAt")} (${p(a, "trouble")})`,
    remedy: "See that the server can open connections to api.push.apple.com, port 443.",
  },
  "push-refused": {
    cause: (a) => `Apple refuses pushes to the device since ${moment(a, "troubleSinceAt")} (${p(a, "trouble")})`,
    remedy: "The server's log names the refused push. Please report it.",
  },
  "push-token-missing": {
    cause: "Uptick cannot wake the device: it has sent no push token",
    remedy: "Wait for the device to check in, or enroll it again.",
  },
} satisfies Readonly<Record<string, Words>>;
