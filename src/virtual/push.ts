/** A push service in this process: it knows the tokens that devices listen to, and keeps the last push for one that is off. */
import type { PushListener, PushSource, VirtualTime } from "../../simulator/index.ts";
import type { PushClient, PushMessage, PushOutcome } from "../service/index.ts";

/** What becomes of one push. */
export interface PushFate {
  /** How long it takes (virtual ms). */
  readonly takes: number;
  /** The service answers so instead of taking it. */
  readonly outcome?: PushOutcome;
  /** It is taken and never delivered. */
  readonly lost?: boolean;
}

export interface VirtualPush extends PushSource {
  readonly client: PushClient;
}

interface Box {
  readonly listeners: Set<{ online: boolean; hear: (magic: string, topic: string) => void }>;
  kept: PushMessage | undefined;
}

/** `fate`: drawn for each push; everything goes well when absent. */
export function createVirtualPush(time: VirtualTime, fate: () => PushFate = () => ({ takes: 100 })): VirtualPush {
  const boxes = new Map<string, Box>();
  const boxOf = (token: string): Box => {
    let box = boxes.get(token);
    if (box === undefined) boxes.set(token, (box = { listeners: new Set(), kept: undefined }));
    return box;
  };

  function deliver(box: Box, message: PushMessage): void {
    const online = [...box.listeners].filter((listener) => listener.online);
    if (online.length === 0) box.kept = message;
    for (const { hear } of online) hear(message.magic, message.topic);
  }

  return {
    listen(tokenHex, callback): PushListener {
      const box = boxOf(tokenHex.toLowerCase());
      const listener = { online: false, hear: (magic: string, topic: string) => callback({ magic, topic }) };
      box.listeners.add(listener);
      return {
        setOnline(online) {
          listener.online = online;
          const { kept } = box;
          if (!online || kept === undefined) return;
          box.kept = undefined;
          if (kept.expiresAt > time.now())
            void time.turn().then(() => listener.online && listener.hear(kept.magic, kept.topic));
        },
        close: () => void box.listeners.delete(listener),
      };
    },
    client: {
      async push(message) {
        const { takes, outcome, lost } = fate();
        await time.sleep(takes);
        if (outcome !== undefined) return outcome;
        const box = boxes.get(Buffer.from(message.token).toString("hex"));
        if (box === undefined) return { kind: "bad-token", reason: "BadDeviceToken" };
        if (lost !== true) void time.turn().then(() => deliver(box, message));
        return { kind: "accepted" };
      },
      close: async () => undefined,
    },
  };
}
