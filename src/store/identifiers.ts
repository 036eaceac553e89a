/** What devices are called by, in the form in which it is compared: Apple writes serial numbers in capitals. */

/** ASCII letters in capitals, as SQL's `upper` makes them on both backends. */
export const upperAscii = (text: string): string => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
export const lowerAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Shortest UDID that Apple gives: 8 and 16 hexadecimal digits with a dash between; older ones are 40 digits, Macs' are UUIDs. */
const SHORTEST_UDID = 25;

/** Whether a text looks like a UDID, or like one of our ids. No serial number does. */
export const isUdidShaped = (text: string): boolean =>
  text.length >= SHORTEST_UDID && text.length <= 40 && /^[0-9a-fA-F-]+$/.test(text);
