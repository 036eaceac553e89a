/** Whom the server asks and tells, and where: Apple's list, webhooks, and where they are configured the feeds of CVEs and the identity provider. */
import { rootCertificates } from "node:tls";
import { ROUTES } from "../contract/index.ts";
import {
  createCveFeeds,
  createLookupService,
  createOidcProvider,
  createWebhookClient,
  type JsonRequest,
} from "../outside/index.ts";
import {
  claimValues,
  type FeedPort,
  type LookupService,
  type OidcOptions,
  type WebhookPort,
} from "../service/index.ts";
import type { Config } from "./config/index.ts";
import type { SettingFiles } from "./setting-files.ts";

export interface Sources {
  readonly lookupService: LookupService;
  /** Undefined: no feed is fetched. */
  readonly cveFeeds: FeedPort | undefined;
  /** Undefined: people sign in with passwords only. */
  readonly oidc: OidcOptions | undefined;
  readonly webhooks: WebhookPort;
}

type OidcConfig = Pick<
  Config,
  "oidcIssuer" | "oidcClientId" | "oidcRoleClaim" | "oidcRoleMap" | "oidcScopes" | "webUrl"
>;

function oidcOf(config: OidcConfig, { oidcClientSecret: clientSecret }: Pick<SettingFiles, "oidcClientSecret">) {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcRoleMap: roles, oidcRoleClaim: claim, webUrl } = config;
  if (issuer === undefined || clientId === undefined || roles === undefined || webUrl === undefined) return undefined;
  const provider = createOidcProvider({
    ...{ issuer, clientId, clientSecret, scopes: config.oidcScopes },
    redirectUri: `${webUrl}${ROUTES.finishOidc.path}`,
    isEnough: (claims) => claimValues(claims, claim).length > 0,
  });
  return { provider, claim, roles };
}

export function sourcesOf(
  config: Pick<Config, "lookupServiceUrl" | "cveFeedUrl" | "webhookAllow"> & OidcConfig,
  files: Pick<SettingFiles, "lookupServiceCa" | "cveFeedCa" | "webhookCa" | "oidcClientSecret">,
  sleep: JsonRequest["sleep"],
): Sources {
  const { lookupServiceUrl: url, cveFeedUrl: baseUrl, webhookAllow: allow } = config;
  const { lookupServiceCa, cveFeedCa, webhookCa } = files;
  const trusting = (ca: string | undefined) => (ca === undefined ? { sleep } : { sleep, ca });
  return {
    lookupService: createLookupService({ url, ...trusting(lookupServiceCa) }),
    // Beside an own receiver there may be one of somebody else.
    webhooks: createWebhookClient({
      allow,
      ...trusting(webhookCa === undefined ? undefined : [webhookCa, ...rootCertificates].join("\n")),
    }),
    cveFeeds: baseUrl === undefined ? undefined : createCveFeeds({ baseUrl, ...trusting(cveFeedCa) }),
    oidc: oidcOf(config, files),
  };
}
