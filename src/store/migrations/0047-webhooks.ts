/** Webhooks and what they are told. Of the deliveries of a webhook those that wait are few, and are found by their state. */
import { step } from "./step.ts";

export const webhooks = step(
  "webhooks",
  ({ text, integer, strict }) => `
CREATE TABLE webhook (
  id ${text} PRIMARY KEY, name ${text} NOT NULL, url ${text} NOT NULL, events ${text} NOT NULL, revision ${integer} NOT NULL,
  state ${text} NOT NULL, created_at ${integer} NOT NULL, created_by ${text} NOT NULL, cursor ${integer} NOT NULL,
  failing_since ${integer}, delivered_at ${integer}, disabled_at ${integer}, disabled_by ${text}, disabled_reason ${text},
  due_at ${integer}, lease_until ${integer} NOT NULL
)${strict};
CREATE UNIQUE INDEX webhook_name ON webhook (name);
CREATE INDEX webhook_due ON webhook (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE webhook_delivery (
  id ${text} PRIMARY KEY, webhook_id ${text} NOT NULL, event ${text} NOT NULL, at ${integer} NOT NULL, body ${text} NOT NULL,
  state ${text} NOT NULL, attempts ${integer} NOT NULL, attempted_at ${integer}, status ${integer}, error ${text},
  created_at ${integer} NOT NULL, due_at ${integer}
)${strict};
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_state ON webhook_delivery (webhook_id, state, due_at);
CREATE INDEX webhook_delivery_created ON webhook_delivery (created_at);
`,
);
