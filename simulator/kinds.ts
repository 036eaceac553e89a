/** All kinds of simulated devices. */
import { commandKinds } from "./command-kinds.ts";
import { declaredKinds } from "./declared-kinds.ts";
import type { Kind } from "./kind.ts";

/**
 * The one list of kinds, by their stable names: how a plan for each must end, and what documents say of it, is held to
 * this list. A new kind is a new entry; a new behaviour is a new key of `Kind`.
 */
export const kinds = { ...commandKinds, ...declaredKinds } as const satisfies Record<string, Kind>;

/** The name of a kind, for example `mac-intel`. */
export type KindName = keyof typeof kinds;

/** The names of the kinds whose stories are about update commands, in the order of the table. */
export const kindNames = Object.keys(commandKinds) as readonly KindName[];

/** The names of the kinds that are updated by declarations, in the order of their table. */
export const declaredKindNames = Object.keys(declaredKinds) as readonly KindName[];

/** All names: those of the kinds told by commands, then those of the declared ones. */
export const allKindNames: readonly KindName[] = [...kindNames, ...declaredKindNames];
