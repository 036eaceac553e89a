/** Words and remedies that rest on another reason: what an install was hindered by, and what a person has to do. */
type Params = Readonly<Record<string, string | number>>;
interface Words {
  readonly cause: string | ((params: Params) => string);
  readonly remedy?: string;
}

/** `causeOf` words what a reason is about; `failed` how often the update failed, or nothing. */
export function personWords(
  causeOf: (code: string, params: Params) => string,
  failed: (params: Params) => string,
): Readonly<Record<string, Words>> {
  const within = ({ cause, ...params }: Params): string => (cause === undefined ? "" : causeOf(String(cause), params));
  return {
    "installs-used-up": {
      cause: (a) => {
        const last = within(a) === "" ? "" : `; the last time ${within(a)}`;
        return `the install was ordered ${times(a)} within 24 hours and did not happen${last}; it is not ordered again before the 24 hours are over`;
      },
      remedy:
        "Look at the device: see that it has power and free space, and ask its user to accept the update. It is ordered again by itself.",
    },
    "failing-space": {
      cause: (a) => `the device has too little free space for the update${failed(a)}`,
      remedy: "Free some space on the device.",
    },
  };
}

/** What has to be done first, and what then; undefined: the reason's own remedy says all. */
export function personRemedy(
  code: string,
  params: Params,
  remedyOf: (cause: string) => string | undefined,
): string | undefined {
  const { cause } = params;
  if (typeof cause !== "string") return undefined;
  const first = remedyOf(cause);
  if (code === "installs-used-up") return first;
  return code === "nobody-helped" && first !== undefined ? `${first} Then make a new plan for it.` : undefined;
}

function times({ orders }: Params): string {
  if (orders === undefined) return "several times";
  return orders === 1 ? "once" : `${orders} times`;
}
