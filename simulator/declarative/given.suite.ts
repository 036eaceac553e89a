/** What the tests declare. */
import type { PlistDict } from "../plist.ts";
import type { Player, World } from "../scripted-server.suite.ts";
import type { Json, JsonDict } from "./json.ts";
import { isJsonDict, isJsonList, textIn } from "./json.ts";
import type { Given } from "./scripted-declarations.suite.ts";

export const enforcement = (version: string, local: string, more: JsonDict = {}): Given => ({
  type: "com.apple.configuration.softwareupdate.enforcement.specific",
  payload: { TargetOSVersion: version, TargetLocalDateTime: local, ...more },
});
export const activation = (configurations: readonly string[], predicate?: string): Given => ({
  type: "com.apple.activation.simple",
  payload: { StandardConfigurations: configurations, ...(predicate !== undefined && { Predicate: predicate }) },
});
export const subscriptions = (...names: readonly string[]): Given => ({
  type: "com.apple.configuration.management.status-subscriptions",
  payload: { StatusItems: names.map((Name) => ({ Name })) },
});
export const updateItems = [
  "softwareupdate.install-state",
  "softwareupdate.install-reason",
  "softwareupdate.pending-version",
  "softwareupdate.failure-reason",
  "device.operating-system.version",
  "device.operating-system.build-version",
  "management.declarations",
] as const;

/** `at` (ms UTC) as TargetLocalDateTime in `zone`. */
export const localIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone })
    .format(at)
    .replace(" ", "T");

/** Waits on the world's clock until `holds`, for so many virtual hours at most. */
export async function until(world: World, holds: () => boolean, hours = 24): Promise<void> {
  const end = world.clock.now() + hours * 3_600_000;
  while (!holds()) {
    if (world.clock.now() > end) throw new Error(`It did not happen within ${hours} hours.`);
    await world.clock.sleep(60_000);
  }
}

/** Tells the device that there is something new, as a server does, and waits until it took the command. */
export const announce = (world: World, player: Player, data: "with" | "without" = "with"): Promise<PlistDict> =>
  player.ask({
    RequestType: "DeclarativeManagement",
    ...(data === "with" && { Data: world.declarations.tokens() }),
  });

/** Declares this enforcement in identifier `update`, with an activation and subscriptions to everything about updates. */
export function declare(world: World, given: Given): void {
  world.declarations.set("update", given);
  world.declarations.set("status", subscriptions(...updateItems));
  world.declarations.set("all", activation(["update", "status"]));
}

/** All that came by status reports, each merged into what came before; full ones replace it. */
export function merged(world: World): { readonly at: number; readonly items: JsonDict }[] {
  let items: JsonDict = {};
  return world.declarations.reports.flatMap(({ json, at, status }) => {
    const news = json?.["StatusItems"];
    if (status !== 200 || !isJsonDict(news)) return [];
    items = json?.["FullReport"] === true ? news : merge(items, news);
    return [{ at, items }];
  });
}

function merge(old: JsonDict, news: JsonDict): JsonDict {
  const both = Object.entries(news).map(([key, value]) => {
    const before = old[key];
    // A status item is told whole; the dictionaries above it are only its name.
    return [key, isJsonDict(value) && isJsonDict(before) && above.has(key) ? merge(before, value) : value] as const;
  });
  return { ...old, ...Object.fromEntries(both) };
}
const above = new Set(["softwareupdate", "device", "operating-system", "management", "supplemental", "identifier"]);

/** The value under `path` in what was reported last. */
export function told(world: World, path: string): Json | undefined {
  let value: Json | undefined = merged(world).at(-1)?.items;
  for (const step of path.split(".")) value = isJsonDict(value) ? value[step] : undefined;
  return value;
}

/** The values `softwareupdate.install-state` had, one after the other. */
export function statesTold(world: World): (string | undefined)[] {
  const states = merged(world).map(({ items }) => {
    const update = items["softwareupdate"];
    return isJsonDict(update) ? textIn(update, "install-state") : undefined;
  });
  return states.filter((state, at) => state !== undefined && state !== states[at - 1]);
}

/** What the device said last of the declaration `identifier`. */
export function judgementTold(world: World, identifier: string): JsonDict | undefined {
  const all = told(world, "management.declarations");
  const lists = isJsonDict(all) ? Object.values(all) : [];
  const items = lists.flatMap((list) => (isJsonList(list) ? list : []));
  return items.filter(isJsonDict).find((item) => item["identifier"] === identifier);
}
