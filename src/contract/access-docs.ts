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

- **Reading the audit and the report needs only \`viewer\`**: an auditor needs both, and must not be able to change anything.
- **Enrollment links, profiles, adoption and removal are the operator's**: they are daily work, and none of them gives access to this API. A link admits devices,
  so it is limited in uses and time. The list of links does not contain their secrets.
- **Raw commands are the admin's**, because they can erase a device. An operator can withdraw one that has not been delivered: withdrawing is the safe direction.
- **Halting all plans and ending the halt is the operator's**: whoever runs updates must be able to stop them.
- **Accepting a smaller list of Apple's and importing CVEs is the operator's**: both decide which updates are offered, as plans do.
- **A dry run needs the role of the change** that it shows.
`;

const USE = `## Tokens

A token is for a program, or for these commands. It has a name, a role and, if you wish, an end. The server stores its hash and shows it once.

    uptick token create nightly-report --role viewer --days 90 > nightly.token

The first start of the server makes the token \`first\` with the role \`admin\`. Tokens of earlier versions have the role \`admin\` and never expire.

## Accounts and sessions

An account is for a person who uses a browser. Names are the same in any case. A password has 12 to 1,000 characters; the server stores it with scrypt
(N = 2^17, r = 8, p = 1). \`uptick account --help\` lists the commands.

**The first account.** While there is no account, each start of the server prints a set-up link. It is good once, for 24 hours, and replaces the one before. It ends when
the first account exists. Treat it as a password: it makes an admin. Without a browser:

    curl -H "Content-Type: application/json" -d '{"secret":"WHAT STANDS BEHIND #","name":"anna","password":"a long sentence"}' \
      http://127.0.0.1:8080/api/v1/setup

**A session** begins with \`POST /api/v1/session\`. It ends after 12 hours without use and after 7 days in any case. It also ends when the person signs out, when an admin
ends the account's sessions, and when the account's role, state or password changes. The cookie can't be read by pages. A request that
changes something must have the header \`X-CSRF-Token\` with the session's \`csrfToken\`, and must come from a page of the same origin. If a request has an
\`Authorization\` header, the cookie is ignored.

**TLS.** The server speaks plain HTTP. Put a TLS proxy in front of it before other machines use it, and set \`web-url\`: the cookie is then sent over TLS only.
Set \`web-proxies\` too. Otherwise every person has the proxy's address, and one person's wrong passwords slow down all others.

**Guesses are slowed down.** After 5 failures for a name from one address (30 for all names), there is a pause of 1 second, which doubles with each failure up to 5 minutes
(\`sign-in-paused\`, with \`Retry-After\`). After 100 failures for one name from all addresses, attempts from addresses at which nobody has signed in to that account
are 5 seconds apart. Nobody is locked out. Each process counts on its own, and forgets after an hour. The audit counts refused sign-ins by the hour.

**The last way in is kept.** An admin can't revoke, remove, disable or change the last admin token or admin account with a password. Tokens that have expired and accounts of an
OpenID Connect provider do not count as a way in.

**When nobody can sign in**, whoever can write to the server's data has two ways: \`uptick account reset NAME\` prints a link that sets a new password for an account and
enables it, and \`uptick token reset\` prints an admin token. Stop the server first, unless it uses PostgreSQL. Both are in the audit, and the next start logs them
(\`account-reset\`, \`admin-token-reset\`).

## OpenID Connect

People can sign in by a provider instead of a password (authorization code flow with PKCE). Register \`WEB-URL/api/v1/session/oidc/callback\` as redirect URI, and start the server with

    --web-url https://uptick.example.org --oidc-issuer https://login.example.org --oidc-client-id uptick
    --oidc-client-secret-file secret --oidc-role-map uptick-admins=admin,it=operator,staff=viewer

A browser begins at \`/api/v1/session/oidc\`. An account is made at the first sign-in and is identified by the issuer and the subject of the person, never by a name or an email address.
At each sign-in the values of the claim \`groups\` (\`oidc-role-claim\`) decide about the role. The claim may be in the ID token or in the provider's userinfo. A person
without a mapped value is refused (\`oidc-no-role\`), and their sessions end. A change at the provider has its effect at the next sign-in, after 7 days at the latest; to end access at once, disable the account
or end its sessions. If the provider can't be reached, passwords still work, and the log has \`oidc-failed\` with the reason.
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
  return `${INTRODUCTION}\n${USE}\n${TABLE}\n${head}\n${routes.map(row).join("\n")}\n`;
}
