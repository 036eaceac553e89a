/** Writes docs/errors.md from the tables of codes. */
import { ERROR_GROUPS, type ErrorGroup } from "./codes.ts";

const INTRODUCTION = `# Errors

Every error has a fixed code. The admin API answers with it as \`application/problem+json\` (RFC 9457): \`type\` is
\`urn:uptick:error:CODE\`, \`title\` says when the error occurs, \`detail\` what happened this time, \`remedy\` what to do. The
commands print message, code and remedy on stderr. Their exit code is 1, or 2 for a wrong command line. A remedy in an
answer may be more exact than the one here. Where the API's remedy names fields or routes, commands show another one.

The codes are in groups, by the place where the error occurs. Each group is sorted.

This page is generated from the tables in \`src/errors\` (\`npm run docs\` writes it; a test compares the two).
`;

function section({ title, about, errors }: ErrorGroup): string {
  const codes = Object.entries(errors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, when, remedy, command }]) => {
      const inCommands = command === undefined ? "" : `\nIn commands: ${command}\n`;
      return `### ${code}\n\n${when}\n\nStatus ${status}. ${remedy}\n${inCommands}`;
    });
  return `## ${title}\n\n${about}\n\n${codes.join("\n")}`;
}

/** The whole page: an introduction, a heading for each group, and below it one for each code. */
export function renderErrorDocs(): string {
  return `${INTRODUCTION}\n${ERROR_GROUPS.map(section).join("\n")}`;
}
