/** The raw command API and the place to look for what came of it. */
import { UptickError } from "../../../errors/index.ts";
import type { CommandState, RawOutcome } from "../../../service/index.ts";
import { type Handlers, ok } from "./reply.ts";

/** As the raw command API answers: the device's own bytes, or where to look. @throws UptickError `command-closed` */
function answerAsDevice(ref: string, outcome: RawOutcome) {
  switch (outcome.kind) {
    case "answered": {
      const headers = {
        "uptick-command-uuid": headerText(outcome.commandUuid),
        "uptick-status": headerText(outcome.status),
      };
      return { status: 200, media: "application/xml", headers, body: outcome.answer } as const;
    }
    case "pending": {
      const { kind, commandUuid, state, resent } = outcome;
      const location = `/api/v1/devices/${encodeURIComponent(ref)}/commands/${encodeURIComponent(commandUuid)}`;
      return {
        status: 202,
        media: "application/json",
        headers: { location },
        body: { kind, commandUuid, state, resent },
      } as const;
    }
    case "closed": {
      const { commandUuid, outcome: how } = outcome;
      const may = how === "answer-lost" ? ". The device took it and may have carried it out" : "";
      throw new UptickError(
        "command-closed",
        `The command ${commandUuid} ended without an answer from the device: ${how}${may}.`,
      );
    }
  }
}

/** What others chose, fit for a header. */
function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}

export const commandHandlers: Handlers<"rawCommand" | "showCommand" | "withdrawCommand"> = {
  rawCommand: async ({ commands }, { query, body }, actor) =>
    answerAsDevice(
      query.device,
      await commands.send(actor, query.device, body, { waitMs: query.wait * 1000, allow: query.allow }),
    ),

  showCommand: async ({ commands }, { params, wantsJson }) => {
    const command = await commands.show(params.ref, params.uuid);
    return wantsJson ? ok(asJson(command)) : answerAsDevice(params.ref, command);
  },

  withdrawCommand: async ({ commands }, { params }, actor) =>
    ok(asJson(await commands.withdraw(actor, params.ref, params.uuid))),
};

function asJson(command: CommandState) {
  if (command.kind === "answered") return { ...command, answer: new TextDecoder().decode(command.answer) };
  if (command.kind === "pending") return command;
  const { outcome: reason, ...closed } = command;
  return { ...closed, reason };
}
