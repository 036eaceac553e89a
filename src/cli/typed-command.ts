/** Commands by their RequestType: the flags and the property list both follow from Apple's schema as the protocol describes it. */
import { type Command as Program, InvalidArgumentError, Option } from "commander";
import {
  type Asked,
  type Command,
  deviceInformationQueries,
  describeCommand,
  encodeCommand,
  type Fields,
  REQUEST_TYPES,
  type RequestType,
  type Shape,
} from "../protocol/index.ts";

interface Flag {
  readonly requestType: RequestType;
  /** `productVersion`, both our field's name and commander's for `--product-version`. */
  readonly name: string;
  readonly flag: string;
  readonly value: Shape;
  /** The list of dictionaries it lies in, where it does: flags write one item. */
  readonly within?: string;
}

const FLAGS: readonly Flag[] = REQUEST_TYPES.flatMap((requestType) =>
  flagsOf(requestType, describeCommand(requestType)?.fields ?? {}),
);

function flagsOf(requestType: RequestType, fields: Fields, within?: string): Flag[] {
  return Object.entries(fields).flatMap(([name, { value }]): Flag[] => {
    if (value.type === "array" && value.items.type === "dict") return flagsOf(requestType, value.items.fields, name);
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [{ requestType, name, flag, value, ...(within === undefined ? {} : { within }) }];
  });
}

/** Adds an option for every key of every command. */
export function addFlags(program: Program): Program {
  for (const { requestType, flag, value } of FLAGS) program.addOption(optionFor(requestType, flag, value));
  return program;
}

function optionFor(requestType: RequestType, flag: string, value: Shape): Option {
  const of = `of ${requestType}`;
  switch (value.type) {
    case "boolean":
      return new Option(flag, of);
    case "integer":
      return new Option(`${flag} <n>`, of).argParser((text) => {
        if (/^\d{1,15}$/.test(text)) return Number(text);
        throw new InvalidArgumentError("Expected a whole number.");
      });
    case "array":
      return new Option(`${flag} <a,b>`, of).argParser((text) => text.split(","));
    case "data":
      return new Option(`${flag} <file>`, `${of}: the file with its bytes`);
    default: {
      const option = new Option(`${flag} <text>`, of);
      return value.type === "string" && value.oneOf !== undefined ? option.choices(Object.keys(value.oneOf)) : option;
    }
  }
}

/** The flags that were given, by name; among commander's options of the whole command. */
type Given = Readonly<Record<string, unknown>>;

/** Flags that were given though the RequestType does not have them; without a RequestType, all that were given. */
export function strayFlags(requestType: string | undefined, given: Given): string[] {
  return FLAGS.filter((flag) => flag.requestType !== requestType && given[flag.name] !== undefined).map(
    ({ flag, requestType: owner }) => `${flag} (${owner})`,
  );
}

export const isTyped = (word: string): word is RequestType => REQUEST_TYPES.some((name) => name === word);

/** What a command takes from outside the flags. */
export interface Sources {
  /** The bytes behind a flag of data. */
  readFile(path: string): Promise<Uint8Array>;
  /** The device that the command is for. */
  device(): Promise<Asked>;
}

/** The whole property list. Throws `command-invalid`, and what its sources throw. */
export async function typedCommand(
  requestType: RequestType,
  given: Given,
  commandUuid: string,
  sources: Sources,
): Promise<Uint8Array> {
  const values: Record<string, unknown> = {};
  for (const { name, value, within } of FLAGS.filter((flag) => flag.requestType === requestType)) {
    const said = given[name];
    if (said === undefined) continue;
    const meant = value.type === "data" && typeof said === "string" ? await sources.readFile(said) : said;
    if (within === undefined) values[name] = meant;
    else values[within] = [{ ...(values[within] as readonly object[] | undefined)?.[0], [name]: meant }];
  }
  // All there is to ask of this device.
  if (requestType === "DeviceInformation") values["queries"] ??= deviceInformationQueries(await sources.device());
  // The encoder checks every value against its description.
  return encodeCommand({ requestType, ...values } as Command, commandUuid);
}
