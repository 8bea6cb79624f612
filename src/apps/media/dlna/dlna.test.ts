import { expect, test } from "bun:test";
import fc from "fast-check";
import { didl, formatDuration } from "./didl.ts";
import { deviceXml, services, serviceXml } from "./description.ts";
import { homeAddresses, isNeighbour } from "./network.ts";
import { readSearch } from "./ssdp.ts";
import { isByAddress } from "./server.ts";
import { element, escapeXml, readSoap } from "./xml.ts";

const envelope = (inner: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;

test("what is written comes back as it was, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const call = readSoap(envelope(`<u:Browse xmlns:u="x">${element("ObjectID", text)}</u:Browse>`));
      // A line ending of any kind is a line feed in XML (2.11), and a few characters do not exist in it.
      const kept = escapeXml(text)
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&apos;", "'")
        .replaceAll("&amp;", "&");
      expect(call).toEqual({ action: "Browse", args: new Map([["ObjectID", kept.replace(/\r\n?/g, "\n")]]) });
    }),
  );
});

test("no document type, no entity of its own, nothing broken is read", () => {
  for (const body of [
    "",
    "<a>",
    envelope(""),
    `<!DOCTYPE x [<!ENTITY e "boom">]>${envelope("<u:Browse xmlns:u='x'><ObjectID>&e;</ObjectID></u:Browse>")}`,
    envelope("<u:Browse xmlns:u='x'><ObjectID>&e;</ObjectID></u:Browse>"),
  ]) {
    expect(readSoap(body)).toBeUndefined();
  }
});

test("only addresses of the home are answered at, and only its neighbours", () => {
  const of = (address: string, cidr: string, internal = false) => ({
    ...{ address, cidr, internal, family: "IPv4" as const, mac: "", netmask: "" },
  });
  const interfaces = {
    lo: [of("127.0.0.1", "127.0.0.1/8", true)],
    eth0: [of("192.168.1.4", "192.168.1.4/24")],
    wan: [of("203.0.113.7", "203.0.113.7/24")],
    docker0: [of("172.17.0.1", "172.17.0.1/16")],
  };
  const found = (names?: string[]) => homeAddresses(names, interfaces).map(({ address }) => address);
  expect(found()).toEqual(["192.168.1.4"]);
  expect(found(["wan", "lo"])).toEqual(["127.0.0.1"]);
  const home = { address: "192.168.1.4", cidr: "192.168.1.4/24" };
  const peers = ["192.168.1.200", "::ffff:192.168.1.9", "192.168.2.1", "203.0.113.9", "::1", "", "x"];
  expect(peers.filter((peer) => isNeighbour(peer, home))).toEqual(["192.168.1.200", "::ffff:192.168.1.9"]);
});

test("whoever asks under a name is the page of a stranger in a browser of the home", () => {
  const hosts = [
    null,
    "192.168.1.4",
    "192.168.1.4:8200",
    "tv.attacker.example:8200",
    "localhost:8200",
    "192.168.1.4.example",
    "",
  ];
  expect(hosts.map(isByAddress)).toEqual([true, true, true, false, false, false, false]);
});

test("searches are read, anything else is passed over", () => {
  const search = (st: string, mx: string) =>
    `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nmx: ${mx}\r\nst: ${st}\r\n\r\n`;
  expect(readSearch(search("ssdp:all", "3"))).toEqual({ target: "ssdp:all", waitSeconds: 3 });
  expect(readSearch(search("upnp:rootdevice", "99999"))?.waitSeconds).toBe(5);
  expect(readSearch(search("upnp:rootdevice", "-1"))?.waitSeconds).toBe(1);
  expect(readSearch("NOTIFY * HTTP/1.1\r\n\r\n")).toBeUndefined();
  expect(readSearch("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n")).toBeUndefined();
});

test("every argument of every action has its state variable, and names are escaped", () => {
  for (const service of services) {
    for (const args of Object.values(service.actions))
      for (const [, , variable] of args) expect(Object.keys(service.variables)).toContain(variable);
    expect(serviceXml(service)).toStartWith('<?xml version="1.0" encoding="utf-8"?>\n<scpd ');
  }
  expect(deviceXml({ id: "1", name: "A & <B>" })).toContain("<friendlyName>A &amp; &lt;B&gt;</friendlyName>");
  expect([0, 1500, 3_723_004].map(formatDuration)).toEqual(["0:00:00.000", "0:00:01.500", "1:02:03.004"]);
  const container = { childCount: null, upnpClass: "object.container", artUrl: null };
  expect(didl([{ kind: "container", id: "a", parentId: "0", title: "<x>", ...container }])).toContain(
    "<dc:title>&lt;x&gt;</dc:title>",
  );
});
