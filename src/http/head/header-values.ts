/**
 * Each value of a header, one for each line of the request. Node joins or drops repeated headers before it shows them, so
 * whoever believes a header of one value has to count its lines here.
 */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return rawHeaders.filter((_text, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
}
