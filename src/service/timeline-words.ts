/** Words for entries of the timeline that are put together of several facts. */
import { causeOf, hiddenWords, type VerdictWords } from "../words/index.ts";
import type { Json } from "../store/index.ts";

type Data = { readonly [key: string]: Json };

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** "asking → downloading (nothing): the download has been ordered", and what the device's list said beside it. */
export function jobStepText(data: Data): string {
  const cause = causeOf(textOf(data["reason"]), (data["params"] ?? {}) as VerdictWords["params"]);
  const until = data["deferredUntil"];
  const hidden = typeof until === "number" ? `; ${hiddenWords(new Date(until).toISOString())}` : "";
  return `${textOf(data["from"])} → ${textOf(data["to"])} (${textOf(data["event"])}): ${cause}${hidden}`;
}

/** A kind that has no words here either is shown by its name. */
export function otherText(kind: string, data: Data): string {
  if (kind === "version-unreadable") return `Reports OS version '${textOf(data["version"])}', which is no version`;
  return kind;
}
