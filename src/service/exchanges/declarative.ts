/**
 * A device syncs its declarations: tokens, list, one by one. What it gets was computed when its causes changed, so here it
 * is only read; but a plan that has been stopped is withdrawn before anything of it is handed out.
 */
import { type DeclarationKind, declarationsToken, itemsResponse, tokensResponse } from "../../protocol/index.ts";
import { exchange, type Lookups, type Seen, type Write } from "../../store/index.ts";
import { enforcementOf, hash, isUpdate } from "../declare.ts";
import { admissionLookups, admit, type NotAdmitted, notAdmitted } from "./admit.ts";
import type { Caller } from "./caller.ts";
import { bodyLookup } from "./bodies.ts";
import { organizationLookup, organizationOf } from "./check-in.ts";
import { startDeclarations } from "./declarations.ts";
import { deviceLookups, Scene } from "./scene.ts";
import { settle } from "./standing.ts";

export type SyncSaid =
  | { readonly kind: "json"; readonly enrollmentId: string; readonly text: string }
  /** The declaration was withdrawn: the device removes its copy. */
  | { readonly kind: "withdrawn"; readonly enrollmentId: string }
  /** Nothing is known of it. Saying that it is gone would remove it from a device, so that is not said. */
  | { readonly kind: "unknown"; readonly enrollmentId: string }
  | NotAdmitted;

const lookups = (ask: Caller) =>
  ({
    ...admissionLookups(ask),
    ...deviceLookups,
    organization: organizationLookup,
  }) as const satisfies Lookups;

/** What each of these exchanges has looked up. */
type Entered = Seen<ReturnType<typeof lookups>>;

/** The scene of a device that syncs, up to date; or what it is told instead. */
function enter(ask: Caller, seen: Entered): Scene | { readonly writes: Write[]; readonly said: SyncSaid } {
  const admission = admit(ask, seen);
  if (admission.kind !== "known") return notAdmitted(admission);
  const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
  scene.writes.push(...admission.writes);
  if (scene.planStopped && scene.job !== undefined && scene.job.state !== "stopping") {
    scene.step({ kind: "withdraw", cause: "plan-stopped" });
  }
  // A device of a restored backup asks before this server has thought of it; one that said it can't has found that it can.
  if (scene.declarative === undefined) {
    if (scene.enrollment.enforces === 0) scene.patch({ enforces: null });
    startDeclarations(scene, organizationOf(seen));
    settle(scene);
  }
  return scene;
}

const syncing = (decide: (scene: Scene) => SyncSaid) => (ask: Caller, seen: Entered) => {
  const scene = enter(ask, seen);
  if (!(scene instanceof Scene)) return scene;
  const said = decide(scene);
  return { writes: scene.writes, said };
};

/** For a device of which too little is known to declare anything: it must have nothing. */
const NOTHING = { token: declarationsToken(hash, []), changedAt: 0 };

export const syncTokens = exchange({
  name: "syncTokens",
  reads: lookups,
  decide: syncing((scene) => {
    const enrollmentId = scene.enrollment.id;
    const { token, changedAt } = scene.declarative ?? NOTHING;
    return { kind: "json", enrollmentId, text: tokensResponse(token, changedAt) };
  }),
});

export const syncItems = exchange({
  name: "syncItems",
  reads: lookups,
  decide: syncing((scene) => {
    const enrollmentId = scene.enrollment.id;
    const row = scene.declarative;
    if (row === undefined) return { kind: "json", enrollmentId, text: itemsResponse([], NOTHING.token) };
    const listed = row.items.some(({ identifier }) => isUpdate(identifier));
    if (row.syncedToken !== row.token) {
      scene.note("declarations-listed", { declarations: row.items.map(({ identifier }) => identifier) });
    }
    scene.patchDeclarative({
      syncedAt: scene.now,
      syncedToken: row.token,
      tries: 0,
      ...(listed ? {} : { held: 0 }),
    });
    scene.step({ kind: "synced", listed });
    scene.restIfAnswered();
    return { kind: "json", enrollmentId, text: itemsResponse(row.items, row.token) };
  }),
});

export interface FetchAsk extends Caller {
  readonly kind: DeclarationKind;
  readonly identifier: string;
}

export const fetchDeclaration = exchange({
  name: "fetchDeclaration",
  reads: (ask: FetchAsk) => ({
    ...lookups(ask),
    bodies: bodyLookup,
    declaration: {
      from: "declaration",
      where: {
        enrollmentId: { of: "enrollment", column: "id" },
        kind: ask.kind,
        identifier: ask.identifier,
      },
    },
  }),
  decide(ask: FetchAsk, seen): { writes: Write[]; said: SyncSaid } {
    const { kind, identifier } = ask;
    return syncing((scene) => {
      const enrollmentId = scene.enrollment.id;
      const found = seen.declaration[0];
      const current = scene.declarative?.items.some((item) => item.kind === kind && item.identifier === identifier);
      if (found === undefined) {
        scene.note("declaration-unknown", { kind, identifier });
        return { kind: "unknown", enrollmentId };
      }
      if (current !== true) {
        scene.note("declaration-gone", { kind, identifier });
        return { kind: "withdrawn", enrollmentId };
      }
      if (isUpdate(identifier)) {
        if (scene.declarative?.held === 0) scene.patchDeclarative({ held: 1 });
        scene.note("declaration-fetched", { identifier }, scene.keep(new TextEncoder().encode(found.body)));
        // One of a replaced plan that stands beside it says nothing of the job's own.
        if (scene.job !== undefined && enforcementOf(scene.job)?.identifier === identifier)
          scene.step({ kind: "taken" });
      }
      return { kind: "json", enrollmentId, text: found.body };
    })(ask, seen);
  },
});
