/** A device enrolled again: what belongs to its former life ends. */
import type { ChallengeRow, SecretRow } from "../../store/index.ts";
import type { KnownCertificate } from "../enrollment/caller.ts";
import { forgetDeclarations } from "../enrollment/declarations.ts";
import { step } from "../enrollment/job.ts";
import { dropPending } from "../enrollment/pending.ts";
import { forgetPolicy } from "../enrollment/policy.ts";
import { giveUpAll } from "../enrollment/queue.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

/** What belongs to an enrollment's former life. */
export interface FormerLife {
  readonly certificates: readonly KnownCertificate[];
  /** Certificates made to renew it, used or not. */
  readonly renewing: readonly KnownCertificate[];
  readonly challenges: readonly ChallengeRow[];
  readonly secrets: readonly SecretRow[];
  /** Certificates that wait for the admin. */
  readonly pending: readonly KnownCertificate[];
}

/** A device enrolled again: nothing that was meant for its former life may reach it, nothing of it may speak for it. */
export function startAnew(unit: UnitOfWork, fingerprint: string, former: FormerLife): void {
  step(unit, { kind: "gone", cause: "enrolled-anew" });
  forgetDeclarations(unit);
  forgetPolicy(unit);
  giveUpAll(unit);
  for (const { owner, name } of former.secrets) unit.also({ drop: "secret", where: { owner, name } });
  for (const { hash } of former.challenges) unit.also({ drop: "challenge", where: { hash } });
  // Kept, and refused from now on: a certificate that is not known would wait for the admin.
  for (const row of [...former.certificates, ...former.renewing]) {
    if (row.fingerprint === fingerprint || row.supersededAt !== null) continue;
    const where = { fingerprint: row.fingerprint };
    unit.also({ patch: "certificate", where, set: { supersededAt: unit.now } });
  }
  unit.forgetFacts();
  unit.also(...dropPending(former.pending.filter((row) => row.fingerprint !== fingerprint)));
  unit.patch({
    state: "authenticated",
    removedAt: null,
    certificate: fingerprint,
    bootstrapTokenAt: null,
    awaitingConfiguration: 0,
    reportedVersion: null,
    softwareUpdateDeviceId: null,
    bootstrapTokenRequired: null,
    bootstrapTokenAllowed: null,
    osVersion: null,
    buildVersion: null,
    supplementalBuild: null,
    supplementalExtra: null,
    supervised: null,
    enforces: null,
    dueAt: null,
    unheard: 0,
    pushesAccepted: 0,
    pushTrouble: null,
  });
  unit.note("enrolled-anew", {});
}
