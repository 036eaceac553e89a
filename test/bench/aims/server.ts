/** The server of the aims: behind a proxy's header, with devices whose certificates are an organization's. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pushCertificate } from "../../../simulator/index.ts";
import { reserveLoopbackPort } from "../../support/loopback-port.ts";
import { type ChildServer, childServer } from "../../fleet/child-server.ts";
import { patientClient } from "../../fleet/patient-client.ts";
import { enqueueOf, placeOf, type Side } from "../target/options.ts";

const TOPIC = "com.apple.mgmt.External.bench";

export interface AimsServer {
  /** On its data directory; or, tapped, on a copy of it, to write a recording into `tapped`. One at a time. */
  start(data: string, tapped?: string): Promise<void>;
  stop(): Promise<void>;
  readonly pid: number;
  /** How it is driven; `started` before. */
  side(): Side;
}

/** `folder`: for what it is told by files; `ca`: PEM of who signed the devices' certificates. */
export async function aimsServer(folder: string, ca: string): Promise<AimsServer> {
  writeFileSync(join(folder, "ca.pem"), ca);
  const [port, webPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
  let token = "";
  let running: ChildServer | undefined;

  return {
    get pid() {
      return running?.pid ?? 0;
    },
    async start(data, tapped) {
      const tap = new URL(`./tap.ts?${encodeURIComponent(tapped ?? "")}`, import.meta.url).href;
      running = childServer({
        webPort,
        node: tapped === undefined ? [] : [`--import=${tap}`],
        flags: {
          "data-dir": data,
          "device-listen": `127.0.0.1:${port}`,
          "public-url": `https://localhost:${port}`,
          "trusted-proxies": "127.0.0.1",
          "identity-ca": join(folder, "ca.pem"),
          "apns-host": "127.0.0.1:9",
          "log-level": "error",
        },
      });
      await running.start();
      if (token !== "") return;
      token = running.token;
      await patientClient(running.webUrl, () => token).once(
        "PUT",
        "/api/v1/push-certificate",
        pushCertificate(TOPIC).pem,
        "application/x-pem-file",
      );
    },
    async stop() {
      await running?.stop();
    },
    side: () => ({
      target: placeOf("the server", `https://localhost:${port}`),
      header: "client-cert",
      form: "rfc9440",
      mdmPath: "/mdm",
      checkinPath: "/mdm",
      topic: TOPIC,
      enqueue: enqueueOf(`PUT http://127.0.0.1:${webPort}/mdm?device={id}&wait=0`),
      authorization: `Bearer ${token}`,
      pids: [running?.pid ?? 0],
    }),
  };
}
