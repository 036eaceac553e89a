/** Answers what arrives on a connection and is no HTTP request: before there is a request, Fastify has no reply. */
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { PROBLEM_MEDIA } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { problemOf } from "./problem.ts";

/** What Node says of it. */
function errorOf(code: string | undefined): UptickError {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new UptickError("request-head-too-large", "The request's line and headers are larger than 16 KiB.");
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new UptickError("request-timeout", "The request did not arrive in time.");
  }
  return new UptickError("request-invalid", "The bytes on the connection are not an HTTP/1.1 request.", {
    remedy: "Send HTTP/1.1, without TLS, or through a proxy that speaks TLS.",
  });
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** Says what was wrong, where it can still be said, and closes the connection. */
export function answerUnreadable(fault: Error & { code?: string }, socket: Socket): void {
  if (fault.code === "ECONNRESET" || socket.destroyed) return;
  if (socket.writable) {
    const error = errorOf(fault.code);
    const requestId = randomUUID();
    const body = JSON.stringify(problemOf(error, requestId));
    const head = [
      `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? ""}`,
      `Content-Type: ${PROBLEM_MEDIA}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Cache-Control: no-store",
      `X-Request-Id: ${requestId}`,
      "Connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
  socket.destroy(fault);
}
