/** The bench's table: one line for each thing measured. */
import type { Measured } from "./load.ts";

const WIDE = 40;
const NUMBER = 9;

export const say = (line = ""): void => void process.stdout.write(`${line}\n`);

/** `more` stands behind the numbers. */
function sayRow(what: string, numbers: readonly string[], more = ""): void {
  say(`${what.padEnd(WIDE)}${numbers.map((text) => text.padStart(NUMBER)).join("")}${more === "" ? "" : `  ${more}`}`);
}

export const sayHead = (): void => sayRow("", ["req/s", "p50 ms", "p99 ms", "CPU µs"]);

export function sayMeasured(what: string, { perSecond, p50, p99, cpu, failed }: Measured, more: string): void {
  const numbers = [perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpu.toFixed(0)];
  sayRow(what, numbers, `${more}${failed > 0 ? `  ${failed} FAILED` : ""}`);
}
