/** Why a device is told by command or by declaration, as part of a sentence. */
import type { WhyCommand, WhyDeclaration } from "../../plans/index.ts";

const MECHANISM_WORDS: Readonly<Record<WhyCommand | WhyDeclaration, string>> = {
  "os-before-declarations": "its OS takes no update declarations yet",
  "declarations-not-listed": "the device does not list the declaration among what it takes",
  "declarations-not-allowed": "its enrollment does not allow the declaration",
  "now-by-command": "only a command can say now",
  "action-by-command": "only a command can do this",
  "declarations-preferred": "the device plans for itself and keeps its user informed",
  "only-declarations": "its OS has no update commands",
  "commands-not-allowed": "update commands need supervision and access right 4096; this enrollment lacks one of them",
  "no-report": "it has not reported whether it takes declarations",
  "improvement-by-declaration": "only a declaration can name a Background Security Improvement",
};

/** Why this mechanism was chosen. */
export function mechanismWords(because: keyof typeof MECHANISM_WORDS): string {
  return MECHANISM_WORDS[because];
}

/** Every code that has words. */
export const MECHANISM_CODES: readonly string[] = Object.keys(MECHANISM_WORDS);
