/** Reads a reply of many lines as it comes. */

/** The text as it comes. What breaks the connection is thrown. */
export async function* textsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) return;
      yield decoder.decode(value as Uint8Array, { stream: true });
    }
  } finally {
    // Whoever does not read on tells the server so.
    if (!isOver) await reader.cancel().catch(() => undefined);
  }
}

/** Each line without its end. What breaks the connection is thrown. */
export async function* linesIn(response: Response): AsyncGenerator<string> {
  let rest = "";
  for await (const text of textsOf(response)) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Each server-sent event with data, as it comes. */
export async function* eventsIn(response: Response): AsyncGenerator<{ id: string; event: string; data: string }> {
  let fields: Record<string, string> = {};
  for await (const line of linesIn(response)) {
    const [, field, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    if (field !== undefined && value !== undefined) fields[field] = value;
    if (line !== "") continue;
    const { id = "", event = "", data } = fields;
    fields = {};
    if (data !== undefined) yield { id, event, data };
  }
}

/** undefined, which fits no schema, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
