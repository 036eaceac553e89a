/** One attempt to deliver: signed, sent, and its outcome noted. */
import { signatureOf } from "../../identity/index.ts";
import type { WebhookDeliveryRow } from "../../store/index.ts";
import type { Ports, WebhookOutcome, WebhookPort } from "../ports.ts";
import { deliveryDone } from "./delivery.ts";
import { ownerOf, SECRET, SECRET_BEFORE } from "./webhook.ts";

/** For this long (ms) after a rotation deliveries are signed with the secret before as well. */
export const SECRETS_OVERLAP = 24 * 3_600_000;

export type Post = (
  webhook: { readonly id: string; readonly url: string },
  delivery: WebhookDeliveryRow,
) => Promise<void>;

export const secretContext = (webhookId: string): string => `/${ownerOf(webhookId)}`;

export function createPost(
  ports: Pick<Ports, "devices" | "sealer" | "realNow">,
  port: WebhookPort,
  signal: AbortSignal,
): Post {
  const { devices, sealer, realNow } = ports;

  /** The one in force first. */
  async function secretsOf(id: string): Promise<readonly string[]> {
    const rows = await devices.read({ from: "secret", where: { owner: ownerOf(id) } });
    const of = (name: string) => rows.find((row) => row.name === name);
    const [now, before] = [of(SECRET), of(SECRET_BEFORE)];
    const holds = before !== undefined && realNow() - before.at < SECRETS_OVERLAP;
    return [now, holds ? before : undefined].flatMap((row) =>
      row === undefined ? [] : [Buffer.from(sealer.open(row.sealed, secretContext(id))).toString("utf8")],
    );
  }

  return async ({ id: webhookId, url }, { id, event, body }) => {
    const secrets = await secretsOf(webhookId);
    const headers = {
      "content-type": "application/json",
      "user-agent": "uptick",
      "uptick-delivery": id,
      "uptick-event": event,
      "uptick-signature": signatureOf(secrets, Math.floor(realNow() / 1000), body),
    };
    const outcome = await port.post({ url, headers, body }, signal);
    // Nobody knows whether it came; it is sent again after the next start.
    if (outcome.kind === "stopped") return;
    await devices.run(deliveryDone, { webhookId, deliveryId: id, ...resultOf(outcome), now: realNow() });
  };
}

const WORDS = {
  "address-refused": "nothing was sent",
  unreachable: "no connection",
  untrusted: "its certificate is not trusted",
  "cut-off": "the connection broke off",
  "timed-out": "no answer in time",
} as const;

function resultOf(outcome: Exclude<WebhookOutcome, { kind: "stopped" }>): {
  readonly status: number | null;
  readonly error: string | null;
} {
  if (outcome.kind === "failed") return { status: null, error: `${WORDS[outcome.cause]}: ${outcome.detail}` };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { status, error: null };
  return { status, error: status >= 300 && status < 400 ? "a redirect, which is not followed" : `status ${status}` };
}
