/** What a policy means for a device, and how far the device has come with it. */
import type { PolicyDelivery } from "../plans/index.ts";
import type { AssignmentRow } from "../store/index.ts";

type LeftOut = PolicyDelivery["leftOut"];

const NOT_NEEDED = "Not needed: this device already behaves this way by default.";
const NONE_APPLY = "None of these settings apply to this device.";
const UNKNOWN = "Not known yet: the device has not reported its OS version and supervision.";

/** Before it is given to a device. `replaces`: name of the policy that the device has now. */
export function policyDecisionWords(
  { way, leftOut }: { readonly way: PolicyDelivery["way"]; readonly leftOut: LeftOut },
  device: { readonly enrolled: boolean; readonly replaces: string | null },
): string {
  const first = device.enrolled ? "" : "It is not enrolled; once it is: ";
  const instead = device.replaces === null ? "" : ` Replaces the policy "${device.replaces}".`;
  return `${first}${wayWords(way, leftOut)}${leftOutWords(leftOut)}${instead}`;
}

function wayWords(way: PolicyDelivery["way"], leftOut: LeftOut): string {
  switch (way) {
    case "declaration":
      return "By declaration.";
    case "profile":
      return "By a restrictions profile, as it has no declaration for this.";
    case "nothing":
      return leftOut.length === 0 ? NOT_NEEDED : NONE_APPLY;
    case "unknown":
      return UNKNOWN;
  }
}

function leftOutWords(leftOut: LeftOut): string {
  if (leftOut.length === 0) return "";
  return ` Left out: ${leftOut.map(({ path, why }) => `${path} (${why})`).join(", ")}.`;
}

/** Of a device that has it. `leftOut`: settings that it does not get. */
export function policyStateWords(
  assignment: Pick<AssignmentRow, "way" | "state" | "held" | "objection">,
  { enrolled, leftOut }: { readonly enrolled: boolean; readonly leftOut: LeftOut },
): string {
  const said = assignment.objection === null ? "" : ` It said: ${assignment.objection}.`;
  return `${stateWords(assignment, enrolled, leftOut)}${leftOutWords(leftOut)}${said}`;
}

function stateWords(
  { way, state, held }: Pick<AssignmentRow, "way" | "state" | "held">,
  enrolled: boolean,
  leftOut: LeftOut,
): string {
  if (state === "removing")
    return "The policy was removed. The restrictions profile has not been removed from the device yet.";
  if (!enrolled) return "It is not enrolled.";
  switch (way) {
    case "unknown":
      return UNKNOWN;
    case "nothing":
      return leftOut.length === 0 ? NOT_NEEDED : NONE_APPLY;
    case "declaration":
      return declaredWords(state, held === 1);
    case "profile":
      if (state === "applied") return "In force by a restrictions profile.";
      return state === "failed"
        ? "The device does not take the restrictions profile."
        : "The device has not confirmed the restrictions profile yet.";
  }
}

/** `held`: it may still have the restrictions profile that the declaration replaces. */
function declaredWords(state: AssignmentRow["state"], held: boolean): string {
  if (state === "applied")
    return `In force by declaration.${held ? " The restrictions profile has not been removed yet." : ""}`;
  const profile = held ? " The restrictions profile stays until then." : "";
  return state === "failed"
    ? `The device does not take the declaration.${profile}`
    : `The declaration is on its way: the device has not reported that it is in force.${profile}`;
}
