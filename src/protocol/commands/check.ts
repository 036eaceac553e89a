/** Refuses what Apple's schema forbids on a device, before it is sent. */
import type { PlistDict } from "../plist/value.ts";
import { forbids, inspect, lacks } from "./inspect.ts";
import type { CommandTarget, Rule } from "./rule.ts";
import type { CommandSince } from "./shape.ts";
import { describeCommand } from "./table.ts";

/**
 * Every rule that this command breaks on this device; empty when Apple's schema allows it. `body` is the Command dictionary.
 * A RequestType we don't describe breaks no rule, and what we don't know of the device never refuses.
 */
export function checkCommand(requestType: string, body: PlistDict, target: CommandTarget): Rule[] {
  const description = describeCommand(requestType);
  if (description === undefined) return [];
  const broken: Rule[] = [];
  const refuse = (text: string) =>
    broken.push({
      key: requestType,
      text: `${requestType} ${text}`,
      source: `${description.schema} (payload.supportedOS)`,
    });
  const lack = lacks(description.support, target);
  const since: CommandSince | undefined = description.support[target.platform];
  if (lack !== undefined) refuse(lack);
  if (since !== undefined) for (const text of forbids(since, target)) refuse(text);
  const { malformed, forbidden } = inspect(description, body, target);
  // Where the command itself does not exist, that its keys don't either is no news.
  return [...broken, ...(lack === undefined ? forbidden : []), ...malformed];
}
