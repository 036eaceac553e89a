/** The raw command API and the outcome of its commands. */
import { commandParams, commandView, rawQuery } from "../commands.ts";
import { type Route } from "../route.ts";
import { answerAsXml, MIB, NAMING, notYet, ok } from "./parts.ts";

export const commandsRoutes = {
  showCommand: {
    method: "GET",
    path: "/api/v1/devices/:ref/commands/:uuid",
    role: "viewer",
    summary:
      "The outcome of a command. The reply is that of the raw command API; with `Accept: application/json` it always answers 200 with JSON.",
    params: commandParams,
    replies: [answerAsXml, notYet, ok(commandView, "asked with `Accept: application/json`")],
    errors: [...NAMING, "command-unknown", "command-closed", "raw-not-kept"],
  },
  withdrawCommand: {
    method: "POST",
    path: "/api/v1/devices/:ref/commands/:uuid/withdraw",
    role: "operator",
    object: { kind: "device", by: "ref" },
    summary:
      "Withdraws a command of the raw command API. A delivered command can't be recalled (`answer-lost`); it is not sent again.",
    params: commandParams,
    replies: [ok(commandView, "its outcome, now or before")],
    errors: [...NAMING, "command-unknown", "command-not-raw", "raw-not-kept"],
  },
  rawCommand: {
    method: "PUT",
    path: "/mdm",
    role: "admin",
    object: { kind: "device", by: "device" },
    summary:
      "The raw command API: sends a complete command property list unchanged. A repeated request with the same bytes returns the outcome of the same command, so an interrupted request can be repeated.",
    query: rawQuery,
    body: {
      media: "application/x-apple-aspen-mdm",
      what: "the command, an XML property list with `CommandUUID` and `Command`",
      maxBytes: MIB,
    },
    replies: [answerAsXml, notYet],
    errors: [
      ...NAMING,
      "plist-invalid",
      "plist-too-large",
      "command-invalid",
      "command-not-allowed",
      "command-dangerous",
      "command-conflict",
      "command-closed",
      "raw-not-kept",
      "update-outstanding",
      "halted",
    ],
  },
} as const satisfies Record<string, Route>;
