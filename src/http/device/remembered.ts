/** What a pure function gave for a text, remembered for as many texts as fit. */

/** Bytes of texts in each of the two generations: of headers with a certificate, some 2,000. */
const BYTES = 4 * 1024 * 1024;
/** However short they are. */
const TEXTS = 4096;

/**
 * `read`, which asks each text once as long as it is used: texts that were used lately are in the younger generation, and where
 * that is full the older one is forgotten. A text that is longer than `longest` is read each time.
 */
export function remembered<T>(read: (text: string) => T, longest: number, bytes = BYTES): (text: string) => T {
  let [young, old] = [new Map<string, T>(), new Map<string, T>()];
  let used = 0;
  return (text) => {
    const known = young.get(text);
    if (known !== undefined || young.has(text)) return known as T;
    const result = old.has(text) ? (old.get(text) as T) : read(text);
    if (text.length > longest) return result;
    if (used + text.length > bytes || young.size >= TEXTS) {
      [young, old] = [new Map(), young];
      used = 0;
    }
    young.set(text, result);
    used += text.length;
    return result;
  };
}
