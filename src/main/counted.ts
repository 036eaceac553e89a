/** What devices ask and pushes that leave, counted for the metrics on their way. */
import { isUptickError } from "../errors/index.ts";
import type { Metrics } from "../metrics/index.ts";
import type { DeviceAnswer, DeviceService, PushClient } from "../service/index.ts";

type Checkin = Parameters<DeviceService["checkin"]>[1];

/** Of what a device chose itself only the name that Apple gives it is kept. */
const kindOf = (message: Checkin): string => message.messageType;

const UUID = Buffer.from("CommandUUID");
/** Each answer to a command names it near its beginning; the thread of the store reads the rest. */
const HEAD = 2048;
const kindOfReport = (message: Uint8Array): string =>
  Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, HEAD)).includes(UUID) ? "Answer" : "Idle";

export function countedDevices(service: DeviceService, metrics: Pick<Metrics, "answered">): DeviceService {
  async function counted(kind: string, answer: Promise<DeviceAnswer>, begun: number): Promise<DeviceAnswer> {
    try {
      const given = await answer;
      metrics.answered(kind, given.status, performance.now() - begun);
      return given;
    } catch (error) {
      const theirs = isUptickError(error) && error.status < 500 && error.code !== "store-conflict";
      metrics.answered(kind, theirs ? 400 : 503, performance.now() - begun);
      throw error;
    }
  }
  return {
    ...service,
    checkin(shown, message) {
      const begun = performance.now();
      return counted(kindOf(message), service.checkin(shown, message), begun);
    },
    connect(shown, message) {
      const begun = performance.now();
      return counted(kindOfReport(message), service.connect(shown, message), begun);
    },
  };
}

export function countedPushes(client: PushClient, metrics: Pick<Metrics, "pushed">): PushClient {
  return {
    push: (message) =>
      client.push(message).then((outcome) => {
        metrics.pushed(outcome.kind);
        return outcome;
      }),
    close: () => client.close(),
  };
}
