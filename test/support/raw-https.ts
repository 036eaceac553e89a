/** A TLS connection of a device on which a test says exactly its bytes, and hears exactly what comes back. */
import tls from "node:tls";
import type { Device } from "./device.ts";

/** Each reply without its date, header by header, and at last whether the connection could be used after it. */
export type Heard = readonly string[];

export interface Talk {
  /**
   * Pieces that are written one after the other, each once the one before has left. "end": nothing more will be said. A number: not
   * before so many replies have come. A function is called.
   */
  readonly say: readonly (Buffer | string | number | (() => unknown))[];
  /** Replies after which it is asked whether the connection is kept; "all": what comes until the server closes it. */
  readonly replies: number | "all";
}

const PROBE = "GET /no-such-path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** Says it all; resolves with what was heard once the connection is closed. */
export function rawTalk(port: number, device: Device, { say, replies }: Talk): Promise<Heard> {
  return new Promise((resolve) => {
    const { certificate: cert, key } = device.identity ?? {};
    const ca = [...device.profile.roots];
    const socket = tls.connect({ host: "localhost", port, ca, ...(cert && key ? { cert, key } : {}) });
    let text = "";
    let probed = false;
    let waiting: { readonly replies: number; readonly go: () => void } | undefined;
    const next = (nth: number): void => {
      const piece = say[nth];
      const go = (): void => void setImmediate(next, nth + 1);
      if (piece === undefined) return;
      if (piece === "end") return void socket.end();
      if (typeof piece === "number") waiting = { replies: piece, go };
      else if (typeof piece === "function") {
        piece();
        go();
      } else if (socket.writable) socket.write(piece, go);
    };
    socket.setNoDelay(true);
    socket.on("secureConnect", () => next(0));
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1");
      const { length: heard } = repliesIn(text);
      if (waiting !== undefined && heard >= waiting.replies) {
        waiting.go();
        waiting = undefined;
      }
      if (probed || replies === "all" || heard < replies) return;
      probed = true;
      if (socket.writable) socket.write(PROBE);
    });
    // A server that closes while something is still said to it resets the connection.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const heard = repliesIn(text);
      const kept = replies !== "all" && heard.length > replies;
      resolve([...(kept ? heard.slice(0, -1) : heard), kept ? "kept" : "closed"]);
    });
  });
}

/** Each whole reply in a text. */
function repliesIn(text: string): string[] {
  const top = /^HTTP\/1\.1 \d{3}[^\r]*\r\n(?:[^\r]+\r\n)*\r\n/.exec(text)?.[0];
  if (top === undefined) return text === "" ? [] : [`no reply: ${text}`];
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(top)?.[1] ?? 0);
  const rest = text.slice(top.length).replace(/^0\r\n\r\n/, "");
  // To HEAD, a length is of what GET would say.
  const body = rest.startsWith("HTTP/1.1 ") ? "" : rest.slice(0, length);
  const lines = top.trimEnd().split("\r\n");
  const shown = lines.filter((line) => !/^date:/i.test(line)).join(" | ");
  return [body === "" ? shown : `${shown} || ${body}`, ...repliesIn(rest.slice(body.length))];
}
