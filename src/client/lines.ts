/** Reads a reply of many lines as it comes. */

/** Each line without its end. What breaks the connection is thrown. */
export async function* linesIn(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let rest = "";
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) break;
      const texts = `${rest}${decoder.decode(value as Uint8Array, { stream: true })}`.split("\n");
      rest = texts.pop() ?? "";
      yield* texts;
    }
  } finally {
    // Whoever does not read on tells the server so.
    if (!isOver) await reader.cancel().catch(() => undefined);
  }
  if (rest !== "") yield rest;
}

/** undefined, which fits no schema, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
