/** A real OpenID Connect provider on loopback, at which people of the test sign in without a form. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export interface Person {
  name: string;
  groups: readonly string[];
}

export interface OidcIdp {
  readonly issuer: string;
  /** By subject. */
  readonly people: Map<string, Person>;
  /** Who sits at the browser. */
  user: string;
  /** Goes where Uptick has sent the browser, and gives the address that the provider sends it back to. */
  visit(url: string): Promise<URL>;
  /** Nothing answers until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const CLIENT = { id: "uptick", secret: "client-secret-of-the-test" };

export async function startOidcProvider(redirectUri: string): Promise<OidcIdp> {
  const people = new Map<string, Person>();
  let handle: http.RequestListener = () => undefined;
  let server = http.createServer((request, response) => handle(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups"],
    pkce: { required: () => true },
    cookies: { keys: ["a key of the test"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kty: "RSA", use: "sig", alg: "RS256" }] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, subject) => ({
      accountId: subject,
      claims: () => {
        const { name = "", groups = [] } = people.get(subject) ?? {};
        return { sub: subject, preferred_username: name, groups };
      },
    }),
    async loadExistingGrant({ oidc }) {
      const { client, session } = oidc;
      const grant = new provider.Grant({ clientId: client?.clientId ?? "", accountId: session?.accountId ?? "" });
      grant.addOIDCScope("openid profile groups");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const idp: OidcIdp = {
    issuer,
    people,
    user: "",
    async visit(url) {
      const cookies = new Map<string, string>();
      let next = new URL(url);
      for (let step = 0; step < 6 && next.origin === issuer; step += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const response = await fetch(next, { redirect: "manual", headers: { cookie } });
        for (const set of response.headers.getSetCookie()) {
          const [name = "", value = ""] = (set.split(";", 1)[0] ?? "").split("=");
          cookies.set(name, value);
        }
        await response.text();
        next = new URL(response.headers.get("location") ?? "about:blank", next);
      }
      return next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
    async start() {
      server = http.createServer((request, response) => handle(request, response));
      await once(server.listen(port, "127.0.0.1"), "listening");
    },
  };
  handle = (request, response) => {
    if (request.url?.startsWith("/interaction/") !== true) return void answer(request, response);
    return void provider.interactionFinished(request, response, { login: { accountId: idp.user } });
  };
  return idp;
}
