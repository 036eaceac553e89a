/**
 * An OpenID Connect provider: the authorization code flow with PKCE, state and nonce (openid-client). What it offers is asked for when it is
 * first needed, and then remembered. Trouble is an outcome, never a throw, and says nothing of codes and tokens.
 */
import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  fetchUserInfo,
  None,
  ResponseBodyError,
} from "openid-client";
import type { IdentityProvider, OidcClaims, OidcOutcome } from "../service/index.ts";

export interface OidcProviderOptions {
  /** https, or http on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: a public client, which PKCE alone guards. */
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  /** Where the provider sends the browser back; registered there. */
  readonly redirectUri: string;
  /** False: the ID token does not say what must be known, and the provider is asked for more. */
  readonly isEnough: (claims: OidcClaims) => boolean;
}

const TIMEOUT_SECONDS = 10;

/** What a provider that does its work answers to a code or a token that does not fit. */
const REFUSALS: ReadonlySet<string> = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
  "OAUTH_KEY_SELECTION_FAILED",
]);

const word = (text: unknown): string => (typeof text === "string" && /^[\w-]{1,60}$/.test(text) ? ` (${text})` : "");

function troubleOf(error: unknown): Exclude<OidcOutcome, { readonly kind: "known" }> {
  if (error instanceof AuthorizationResponseError)
    return { kind: "refused", detail: `the provider refuses it${word(error.error)}` };
  if (error instanceof ResponseBodyError && error.status < 500)
    return { kind: "refused", detail: `the provider does not accept the answer${word(error.error)}` };
  if (error instanceof ClientError && error.code !== undefined) {
    if (REFUSALS.has(error.code))
      return { kind: "refused", detail: `the provider's answer does not fit${word(error.code)}` };
    return { kind: "unavailable", detail: `its answer is not that of the protocol${word(error.code)}` };
  }
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return { kind: "unavailable", detail: `it can't be reached${word(cause?.code)}` };
}

/** As the provider takes it: Basic unless it says that it does not. */
function clientAuth(secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (methods.includes("client_secret_basic") ? basic : post)(server, client, body, headers);
  };
}

export function createOidcProvider(options: OidcProviderOptions): IdentityProvider {
  const { issuer, clientId, clientSecret, scopes, redirectUri, isEnough } = options;
  let known: Promise<Configuration> | undefined;

  /** Asked once, by whoever comes meanwhile too; again after a failure. */
  function configuration(): Promise<Configuration> {
    const insecure = issuer.startsWith("http:") ? { execute: [allowInsecureRequests] } : {};
    known ??= discovery(new URL(issuer), clientId, {}, clientAuth(clientSecret), {
      timeout: TIMEOUT_SECONDS,
      ...insecure,
    }).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  }

  return {
    async begin({ state, nonce, verifier }) {
      try {
        const url = buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: scopes,
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
          state,
          nonce,
        });
        return { kind: "url", url: url.href };
      } catch (error) {
        return { kind: "unavailable", detail: troubleOf(error).detail };
      }
    },
    async finish(answer, { state, nonce, verifier }) {
      try {
        const config = await configuration();
        const came = new URL(redirectUri);
        for (const [name, value] of Object.entries(answer)) came.searchParams.append(name, value);
        const tokens = await authorizationCodeGrant(config, came, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims() as (OidcClaims & { readonly iss: string; readonly sub: string }) | undefined;
        if (claims === undefined) return { kind: "refused", detail: "the provider's answer has no ID token" };
        const { iss, sub } = claims;
        if (isEnough(claims) || config.serverMetadata().userinfo_endpoint === undefined)
          return { kind: "known", issuer: iss, subject: sub, claims };
        const more = (await fetchUserInfo(config, tokens.access_token, sub)) as unknown as OidcClaims;
        return { kind: "known", issuer: iss, subject: sub, claims: { ...more, ...claims } };
      } catch (error) {
        return troubleOf(error);
      }
    },
  };
}
