import { rootCertificates } from "node:tls";
import { createApnsClient } from "../outside/index.ts";
import type { PushClient } from "../service/index.ts";
import type { Config } from "./config/index.ts";
import type { Logger } from "./log.ts";
import type { SettingFiles } from "./setting-files.ts";

/** The APNs client in force; a new push certificate replaces it, and the old one finishes what it has begun. */
export function pushClients(config: Config, { apnsCa }: SettingFiles, log: Logger) {
  let client: PushClient | undefined;
  let current: string | undefined;
  const ca = apnsCa === undefined ? undefined : [apnsCa, ...rootCertificates].join("\n");
  const retire = (old: PushClient): void => {
    old.close().catch((error: unknown) => log.warn("push-client-close-failed", { error }));
  };
  return {
    current: () => client,
    /** Nothing happens where that is the one in force. */
    use(pem: string | undefined): void {
      if (pem === undefined || pem === current) return;
      current = pem;
      const old = client;
      const { host, port } = config.apnsHost;
      client = createApnsClient({ host, port, certPem: pem, keyPem: pem, ...(ca === undefined ? {} : { ca }) });
      if (old !== undefined) retire(old);
    },
    close: async () => client?.close(),
  };
}
