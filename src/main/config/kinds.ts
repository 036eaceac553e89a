/** The kinds of value a setting can have: how each is read from text, and how its form is described to the reader. */
import { BlockList, isIP } from "node:net";
import { type Role, ROLES } from "../../contract/index.ts";

/** Where the data key comes from. */
export type DataKeySource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "command"; readonly command: string };

export interface Kind<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** Undefined when the text has another form. */
  read(text: string): T | undefined;
}

export interface HostPort {
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  /** 0 lets the system choose where we listen. */
  readonly port: number;
}

export const text: Kind<string> = {
  expected: "a text that is not empty",
  read: (given) => (given.trim() === "" ? undefined : given),
};

export const path: Kind<string> = { ...text, expected: "a path, relative to the working directory or absolute" };

export const hostPort: Kind<HostPort> = {
  expected: "host:port, such as 0.0.0.0:8443 or [::1]:8443",
  read(given) {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(given);
    const host = match?.[1] ?? match?.[2];
    const port = Number(match?.[3]);
    return host === undefined || port > 65535 ? undefined : { host, port };
  },
};

export const httpsUrl: Kind<string> = {
  expected: "an https URL without path, query or user, such as https://mdm.example.org",
  read(given) {
    const url = URL.parse(given);
    if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
    return url.pathname === "/" && url.search === "" && url.hash === "" ? url.origin : undefined;
  },
};

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** Passwords and codes go there: in the clear on this machine only. */
const isGuarded = ({ protocol, hostname, username, password }: URL): boolean =>
  (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))) && username === "" && password === "";

export const webOrigin: Kind<string> = {
  expected: "an https URL without path, query or user, such as https://uptick.example.org (http only on loopback)",
  read(given) {
    const url = URL.parse(given);
    if (url === null || !isGuarded(url)) return undefined;
    return url.pathname === "/" && url.search === "" && url.hash === "" ? url.origin : undefined;
  },
};

/** An issuer of OpenID Connect, as it writes itself. */
export const issuerUrl: Kind<string> = {
  expected: "an https URL without query or user, such as https://login.example.org/realm (http only on loopback)",
  read(given) {
    const url = URL.parse(given);
    if (url === null || !isGuarded(url) || url.search !== "" || url.hash !== "") return undefined;
    return given;
  },
};

/** A value of a claim, and the role that it gives. */
export interface RoleMapping {
  readonly value: string;
  readonly role: Role;
}

/** At semicolons where there is any: names of LDAP have commas and equals signs. */
export const roleMap: Kind<readonly RoleMapping[]> = {
  expected: `VALUE=ROLE, several separated by commas (by semicolons if values have commas), such as uptick-admins=admin,it=operator; the roles are ${ROLES.join(", ")}`,
  read(given) {
    const mappings = given.split(given.includes(";") ? ";" : ",").map((entry) => {
      const end = entry.lastIndexOf("=");
      return {
        value: entry.slice(0, Math.max(0, end)).trim(),
        role: ROLES.find((one) => one === entry.slice(end + 1).trim()),
      };
    });
    const good = mappings.flatMap(({ value, role }) => (role === undefined || value === "" ? [] : [{ value, role }]));
    return good.length === mappings.length ? good : undefined;
  },
};

export const scopes: Kind<string> = {
  expected: "scopes separated by blanks, openid among them, such as openid profile email groups",
  read: (given) => (/^[\x21-\x7e ]+$/.test(given) && given.split(/ +/).includes("openid") ? given.trim() : undefined),
};

export const httpsAddress: Kind<string> = {
  expected: "an https URL without user, such as https://gdmf.apple.com/v2/pmv",
  read(given) {
    const url = URL.parse(given);
    if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
    return url.hash === "" ? url.href : undefined;
  },
};

/** An address under which files lie; with a slash at its end. */
export const httpsFolder: Kind<string> = {
  expected: "an https URL without user and query, such as https://feeds.example.org/v2/",
  read(given) {
    const url = URL.parse(given);
    if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
    if (url.search !== "" || url.hash !== "") return undefined;
    return url.href.endsWith("/") ? url.href : `${url.href}/`;
  },
};

export const databaseUrl: Kind<string> = {
  expected: "a URL such as postgres://user@host/database",
  read(given) {
    const url = URL.parse(given);
    const isOne = url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.host !== "" && url.pathname.length > 1;
    return isOne ? given : undefined;
  },
};

export const timeZone: Kind<string> = {
  expected: "an IANA time zone, such as Europe/Berlin or UTC",
  read(given) {
    // Node also takes offsets such as +02:00, which know no daylight saving.
    if (!/^[A-Za-z]/.test(given)) return undefined;
    try {
      new Intl.DateTimeFormat("en", { timeZone: given }).format(0);
      return given;
    } catch {
      return undefined;
    }
  },
};

/** Addresses and networks, separated by commas. */
export const addresses: Kind<BlockList> = {
  expected: "IP addresses or networks, separated by commas, such as 10.0.0.5,2001:db8::/32",
  read(given) {
    const list = new BlockList();
    for (const part of given.split(",").map((text) => text.trim())) {
      const [address = "", bits, more] = part.split("/");
      const version = isIP(address);
      const most = version === 4 ? 32 : 128;
      const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
      if (version === 0 || more !== undefined || prefix < 0 || prefix > most) return undefined;
      list.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
    }
    return list;
  },
};

export const headerName: Kind<string> = {
  expected: "the name of an HTTP header",
  read: (given) => (/^[A-Za-z0-9-]{1,100}$/.test(given) ? given.toLowerCase() : undefined),
};

export const dataKeySource: Kind<DataKeySource> = {
  expected: "a path of a file, env:NAME or command:COMMAND",
  read(given) {
    // A key given instead of its file: it must not become a file name, which messages would show.
    if (/^[A-Za-z0-9+/]{43}=$/.test(given)) return undefined;
    const match = /^(env|command):(.*)$/s.exec(given);
    const rest = match?.[2]?.trim() ?? "";
    if (match === null) return given.trim() === "" ? undefined : { kind: "file", path: given };
    if (rest === "") return undefined;
    if (match[1] === "command") return { kind: "command", command: rest };
    return /^[A-Za-z_]\w*$/.test(rest) ? { kind: "env", name: rest } : undefined;
  },
};

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    read(given) {
      const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    expected: `one of ${choices.join(", ")}`,
    read: (given) => choices.find((choice) => choice === given),
  };
}
