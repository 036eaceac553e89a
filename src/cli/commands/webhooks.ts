/** `uptick webhook …`: addresses that are told of events, and the outcome of their deliveries. */
import { type Command, Option } from "commander";
import {
  type DeliveryView,
  delivery as deliverySchema,
  deliveryPage,
  DELIVERY_STATES,
  type NewWebhook,
  newWebhook,
  webhook as webhookSchema,
  webhookPage,
  type WebhookView,
} from "../../contract/index.ts";
import { moment } from "../age.ts";
import { clean } from "../clean.ts";
import { type Cli, examples, wholeNumber } from "../cli.ts";
import { PAGE, sayList } from "../pages.ts";
import { table } from "../table.ts";

const REF = "the name or the id of a webhook";
const EVENTS = "such as rollout.paused, a group such as job.*, or *; docs/events.md lists them";

const time = (at: string | null): string | null => (at === null ? null : moment(at).slice(0, 19));

function stateOf({ state, disabledReason, failingSinceAt, waiting }: WebhookView): string {
  if (state === "disabled") return `disabled: ${disabledReason ?? ""}`;
  const fails = failingSinceAt === null ? "active" : `fails since ${time(failingSinceAt)}`;
  return waiting === 0 ? fails : `${fails}, ${waiting} to send`;
}

const webhookLine = (webhook: WebhookView): string =>
  clean(`${webhook.name} (${webhook.id}): ${webhook.url}: ${webhook.events.join(" ")}: ${stateOf(webhook)}`);

const secretLines = ({ secret, previousSecretEndsAt }: NewWebhook): string[] => [
  `Its secret, shown only this once: ${secret}`,
  ...(previousSecretEndsAt === null
    ? []
    : [`Until ${time(previousSecretEndsAt)} each delivery is signed with the secret before as well.`]),
];

function deliveryLine({ event, state, status, error, nextAt }: DeliveryView): string {
  const answer = error ?? (status === null ? "not sent yet" : `status ${status}`);
  return clean(`${event}: ${state}: ${answer}${nextAt === null ? "" : `; it is sent at ${time(nextAt)}`}`);
}

function addList(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("list")
    .description("List the webhooks by name.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listWebhooks", webhookPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) =>
        rows.length === 0
          ? ["There are no webhooks."]
          : table(
              ["name", "state", "events", "url"],
              rows.map((row) => [row.name, stateOf(row), row.events.join(" "), row.url]),
            ),
      );
    });
  examples(command, [["who is told of events?", "webhook list"]]);
}

function addAdd(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("add")
    .argument("<name>", "a name that no other webhook has")
    .argument("<url>", "where events are sent, https")
    .description("Add a webhook, and show the secret with which its deliveries are signed.")
    .requiredOption("--events <events...>", EVENTS)
    .action(async (name: string, url: string, { events }: { readonly events: readonly string[] }) => {
      const api = await cli.api();
      const said = await api.json("createWebhook", newWebhook, { body: { name, url, events } });
      cli.show(said, (made) => [webhookLine(made), ...secretLines(made)]);
    });
  examples(command, [
    [
      "tell the chat of rollouts that need somebody",
      "webhook add chat https://chat.example/hook --events rollout.asks rollout.paused",
    ],
  ]);
}

interface EditOptions {
  readonly name?: string;
  readonly url?: string;
  readonly events?: readonly string[];
  readonly enable?: true;
  readonly disable?: true;
  readonly rotate?: true;
}

function addEdit(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("edit")
    .argument("<webhook>", REF)
    .description("Change a webhook, enable or disable it, or give it a new secret.")
    .option("--name <name>", "its new name")
    .option("--to <url>", "where events are sent from now on")
    .option("--events <events...>", EVENTS)
    .addOption(new Option("--enable", "send events again, and what waits at once").conflicts("disable"))
    .option("--disable", "send nothing until it is enabled")
    .option("--rotate", "make a new secret; for a day deliveries are signed with both")
    .action(async (id: string, { enable, disable, rotate, to, ...set }: EditOptions & { readonly to?: string }) => {
      const api = await cli.api();
      const enabled = enable === true ? { enabled: true } : disable === true ? { enabled: false } : {};
      const fields = { ...set, ...(to === undefined ? {} : { url: to }), ...enabled };
      if (Object.keys(fields).length > 0 || rotate !== true) {
        const { value } = await api.json("showWebhook", webhookSchema, { params: { id } });
        const body = { revision: value.revision, ...fields };
        const said = await api.json("editWebhook", webhookSchema, { params: { id: value.id }, body });
        cli.show(said, (changed) => [webhookLine(changed)]);
      }
      if (rotate !== true) return;
      cli.show(await api.json("rotateWebhookSecret", newWebhook, { params: { id } }), secretLines);
    });
  examples(command, [
    ["also when jobs fail", "webhook edit chat --events rollout.asks rollout.paused job.failed"],
    ["its receiver works again", "webhook edit chat --enable"],
  ]);
}

function addRemove(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("remove")
    .argument("<webhook>", REF)
    .description("Remove a webhook with its deliveries.")
    .action(async (id: string) => {
      const api = await cli.api();
      await api.send("deleteWebhook", { params: { id } });
      if (!cli.json) cli.say(clean(`The webhook ${id} is removed.`));
    });
  examples(command, [["tell the chat nothing more", "webhook remove chat"]]);
}

function addTest(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("test")
    .argument("<webhook>", REF)
    .description("Send the event webhook.test now, and show what the receiver answers.")
    .action(async (id: string) => {
      const api = await cli.api();
      const said = await api.json("testWebhook", deliverySchema, { params: { id } });
      cli.show(said, (done) => [deliveryLine(done)]);
    });
  examples(command, [["does it reach the chat?", "webhook test chat"]]);
}

interface DeliveriesOptions {
  readonly state?: DeliveryView["state"];
  readonly limit: number;
}

function addDeliveries(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("deliveries")
    .argument("<webhook>", REF)
    .description("List the deliveries of a webhook, the newest first, with their outcome.")
    .addOption(new Option("--state <state>", "only these").choices(DELIVERY_STATES))
    .option("--limit <n>", "how many at most", wholeNumber(1, 1000), 50)
    .action(async (id: string, { state, limit }: DeliveriesOptions) => {
      const api = await cli.api();
      const said = await api.json("listDeliveries", deliveryPage, { params: { id }, query: { state, limit } });
      cli.show(said, ({ rows, next }) =>
        rows.length === 0
          ? ["There are no deliveries."]
          : [
              ...table(
                ["id", "event", "of", "state", "attempts", "status", "next", "error"],
                rows.map((row) => [
                  row.id,
                  row.event,
                  time(row.recordedAt),
                  row.state,
                  String(row.attempts),
                  row.status === null ? null : String(row.status),
                  time(row.nextAt),
                  row.error,
                ]),
              ),
              ...(next === null ? [] : [`These are the newest ${rows.length}; --limit shows more.`]),
            ],
      );
    });
  examples(command, [["what has not arrived, and why?", "webhook deliveries chat --state waiting"]]);
}

function addRetry(webhook: Command, cli: Cli): void {
  const command = webhook
    .command("retry")
    .argument("<webhook>", REF)
    .argument("<delivery>", "the id of a delivery, as webhook deliveries shows it")
    .description("Send a delivery again, now.")
    .action(async (id: string, delivery: string) => {
      const api = await cli.api();
      const said = await api.json("retryDelivery", deliverySchema, { params: { id, delivery } });
      cli.show(said, (due) => [deliveryLine(due)]);
    });
  examples(command, [["one that was given up", "webhook retry chat 0198e000-0000-7000-8000-0000000000d1"]]);
}

export function addWebhooks(program: Command, cli: Cli): void {
  const webhook = program.command("webhook").description("Addresses that the server tells of events.");
  addList(webhook, cli);
  addAdd(webhook, cli);
  addEdit(webhook, cli);
  addRemove(webhook, cli);
  addTest(webhook, cli);
  addDeliveries(webhook, cli);
  addRetry(webhook, cli);
  examples(webhook, [
    ["tell an address of jobs that fail, and try it", "webhook add ops https://ops.example/uptick --events job.failed"],
    ["does it arrive?", "webhook test ops"],
  ]);
}
