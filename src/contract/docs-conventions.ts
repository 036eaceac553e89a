/** The first part of docs/api.md: what holds for every address. */

export const CONVENTIONS = `# API

This page describes the admin API. \`GET /api/v1/openapi.json\` has the same as an OpenAPI 3.1 document.

This page is generated from \`src/contract\` (\`npm run docs\` writes it; a test compares the two).

## Conventions

- **Access**: send \`Authorization: Bearer TOKEN\`, or the cookie of a session. The first start of the server prints a token;
  \`uptick token create NAME\` and \`POST /api/v1/tokens\` create others. An address that needs none says so.
  [access.md](access.md) says what each role may do.
- **JSON**: bodies and replies are JSON in UTF-8 unless a media type says otherwise. A key or query parameter that is not listed
  here is refused (\`request-invalid\`), so that you notice a typing error. Later versions may add keys to replies: ignore those
  that you do not know.
- **Sizes**: each address says how long its body may be. JSON may nest 32 levels deep. Compressed bodies are not taken.
- **Lists** come in pages: send \`next\` of one page as \`after\` to get the next page. On the last page it is null. It is opaque text; a
  changed one is refused.
- **Times**: an instant is RFC 3339 in UTC with milliseconds, and its name ends in \`At\`. A value on a device's own clock has no offset, and its
  name ends in \`Local\`. \`window\` and \`deadline\` are texts in a device's local time. A date is \`YYYY-MM-DD\`.
- **Verbs**: a change that is not a creation, an edit or a removal is \`POST …/VERB\`. Most verbs and writes take \`dryRun=true\`: they answer
  what they would do, and change nothing.
- **Streams** (\`application/x-ndjson\`) have one JSON value in each line, sent when it is made. A stream that could not continue ends with
  the line \`{"problem": …}\`.
- **Compression**: send \`Accept-Encoding: gzip\`. Replies above 1 KiB are then compressed, and streams too.
- **Methods**: \`HEAD\` works wherever \`GET\` does. \`OPTIONS\` answers 204 with \`Allow\`. A known path answers another method with 405
  (\`method-not-allowed\`) and \`Allow\`; an unknown path answers 404 (\`not-found\`).
- **Headers**: every reply has \`x-request-id\`, which the server's log repeats, and \`cache-control: no-store\`. 201 and 202 have \`Location\`
  where there is an address to look at. 429 and 503 have \`Retry-After\` in seconds.

## Errors

Every error is \`application/problem+json\` (RFC 9457) with a fixed \`code\`, a \`detail\` and a \`remedy\`. \`errors\` names the fields that do not
fit: \`pointer\` is a JSON pointer (RFC 6901) into the body, \`parameter\` is a name in the path or the query.

\`\`\`json
{
  "type": "urn:uptick:error:request-invalid",
  "title": "The request's body, path or query does not fit the API.",
  "status": 400,
  "detail": "The request's body does not fit: devices[1]: Invalid input: expected string, received number.",
  "code": "request-invalid",
  "remedy": "Correct each field and parameter that errors names; GET /api/v1/openapi.json describes them.",
  "requestId": "0f8fad5b-d9cb-469f-a165-70867728950e",
  "errors": [{ "pointer": "/devices/1", "detail": "Invalid input: expected string, received number" }]
}
\`\`\`

[errors](errors.md) lists every code. Each address can answer \`request-invalid\` (400), \`unauthorized\` (401, with \`WWW-Authenticate\`), \`role-too-low\` (403), \`internal\`
(500), \`store-unavailable\`, \`database-damaged\` and \`server-stopping\` (503). A write with a session can answer \`csrf-refused\` (403), and every write
\`idempotency-key-invalid\` (400), \`idempotency-key-reused\`, \`idempotency-key-in-use\` and \`idempotency-answer-lost\` (409): see
[repeated requests](#repeated-requests). An address with a body can answer \`media-type-invalid\` (415),
\`request-too-large\` (413), and \`server-busy\` (503) when many large bodies arrive at the same time. What is no HTTP request is answered with
\`request-invalid\` (400), \`request-timeout\` (408) or \`request-head-too-large\` (431).

## Repeated requests

A connection can break before the reply arrives. Send the header \`Idempotency-Key\` with each write, such as a new UUID, and send the same
request again with the same key. The key has 1 to 255 visible ASCII characters.

- The same key, address, query and body of the same actor within 24 hours get the first reply: status, headers and body. Its header
  \`idempotent-replayed\` is \`true\`. The audit has one row.
- Another address, query or body with the key is \`idempotency-key-reused\` (409).
- While the first request is under way, the second is \`idempotency-key-in-use\` (409) with \`Retry-After\`. It does not wait.
- Refusals (4xx) are kept as well. These are not kept, so the same request may be sent again with the same key: a request that was refused before
  it was carried out (401, 403, 413, 415, a body or query that does not fit), and replies of 429 and 5xx.
- A reply is kept only as long as it is at most 256 KiB, and is sealed with the data key. If the first request changed something and its reply is not
  known, because the server died or the reply was too large, nothing is done twice. A write whose reply is an object then shows the
  object as it is now; a write to several devices completes what is missing; every other write is
  \`idempotency-answer-lost\` (409), and \`object\` names what was changed. What is shown only once can't be shown again then.
- Dry runs ignore the key. The raw command API ignores it too: there the CommandUUID is the key.

One plan and one device have an \`ETag\`. A request with \`If-None-Match\` and this tag is answered 304 without a body while the reply would be
the same. The tag is weak. It changes with every field, also with a sentence that names a time.

An object with a \`revision\` is edited with the revision that you know. A stale one is \`revision-stale\` (412); \`present\` of the problem is the object as it is.
`;
