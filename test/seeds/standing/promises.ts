/** What must hold of standing plans after every commit, whatever has happened (targets section 13). */
import type { DatabaseSync } from "node:sqlite";
import type { SimDevice } from "../../../simulator/index.ts";
import type { Accepted } from "../admin.ts";
import { type GivenKnown, givenPromises } from "./given.ts";
import { ringPromises } from "./rings.ts";

export interface StandingPromises {
  /** Looks at these enrollments and at all decisions since. What is broken, in words; each once. `latest`: as in `promises.ts`. */
  look(db: DatabaseSync, touched: ReadonlySet<string>, latest: number): string[];
}

export function standingPromisesOver(
  devices: readonly SimDevice[],
  { accepted, ...known }: GivenKnown & { readonly accepted: Accepted },
): StandingPromises {
  const rings = ringPromises(devices);
  const given = givenPromises(known);
  const said = new Set<string>();
  let { backAt } = accepted;
  return {
    look(db, touched, latest) {
      const isOther = backAt !== accepted.backAt;
      ({ backAt } = accepted);
      if (isOther) known.listing.forgetSince(accepted.backTo ?? 0);
      const broken = [...rings.look(db, isOther), ...given.look(db, touched, latest, isOther)];
      return broken.filter((what) => {
        if (said.has(what)) return false;
        said.add(what);
        return true;
      });
    },
  };
}
