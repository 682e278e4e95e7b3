import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";

/**
 * The address of a service without a slash at its end. Throws `USAGE` if none is given, and `SETTING_INVALID` if it is
 * no http(s) address; `name` is the environment variable that names it.
 */
export function readAddress(given: string | undefined, name: string, format: string): string {
  if (given === undefined || given === "") {
    throw new WhetstoneError(`${format} needs the address of a server: --to or ${name}.`, {
      code: "USAGE",
      hint: `add --to URL, or set ${name}`,
    });
  }
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new WhetstoneError(`${hideUrlSecrets(given)} is no address of a server.`, {
      code: "SETTING_INVALID",
      hint: `use an address such as https://host:4318 in --to or ${name}`,
    });
  }
  return given.replace(/\/+$/, "");
}

/** An address without user, password and query, which can hold keys. */
export function hideUrlSecrets(address: string): string {
  return address.replace(/:\/\/[^@/\s]*@/, "://").replace(/[?#].*$/, "");
}

/** The address to call, and the header for its user and password, which `fetch` refuses in an address. */
export function splitCredentials(address: string): {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const url = new URL(address);
  if (url.username === "" && url.password === "") return { address, headers: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return {
    address: url.toString().replace(/\/+$/, ""),
    headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
  };
}
