/** What the bench compares with: a bare node:https server that reads a body and answers a fixed reply. Run as a process. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { loopbackCertificate } from "../../simulator/index.ts";

const { cert, key } = loopbackCertificate("bare server");
const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    Buffer.concat(parts);
    response.writeHead(200, { "content-length": "0" });
    response.end();
  });
});
// Its turns are far apart: what it costs to connect is measured nowhere.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port, ca: cert })}\n`);
});
