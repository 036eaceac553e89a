/** Writes docs/errors.md from the table of codes. */
import { ERRORS } from "./codes.ts";

const INTRODUCTION = `# Errors

Every error has a fixed code. The web face answers with it as \`application/problem+json\` (RFC 9457): \`type\` is
\`urn:uptick:error:CODE\`, \`title\` says when this happens, \`detail\` what happened here, \`remedy\` what to do now. The
commands print message, code and remedy on stderr and end with 1 (with 2 when the command line itself is wrong). A remedy
in an answer may be more exact than the one here.

This page is generated from \`src/errors/codes.ts\` (\`npm run docs\` writes it; a test compares the two).
`;

/** The whole page: an introduction, then a heading for each code. */
export function renderErrorDocs(): string {
  const sections = Object.entries(ERRORS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, when, remedy }]) => `## ${code}\n\n${when}\n\nStatus ${status}. ${remedy}\n`);
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}
