import { describe, expect, it } from "vitest";
import { checkSite } from "./same-site.ts";

const WEB = "https://uptick.example.org";

describe("the page that a request comes from", () => {
  it.each<[what: string, headers: string[], webUrl: string | undefined]>([
    ["is not said: no browser", ["Host", "127.0.0.1:8080"], undefined],
    ["is of the host that is asked", ["Host", "127.0.0.1:8080", "Origin", "http://127.0.0.1:8080"], undefined],
    ["is of that host in capitals", ["Host", "Uptick.example.org", "Origin", WEB], undefined],
    ["is of the proxy's host, which passes it on", ["Host", "uptick.example.org", "Origin", WEB], undefined],
    ["is of web-url, where a proxy has changed the host", ["Host", "127.0.0.1:8080", "Origin", WEB], WEB],
    ["is the address bar", ["Host", "a", "Sec-Fetch-Site", "none"], undefined],
  ])("is good: it %s", (_what, headers, webUrl) => {
    expect(() => checkSite({ socket: null, rawHeaders: headers }, webUrl)).not.toThrow();
  });

  it.each<[what: string, headers: string[], webUrl: string | undefined]>([
    ["of another host", ["Host", "uptick.example.org", "Origin", "https://evil.example.org"], WEB],
    ["of a host that begins alike", ["Host", "uptick.example.org", "Origin", `${WEB}.evil.example`], WEB],
    ["of another port", ["Host", "127.0.0.1:8080", "Origin", "http://127.0.0.1:8081"], undefined],
    ["of the proxy's host where web-url is not set", ["Host", "127.0.0.1:8080", "Origin", WEB], undefined],
    ["of no origin", ["Host", "127.0.0.1:8080", "Origin", "null"], undefined],
    ["of an empty origin", ["Host", "127.0.0.1:8080", "Origin", ""], undefined],
    ["of two origins", ["Host", "a", "Origin", "http://a", "Origin", "http://b"], undefined],
    ["of one of two hosts", ["Host", "a", "Host", "b", "Origin", "http://a"], undefined],
    ["of no host", ["Origin", "http://a"], undefined],
    [
      "of another site, whatever the origin",
      ["Host", "a", "Origin", "http://a", "Sec-Fetch-Site", "cross-site"],
      undefined,
    ],
    ["of what the browser does not name", ["Host", "a", "Sec-Fetch-Site", ""], undefined],
  ])("is refused: it is %s", (_what, headers, webUrl) => {
    expect(() => checkSite({ socket: null, rawHeaders: headers }, webUrl)).toThrow("comes from a page of another");
  });
});
