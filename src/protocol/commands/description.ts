/** How a command is described: who takes it, and which fields it has. */
import type { Platform } from "../platform.ts";
import type { PlistDict } from "../plist/value.ts";
import type { CommandTarget, Rule } from "./rule.ts";
import type { CommandSince, Fields } from "./shape.ts";

export interface CommandDescription {
  /** File of apple/device-management that it stands on. */
  readonly schema: string;
  readonly support: Readonly<Partial<Record<Platform, CommandSince>>>;
  readonly fields: Fields;
  /** Rules that concern more than one key. */
  readonly also?: (body: PlistDict, target: CommandTarget | undefined) => Rule[];
}
