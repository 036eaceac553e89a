/** Devices as they were kept before their list had a table, and what the list says of them once it has. */
import type { AdminStore } from "./admin-store.ts";
import type { DeviceFilter } from "./device-query.ts";

const device = (id: string, name: string | null, version: string, more: string): string => `INSERT INTO enrollment
  (id, apple_id, kind, state, device_name, serial, os_version, compliance, flags, deadline_at, pushable, awaiting_configuration, created_at, lease_until, unheard, last_seen_at)
  VALUES ('${id}', 'u${id}', 'device', 'enrolled', ${name === null ? "NULL" : `'${name}'`}, 'S${id}', '${version}', ${more}, 1, 0, 0, 0, 0, ${id.charCodeAt(0)})`;
const job = (id: string, enrollmentId: string, state: string, doc: object): string => `INSERT INTO job
  (id, plan_id, enrollment_id, live, begun, state, reason, doc, created_at, lease_until)
  VALUES ('${id}', 'p', '${enrollmentId}', ${state === "done" ? 0 : 1}, 1, '${state}', 'begun', '${JSON.stringify(doc)}', 0, 0)`;

export const OLD_LISTED: readonly string[] = [
  device("a", "Zürich", "26.10", "'on-target', ' newest ', NULL"),
  device("b", "ÅNGSTRÖM", "26.9", "'cannot', ' overdue ', 5"),
  device("c", null, "18.7", "'cannot', '', 4"),
  job("ja", "a", "done", { target: {}, state: "done", mechanism: "declaration" }),
  job("jb", "b", "blocked", { target: {}, state: "blocked" }),
  job("jc", "c", "done", { state: "done" }),
  "INSERT INTO device_tag (enrollment_id, tag) VALUES ('b', 'lab')",
];

/** What a list finds by each filter, and the list in each order. */
export async function listed(admin: AdminStore): Promise<Readonly<Record<string, string>>> {
  const ids = async (filter: DeviceFilter, by: "id" | "name" | "os" | "compliance" | "lastSeen" = "id") => {
    const { rows } = await admin.devices({ ...filter, sort: { by, down: false }, limit: 9 });
    return rows.map(({ enrollment }) => enrollment.id).join("");
  };
  const lab = { kind: "test", field: "tag", how: "=", values: ["lab"] } as const;
  return {
    name: await ids({}, "name"),
    os: await ids({}, "os"),
    compliance: await ids({}, "compliance"),
    lastSeen: await ids({}, "lastSeen"),
    search: await ids({ search: "angstrom" }),
    serial: await ids({ search: "sb" }),
    overdue: await ids({ flags: { overdue: true } }),
    blocked: await ids({ jobState: "blocked" }),
    declaration: await ids({ mechanism: "declaration" }),
    command: await ids({ mechanism: "command" }),
    tag: await ids({ scope: { rule: lab, groups: new Map() } }),
  };
}

export const LISTED = {
  name: "bac",
  os: "cba",
  compliance: "cba",
  lastSeen: "abc",
  search: "b",
  serial: "b",
  overdue: "b",
  blocked: "b",
  declaration: "a",
  command: "b",
  tag: "b",
};
