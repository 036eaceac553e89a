/**
 * Is it still the machine that it was? A restored or cloned one comes with the UDID of another. That is noted, and a bootstrap
 * token is given only to the machine that escrowed it.
 */
import type { EnrollmentRow, FactsRow, Write } from "../../store/index.ts";
import { timelineNote } from "./bodies.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What a machine says of itself when it enrolls. */
interface Says {
  readonly serial: string | null;
  readonly productName: string | null;
}

/**
 * A UDID that comes under another serial or model: the bootstrap token of the former machine is not given to this one. A new
 * enrollment of an enrolled device drops it with its TokenUpdate, as all of its former life; `keepsLife`: there is none.
 */
export function noteOtherMachine(known: EnrollmentRow, says: Says, keepsLife: boolean, now: number): Write[] {
  const note = otherMachine(
    known.id,
    { serial: known.serial ?? known.claimedSerial, productName: known.productName },
    says,
    now,
  );
  if (note === undefined) return [];
  const set = { bootstrapTokenAt: null };
  return keepsLife ? [note, dropToken(known.id), { patch: "enrollment", where: { id: known.id }, set }] : [note];
}

/** The same from an answer to DeviceInformation; `before` is what the device had said since it enrolled. */
export function noteOtherFacts(unit: UnitOfWork, before: FactsRow["doc"]): void {
  const { id } = unit.enrollment;
  const note = otherMachine(id, saidIn(before), saidIn(unit.facts), unit.now);
  if (note === undefined) return;
  unit.also(note, dropToken(id));
  unit.patch({ bootstrapTokenAt: null });
}

const dropToken = (owner: string): Write => ({ drop: "secret", where: { owner, name: "BootstrapToken" } });

function saidIn(facts: FactsRow["doc"]): Says {
  const text = (name: string): string | null => {
    const value = facts[name]?.value;
    return typeof value === "string" && value !== "" ? value : null;
  };
  return { serial: text("SerialNumber"), productName: text("ProductName") };
}

function otherMachine(id: string, before: Says, after: Says, now: number): Write | undefined {
  const differs = (key: keyof Says): boolean =>
    before[key] !== null && after[key] !== null && before[key].toLowerCase() !== after[key].toLowerCase();
  if (!differs("serial") && !differs("productName")) return undefined;
  const [was, is] = [before, after].map(({ serial, productName }) => ({ serial, productName }));
  return timelineNote(id, now, "machine-changed", { before: was ?? null, after: is ?? null }, null);
}
