/** Commands that admins hand in as complete property lists. */
import { UptickError } from "../../errors/index.ts";
import { DictReader } from "../plist/dict-reader.ts";
import { isBinaryPlist } from "../plist/parse-binary.ts";
import { parseXmlPlist } from "../plist/parse-xml.ts";
import { isDict, type PlistDict } from "../plist/value.ts";
import { inspect } from "./inspect.ts";
import { type Command, describeCommand, isRequestType } from "./table.ts";

export interface DecodedCommand {
  readonly commandUuid: string;
  readonly requestType: string;
  /** Undefined when we don't write commands of that RequestType, or the command does not fit its description. */
  readonly command: Command | undefined;
  /** All that was sent. */
  readonly message: PlistDict;
  /** The Command dictionary as sent. */
  readonly body: PlistDict;
  /** What does not fit Apple's schema whatever the device, in words; empty for a RequestType we don't describe. */
  readonly problems: readonly string[];
}

/**
 * Reads a complete command, `{CommandUUID, Command: {RequestType, …}}`.
 * @throws UptickError `plist-invalid`, `plist-too-large`, or `command-invalid` when CommandUUID, Command or its RequestType is
 * missing, empty or of another type
 */
export function decodeCommand(bytes: Uint8Array): DecodedCommand {
  if (isBinaryPlist(bytes)) {
    throw new UptickError(
      "plist-invalid",
      "The command is a binary property list; commands are sent on as they are, in XML.",
      {
        remedy: "Convert it first: plutil -convert xml1 FILE on a Mac, plistutil -f xml elsewhere.",
      },
    );
  }
  const message = parseXmlPlist(bytes);
  if (!isDict(message)) throw new UptickError("command-invalid", "A command is not a dictionary.");
  const read = new DictReader(message, "command", "command-invalid");
  const commandUuid = nonEmpty(read.required("string", "CommandUUID"), "CommandUUID");
  const body = read.required("dict", "Command");
  const inner = new DictReader(body, "Command", "command-invalid");
  const requestType = nonEmpty(inner.required("string", "RequestType"), "RequestType");
  const problems: string[] = [];
  for (const key of message.keys()) {
    if (key !== "CommandUUID" && key !== "Command") problems.push(`${key} is not a key beside CommandUUID and Command`);
  }
  const description = describeCommand(requestType);
  if (description === undefined) return { commandUuid, requestType, command: undefined, message, body, problems };
  const { values, malformed } = inspect(description, body, undefined);
  problems.push(...malformed.map((rule) => rule.text));
  // Nothing is malformed, so the values are those the description's type names.
  const whole = malformed.length === 0 && isRequestType(requestType);
  const command = whole ? ({ requestType, ...values } as Command) : undefined;
  return { commandUuid, requestType, command, message, body, problems };
}

function nonEmpty(text: string, key: string): string {
  if (text.trim() === "") throw new UptickError("command-invalid", `command: the key ${key} is empty.`);
  return text;
}
