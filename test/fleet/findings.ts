/** Everything that is wrong with a run whose server was killed, beside the run with the same seed that nobody disturbed. */
import { declaredFindings, endOf, installsOutsideWindow, miscountedAnswers } from "./checks.ts";
import type { DeviceOutcome, Outcome } from "./outcome.ts";

/**
 * Its user installs while an order waits at the device. Where the device answers that order first ("no update is available") it
 * has updated by itself; where it tells its version first the order may have done it. A kill changes which comes first.
 */
const BY_EITHER = { kind: "iphone-user-installs", reasons: ["updated", "updated-by-itself"] };

function comparable(outcome: DeviceOutcome): string {
  const end = endOf(outcome);
  const either = outcome.record.kind === BY_EITHER.kind && BY_EITHER.reasons.includes(end.reason ?? "");
  return JSON.stringify(either ? { ...end, reason: BY_EITHER.reasons.join("|") } : end);
}

/** One sentence for each broken promise; empty when the kills changed nothing. */
export function killFindings(calm: Outcome, killed: Outcome): string[] {
  const found: string[] = [];
  const expected = new Map(calm.devices.map((outcome) => [outcome.record.index, comparable(outcome)]));
  for (const outcome of killed.devices) {
    const [end, other] = [comparable(outcome), expected.get(outcome.record.index)];
    if (end !== other) found.push(`ends otherwise: ${end}, undisturbed ${other}`);
  }
  for (const [name, run] of Object.entries({ calm, killed })) {
    found.push(...run.unsettled.map((text) => `${name}: not at its end: ${text}`));
    for (const outcome of run.devices) {
      const { device, observed, real, installs } = endOf(outcome);
      if (observed !== real) found.push(`${name}: ${device}: the server says ${observed}, the device runs ${real}`);
      if (installs > 1) found.push(`${name}: ${device}: ${installs} installs`);
    }
    found.push(...run.devices.flatMap(miscountedAnswers).map((text) => `${name}: answer ${text}`));
    found.push(...run.devices.flatMap(declaredFindings).map((text) => `${name}: declaration: ${text}`));
    found.push(...run.devices.flatMap(installsOutsideWindow).map((text) => `${name}: outside the window: ${text}`));
  }
  return found;
}
