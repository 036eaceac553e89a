/** Writes docs/access.md: who may ask what. The table follows from the route table, where roles are enforced from. */
import { ROLES, type Route, roleReaches } from "./route.ts";
import { ROUTES } from "./routes.ts";

const INTRODUCTION = `# Access

Every request to the admin API has a caller: a token of a program or a person (\`Authorization: Bearer TOKEN\`), or the session of an account that
has signed in with a browser. Each caller has one role. The audit names the caller of every change (\`uptick audit\`).

## Roles

| role | may |
|---|---|
| \`viewer\` | read everything except tokens and accounts |
| \`operator\` | also run updates: plans, rollouts, policies, devices, Apple's list, enrollment |
| \`admin\` | also change who may do what and what the server is: accounts, tokens, push certificate, clock, raw commands |

Each role may do all that those before it may. A request that the role does not allow is \`role-too-low\` (403), changes nothing, and stands in the audit.

Some choices are not obvious:

- **Reading the audit and the report needs no more than \`viewer\`**: an auditor needs both, and must not be able to change anything.
- **Enrollment links, profiles, adoption and removal are the operator's**: they are daily work, and none of them gives access to this API. A link admits devices,
  so it is limited in uses and time. The list of links does not contain their secrets.
- **Raw commands are the admin's**, because they can erase a device. An operator can withdraw one that has not been delivered: withdrawing is the safe direction.
- **Halting all plans and ending the halt is the operator's**: whoever runs updates must be able to stop them.
- **Accepting a smaller list of Apple's and importing CVEs is the operator's**: both decide which updates are offered, as plans do.
- **A dry run needs the role of the change** that it shows.
`;

const TABLE = `## What each role may ask

Generated from \`src/contract/routes\` (\`npm run docs\` writes it; a test compares the two).
`;

function row(route: Route): string {
  const { method, path, role } = route;
  const cells = ROLES.map((one) => (role === undefined || roleReaches(one, role) ? "yes" : "–"));
  return `| \`${method} ${path}\` | ${role === undefined ? "yes" : "–"} | ${cells.join(" | ")} |`;
}

/** The whole page. */
export function renderAccessDocs(): string {
  const routes: readonly Route[] = Object.values(ROUTES);
  const head = `| request | without | ${ROLES.join(" | ")} |\n|---|---|${ROLES.map(() => "---|").join("")}`;
  return `${INTRODUCTION}\n${TABLE}\n${head}\n${routes.map(row).join("\n")}\n`;
}
