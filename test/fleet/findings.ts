/** Everything that is wrong with a run whose server was killed, beside the run with the same seed that nobody disturbed. */
import { declaredFindings, endOf, installsOutsideWindow, miscountedAnswers } from "./checks.ts";
import type { Outcome } from "./outcome.ts";

/** One sentence for each broken promise; empty when the kills changed nothing. */
export function killFindings(calm: Outcome, killed: Outcome): string[] {
  const found: string[] = [];
  const expected = new Map(calm.devices.map((outcome) => [outcome.record.index, endOf(outcome)]));
  for (const outcome of killed.devices) {
    const [end, other] = [endOf(outcome), expected.get(outcome.record.index)];
    if (JSON.stringify(end) !== JSON.stringify(other))
      found.push(`${end.device}: ends otherwise: ${JSON.stringify(end)}, undisturbed ${JSON.stringify(other)}`);
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
