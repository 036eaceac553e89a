/**
 * What a device calls itself is its own word. A profile for one device is compared with the one field that it names; and a
 * device is never called by a serial number that calls another one.
 */
import { type CertificateRow, type EnrollmentRow, isUdidShaped, upperAscii, type Write } from "../../store/index.ts";
import { timelineNote } from "./bodies.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Enrollments that an admin can mean: those that have not left, and are not in quarantine. */
export const lives = ({ state }: Pick<EnrollmentRow, "state">): boolean =>
  state === "enrolled" || state === "authenticated";

const HOLDER = ["id", "appleId", "state", "serial"] as const satisfies readonly (keyof EnrollmentRow)[];
/** Who is called by a serial number, as far as that is asked about. */
export type Holder = Pick<EnrollmentRow, (typeof HOLDER)[number]>;

/** Who is called by this serial number: the rows that `serialPatch` has to see. */
export const holdersOf = (serial: string | null) =>
  ({
    from: "enrollment",
    where: { serial: serial === null ? null : upperAscii(serial) },
    columns: HOLDER,
    ...(serial === null ? { limit: 0 } : {}),
  }) as const;

type Serials = Pick<EnrollmentRow, "serial" | "claimedSerial">;

/**
 * An enrollment says its serial number. It is called by it, unless another one that lives is, or it is no serial number but
 * has the form of a UDID: then the claim is kept and shown. `said` null: it said none.
 */
export function serialPatch(own: EnrollmentRow, said: string | null, holders: readonly Holder[]): Partial<Serials> {
  if (said === null) return {};
  const serial = upperAscii(said);
  const taken = isUdidShaped(serial) || holders.some((row) => row.id !== own.id && lives(row));
  if (!taken) return { serial, claimedSerial: null };
  const itsOwn = own.serial === serial;
  if (itsOwn && lives(own)) return { claimedSerial: null };
  return { serial: itsOwn ? null : own.serial, claimedSerial: serial };
}

/** The device names its serial number, or null: none. `holders`: who is called by it (`holdersOf`). */
export function saysSerial(unit: UnitOfWork, said: string | null, holders: readonly Holder[]): void {
  const before = unit.enrollment;
  const set = serialPatch(before, said, holders);
  unit.patch(set);
  unit.also(...serialNews(before, set, holders, unit.now));
}

/** What follows from a patch of `serialPatch`: a new claim is noted, and who has left is no longer called by the number. */
export function serialNews(
  own: EnrollmentRow,
  { serial, claimedSerial }: Partial<Serials>,
  holders: readonly Holder[],
  at: number,
): Write[] {
  const others = holders.filter((row) => row.id !== own.id);
  if (claimedSerial === undefined) return [];
  if (claimedSerial === null) return serial === undefined ? [] : others.flatMap((row) => handsOn(row, own, at));
  if (claimedSerial === own.claimedSerial) return [];
  const holder = others.find(lives);
  const data = { serial: claimedSerial, holder: holder?.id ?? null, udid: holder?.appleId ?? null };
  const theirs = { serial: claimedSerial, claimant: own.id, udid: own.appleId };
  return [
    timelineNote(own.id, at, "serial-claimed", data, null),
    ...(holder === undefined ? [] : [timelineNote(holder.id, at, "serial-claimed-by", theirs, null)]),
  ];
}

/** Who has left, or was removed, loses its serial number to `heir`: both timelines say so. */
function handsOn(left: Holder, heir: Holder, at: number): Write[] {
  const { serial } = left;
  return [
    ...loses(left),
    timelineNote(left.id, at, "serial-handed-on", { serial, heir: heir.id, udid: heir.appleId }, null),
    timelineNote(heir.id, at, "serial-taken-over", { serial, holder: left.id, udid: left.appleId }, null),
  ];
}

/** It has left, and another one is called by its serial number now. */
const loses = ({ id, serial }: Holder): Write[] => [
  { patch: "enrollment", where: { id }, set: { serial: null, claimedSerial: serial } },
];

/** Rows that `freeSerial` has to see, for a transaction that has looked up `enrollment`. */
export const freedLookups = {
  holders: { from: "enrollment", where: { serial: { of: "enrollment", column: "serial" } }, columns: HOLDER },
  claimants: { from: "enrollment", where: { claimedSerial: { of: "enrollment", column: "serial" } }, columns: HOLDER },
} as const;

/**
 * An enrollment stops living (it left, or an admin has taken it out): the one that claims its serial number is called by it
 * from now on. Where several claim it, the next of them that says it is.
 */
export function freeSerial(
  left: EnrollmentRow,
  seen: { readonly holders: readonly Holder[]; readonly claimants: readonly Holder[] },
  at: number,
): Write[] {
  const claimants = seen.claimants.filter((row) => row.id !== left.id && lives(row));
  const [claimant] = claimants;
  const held = seen.holders.some((row) => row.id !== left.id && lives(row));
  if (claimant === undefined || claimants.length > 1 || held || left.serial === null) return [];
  const set = { serial: left.serial, claimedSerial: null };
  return [...handsOn(left, claimant, at), { patch: "enrollment", where: { id: claimant.id }, set }];
}

/** What a device says of itself when it enrolls. */
interface Claims {
  readonly appleId: string;
  readonly serial: string | null;
}

/**
 * Whether a device that says this may enroll with a certificate of a profile for one device. `known`: the enrollment of the
 * UDID that it says. Who holds a profile for a serial number can say any UDID: not that of a device which has another.
 */
export function isMeant(
  { device }: Pick<CertificateRow, "device">,
  { appleId, serial }: Claims,
  known: EnrollmentRow | undefined,
): boolean {
  if (device === null) return true;
  const meant = upperAscii(device.value);
  const isIt = (text: string | null): boolean => text !== null && upperAscii(text) === meant;
  if (device.kind === "udid") return isIt(appleId);
  if (!isIt(serial)) return false;
  return known === undefined || !lives(known) || isIt(known.serial) || isIt(known.claimedSerial);
}
