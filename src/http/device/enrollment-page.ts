/**
 * The page behind an enrollment link, for a person with a phone in the hand: what will happen, and one button. No script, and
 * nothing from elsewhere.
 */
import { createHash } from "node:crypto";
import type { LinkRefused } from "../../service/index.ts";

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, -apple-system, sans-serif; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 34rem; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
ol { padding-left: 1.4rem; margin: .5rem 0; }
li { margin: .4rem 0; }
.button { display: block; margin: 1.5rem 0; padding: .9rem 1rem; border-radius: .75rem; background: #0058c8; color: #fff;
  font-size: 1.1rem; font-weight: 600; text-align: center; text-decoration: none; }
.button:focus-visible { outline: .2rem solid; outline-offset: .2rem; }
.small { font-size: .9rem; opacity: .8; }
`;

/** Goes with every answer under /enroll: the address holds a secret, which must not be kept or passed on. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Text as it may stand between tags and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** `profile`: path of the profile; `expiresAt` in ms UTC. */
export function openPage(organization: string, profile: string, expiresAt: number): string {
  const name = escapeHtml(organization);
  const until = `${new Date(expiresAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return page(
    `Enroll this device with ${organization}`,
    `<p>${name} will then keep this device's operating system up to date. It can see what device this is and what it runs, and
can install updates. Everything else that the profile allows is shown to you before you install it.</p>
<a class="button" href="${escapeHtml(profile)}">Download the profile</a>
<h2>On an iPhone or iPad</h2>
<ol>
<li>Use Safari. Tap the button, then Allow.</li>
<li>Open Settings, tap Profile Downloaded at the top, then Install. Do it within a few minutes.</li>
</ol>
<h2>On a Mac</h2>
<ol>
<li>Use Safari. Click the button, and allow the download.</li>
<li>Open System Settings, search for Device Management (or Profiles), double-click the profile, then Install.</li>
</ol>
<p class="small">The profile is for this one device. This link ends on ${until}. You can remove the profile in the same place
later. If you did not expect this page, close it: nothing has happened yet.</p>`,
  );
}

const REFUSED: Readonly<Record<(LinkRefused & { kind: "refused" })["why"], readonly [title: string, text: string]>> = {
  "link-unknown": ["This link is not known", "Look whether the address is complete, or ask for a new link."],
  "link-revoked": ["This link has been withdrawn", "Ask whoever gave it to you for a new one."],
  "link-used-up": [
    "This link has been used up",
    "As many devices have enrolled with it as it was made for. Ask whoever gave it to you for a new one.",
  ],
  "link-expired": ["This link has ended", "Ask whoever gave it to you for a new one."],
};

export function refusedPage(why: keyof typeof REFUSED): string {
  const [title, text] = REFUSED[why];
  return page(title, `<p>${text}</p>`);
}

export const waitPage = (): string =>
  page("Many devices are enrolling just now", "<p>Go back and try again in a minute.</p>");

export const troublePage = (): string =>
  page("This can't be done just now", "<p>The server has a problem. Go back and try again later.</p>");
