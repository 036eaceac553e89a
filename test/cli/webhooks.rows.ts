/** Events, and who is told of them. */
import { expect } from "vitest";
import type { NewWebhook, WebhookView } from "../../src/contract/index.ts";
import type { Place } from "./place.ts";
import { asStranger, type Rows } from "./row.ts";

/** A name that leads nowhere. */
const URL = "https://hook.invalid/x";

let made = 0;
/** The name of a new one. */
async function aWebhook({ uptick }: Place): Promise<string> {
  made += 1;
  const body = { name: `hook ${made}`, url: URL, events: ["job.*"] };
  return (await uptick.web.post<NewWebhook>("/api/v1/webhooks", body)).name;
}

const shown = ({ uptick }: Place, name: string): Promise<WebhookView> =>
  uptick.web.get<WebhookView>(`/api/v1/webhooks/${encodeURIComponent(name)}`);

export const WEBHOOKS: Rows = {
  events: {
    happy: {
      line: ["events", "--after", "0", "--topics", "devices,plans", "--count", "1"],
      // A stream has no end, so it is not read as one reply.
      io: { fetch },
      says: [/^(many: \d+ changes at once|20\S+ \S+ {2}\w+\.[a-z-]+.*)\n$/],
    },
    sad: { line: ["events", "--topics", "weather"], code: "request-invalid" },
  },
  webhook: "group",
  "webhook add": {
    happy: {
      line: ["webhook", "add", "chat", URL, "--events", "rollout.asks", "job.*"],
      says: [
        /^chat \([0-9a-f-]{36}\): https:\/\/hook\.invalid\/x: rollout\.asks job\.\*: active\n/,
        /this once: whsec_/,
      ],
      then: async (place) => expect(await shown(place, "chat")).toMatchObject({ events: ["rollout.asks", "job.*"] }),
    },
    sad: {
      line: ["webhook", "add", "inside", "https://169.254.169.254/", "--events", "*"],
      code: "webhook-invalid",
    },
  },
  "webhook list": {
    happy: {
      line: async (place) => (await aWebhook(place), ["webhook", "list"]),
      says: [/^NAME +STATE +EVENTS +URL\n/, /\nhook \d+ +active +job\.\* +https:/],
    },
    sad: { line: asStranger("webhook", "list"), code: "unauthorized" },
  },
  "webhook edit": {
    happy: {
      line: async (place) => ["webhook", "edit", await aWebhook(place), "--disable", "--events", "*", "--rotate"],
      says: [/^hook \d+ .*: \*: disabled: by-admin\n/, /shown only this once: whsec_.*\nUntil 20/],
      then: async (place) =>
        expect(await shown(place, `hook ${made}`)).toMatchObject({ state: "disabled", events: ["*"], revision: 2 }),
    },
    sad: { line: ["webhook", "edit", "nowhere", "--enable"], code: "webhook-unknown" },
  },
  "webhook test": {
    happy: {
      line: async (place) => ["webhook", "test", await aWebhook(place)],
      says: [/^webhook\.test: given-up: no connection: (ENOTFOUND|EAI_AGAIN)\n$/],
    },
    sad: { line: ["webhook", "test", "nowhere"], code: "webhook-unknown" },
  },
  "webhook deliveries": {
    happy: {
      async line(place) {
        const name = await aWebhook(place);
        await place.run(["webhook", "test", name]);
        return ["webhook", "deliveries", name, "--state", "given-up"];
      },
      says: [
        /^ID +EVENT +OF +STATE +ATTEMPTS +STATUS +NEXT +ERROR\n/,
        /webhook\.test +20.* given-up +1 +- +- +no connection/,
      ],
    },
    sad: { line: ["webhook", "deliveries", "nowhere"], code: "webhook-unknown" },
  },
  "webhook retry": {
    happy: {
      async line(place) {
        const name = await aWebhook(place);
        const { out } = await place.run(["--json", "webhook", "test", name]);
        return ["webhook", "retry", name, (JSON.parse(out) as { id: string }).id];
      },
      says: [/^webhook\.test: waiting: .*; it is sent at 20/],
    },
    sad: {
      line: ["webhook", "retry", "nowhere", "0198e000-0000-7000-8000-0000000000d1"],
      code: "webhook-unknown",
    },
  },
  "webhook remove": {
    happy: {
      line: async (place) => ["webhook", "remove", await aWebhook(place)],
      says: [/^The webhook hook \d+ is removed\.\n$/],
      then: async ({ uptick }) =>
        expect(JSON.stringify(await uptick.web.get("/api/v1/webhooks"))).not.toContain(`"hook ${made}"`),
    },
    sad: { line: ["webhook", "remove", "nowhere"], code: "webhook-unknown" },
  },
};
