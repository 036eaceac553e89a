/** A command to the bytes a device gets. */
import { UptickError } from "../../errors/index.ts";
import type { PlistDict, PlistValue } from "../plist/value.ts";
import { writeXmlPlist } from "../plist/write-xml.ts";
import type { Fields, Shape } from "./shape.ts";
import { type Command, describeCommand } from "./table.ts";

/**
 * The whole property list of a command, `{CommandUUID, Command: {RequestType, …}}`; the same command gives the same bytes.
 * @throws UptickError `command-invalid` when a value is not of its type
 */
export function encodeCommand(command: Command, commandUuid: string): Uint8Array {
  return writeXmlPlist(
    new Map<string, PlistValue>([
      ["CommandUUID", commandUuid],
      ["Command", commandBody(command)],
    ]),
  );
}

/** Only the Command dictionary, as `checkCommand` takes it. */
export function commandBody(command: Command): PlistDict {
  const description = describeCommand(command.requestType);
  if (description === undefined) throw new UptickError("command-invalid", `No command ${String(command.requestType)}.`);
  return new Map<string, PlistValue>([
    ["RequestType", command.requestType],
    ...encodeFields(description.fields, command, command.requestType),
  ]);
}

function encodeFields(fields: Fields, values: object, path: string): Map<string, PlistValue> {
  const dict = new Map<string, PlistValue>();
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(values));
  for (const [name, field] of Object.entries(fields)) {
    const value = given.get(name);
    if (value !== undefined) dict.set(field.key, encodeValue(field.value, value, `${path}.${field.key}`));
    else if (field.presence === "required") throw wrong(`${path}.${field.key}`, "there, but it is missing");
  }
  return dict;
}

function encodeValue(shape: Shape, value: unknown, path: string): PlistValue {
  switch (shape.type) {
    case "string":
      if (typeof value === "string") return value;
      throw wrong(path, "a string");
    case "integer":
      if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
      throw wrong(path, "a whole number");
    case "boolean":
      if (typeof value === "boolean") return value;
      throw wrong(path, "true or false");
    case "data":
      if (value instanceof Uint8Array) return value;
      throw wrong(path, "data");
    case "array":
      if (Array.isArray(value)) return value.map((item, i) => encodeValue(shape.items, item, `${path}[${i}]`));
      throw wrong(path, "an array");
    case "dict":
      if (typeof value === "object" && value !== null) return encodeFields(shape.fields, value, path);
      throw wrong(path, "a dictionary");
    case "variants":
      // No command that we write ourselves holds any.
      throw wrong(path, "written by hand");
  }
}

function wrong(path: string, wanted: string): UptickError {
  return new UptickError("command-invalid", `${path} has to be ${wanted}.`);
}
