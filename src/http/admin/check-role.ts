/** The one place where roles are enforced: every route of the table says the least role that may ask it. */
import { type Route, roleReaches } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Principal } from "../../service/index.ts";

/** @throws UptickError `role-too-low` */
export function checkRole({ actor, role }: Pick<Principal, "actor" | "role">, route: Route): void {
  const { method, path, role: needed } = route;
  if (needed === undefined || roleReaches(role, needed)) return;
  throw new UptickError(
    "role-too-low",
    `${method} ${path} needs the role ${needed}, and ${actor} has the role ${role}.`,
  );
}
