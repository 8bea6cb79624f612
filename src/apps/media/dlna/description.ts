import { element, escapeXml } from "./xml.ts";

export interface ServiceType {
  /** In addresses. */
  readonly name: "directory" | "connections" | "registrar";
  readonly type: string;
  readonly id: string;
  /** Of each action: its arguments with direction and state variable. */
  readonly actions: Readonly<Record<string, readonly (readonly [string, "in" | "out", string])[]>>;
  /** State variables with their type; those that change by themselves are told of. */
  readonly variables: Readonly<Record<string, { readonly type: string; readonly isTold?: boolean }>>;
}

const text = { type: "string" };
const told = { type: "string", isTold: true };
const number = { type: "ui4" };

export const deviceType = "urn:schemas-upnp-org:device:MediaServer:1";

/** ContentDirectory:1, ConnectionManager:1, and what old Windows and Xbox ask before they speak to anybody. */
export const services: readonly ServiceType[] = [
  {
    name: "directory",
    type: "urn:schemas-upnp-org:service:ContentDirectory:1",
    id: "urn:upnp-org:serviceId:ContentDirectory",
    actions: {
      GetSearchCapabilities: [["SearchCaps", "out", "SearchCapabilities"]],
      GetSortCapabilities: [["SortCaps", "out", "SortCapabilities"]],
      GetSystemUpdateID: [["Id", "out", "SystemUpdateID"]],
      Browse: [
        ["ObjectID", "in", "A_ARG_TYPE_ObjectID"],
        ["BrowseFlag", "in", "A_ARG_TYPE_BrowseFlag"],
        ["Filter", "in", "A_ARG_TYPE_Filter"],
        ["StartingIndex", "in", "A_ARG_TYPE_Index"],
        ["RequestedCount", "in", "A_ARG_TYPE_Count"],
        ["SortCriteria", "in", "A_ARG_TYPE_SortCriteria"],
        ["Result", "out", "A_ARG_TYPE_Result"],
        ["NumberReturned", "out", "A_ARG_TYPE_Count"],
        ["TotalMatches", "out", "A_ARG_TYPE_Count"],
        ["UpdateID", "out", "A_ARG_TYPE_UpdateID"],
      ],
    },
    variables: {
      SearchCapabilities: text,
      SortCapabilities: text,
      SystemUpdateID: { type: "ui4", isTold: true },
      A_ARG_TYPE_ObjectID: text,
      A_ARG_TYPE_BrowseFlag: text,
      A_ARG_TYPE_Filter: text,
      A_ARG_TYPE_SortCriteria: text,
      A_ARG_TYPE_Index: number,
      A_ARG_TYPE_Count: number,
      A_ARG_TYPE_UpdateID: number,
      A_ARG_TYPE_Result: text,
    },
  },
  {
    name: "connections",
    type: "urn:schemas-upnp-org:service:ConnectionManager:1",
    id: "urn:upnp-org:serviceId:ConnectionManager",
    actions: {
      GetProtocolInfo: [
        ["Source", "out", "SourceProtocolInfo"],
        ["Sink", "out", "SinkProtocolInfo"],
      ],
      GetCurrentConnectionIDs: [["ConnectionIDs", "out", "CurrentConnectionIDs"]],
      GetCurrentConnectionInfo: [
        ["ConnectionID", "in", "A_ARG_TYPE_ConnectionID"],
        ["RcsID", "out", "A_ARG_TYPE_RcsID"],
        ["AVTransportID", "out", "A_ARG_TYPE_AVTransportID"],
        ["ProtocolInfo", "out", "A_ARG_TYPE_ProtocolInfo"],
        ["PeerConnectionManager", "out", "A_ARG_TYPE_ConnectionManager"],
        ["PeerConnectionID", "out", "A_ARG_TYPE_ConnectionID"],
        ["Direction", "out", "A_ARG_TYPE_Direction"],
        ["Status", "out", "A_ARG_TYPE_ConnectionStatus"],
      ],
    },
    variables: {
      SourceProtocolInfo: told,
      SinkProtocolInfo: told,
      CurrentConnectionIDs: told,
      A_ARG_TYPE_ConnectionID: { type: "i4" },
      A_ARG_TYPE_RcsID: { type: "i4" },
      A_ARG_TYPE_AVTransportID: { type: "i4" },
      A_ARG_TYPE_ProtocolInfo: text,
      A_ARG_TYPE_ConnectionManager: text,
      A_ARG_TYPE_Direction: text,
      A_ARG_TYPE_ConnectionStatus: text,
    },
  },
  {
    name: "registrar",
    type: "urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1",
    id: "urn:microsoft.com:serviceId:X_MS_MediaReceiverRegistrar",
    actions: {
      IsAuthorized: [
        ["DeviceID", "in", "A_ARG_TYPE_DeviceID"],
        ["Result", "out", "A_ARG_TYPE_Result"],
      ],
      IsValidated: [
        ["DeviceID", "in", "A_ARG_TYPE_DeviceID"],
        ["Result", "out", "A_ARG_TYPE_Result"],
      ],
    },
    variables: { A_ARG_TYPE_DeviceID: text, A_ARG_TYPE_Result: { type: "int" } },
  },
];

const head = '<?xml version="1.0" encoding="utf-8"?>\n';
const spec = "<specVersion><major>1</major><minor>0</minor></specVersion>";

/** What the device is and where its services are (UPnP Device Architecture 1.0, 2.1). */
export function deviceXml(device: { readonly id: string; readonly name: string }): string {
  const list = services.map(({ name, type, id }) =>
    [
      `<service>${element("serviceType", type)}${element("serviceId", id)}`,
      `<SCPDURL>/dlna/${name}.xml</SCPDURL><controlURL>/dlna/control/${name}</controlURL>`,
      `<eventSubURL>/dlna/events/${name}</eventSubURL></service>`,
    ].join(""),
  );
  return [
    `${head}<root xmlns="urn:schemas-upnp-org:device-1-0" xmlns:dlna="urn:schemas-dlna-org:device-1-0">${spec}<device>`,
    element("deviceType", deviceType),
    element("friendlyName", device.name),
    "<manufacturer>Hearth</manufacturer><modelName>Hearth</modelName><modelDescription>Home cloud</modelDescription>",
    element("UDN", `uuid:${device.id}`),
    "<dlna:X_DLNADOC>DMS-1.50</dlna:X_DLNADOC>",
    `<serviceList>${list.join("")}</serviceList></device></root>`,
  ].join("");
}

/** What a service can do (UPnP Device Architecture 1.0, 2.3). */
export function serviceXml({ actions, variables }: ServiceType): string {
  const actionXml = Object.entries(actions).map(([name, args]) => {
    const list = args.map(
      ([arg, direction, variable]) =>
        `<argument><name>${arg}</name><direction>${direction}</direction><relatedStateVariable>${variable}</relatedStateVariable></argument>`,
    );
    return `<action><name>${name}</name><argumentList>${list.join("")}</argumentList></action>`;
  });
  const variableXml = Object.entries(variables).map(
    ([name, { type, isTold = false }]) =>
      `<stateVariable sendEvents="${isTold ? "yes" : "no"}"><name>${name}</name><dataType>${type}</dataType></stateVariable>`,
  );
  return `${head}<scpd xmlns="urn:schemas-upnp-org:service-1-0">${spec}<actionList>${actionXml.join("")}</actionList><serviceStateTable>${variableXml.join("")}</serviceStateTable></scpd>`;
}

/** The answer to an action, values escaped. */
export function soapAnswer(type: string, action: string, values: Readonly<Record<string, string>>): string {
  const body = Object.entries(values).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return envelope(`<u:${action}Response xmlns:u="${type}">${body.join("")}</u:${action}Response>`);
}

/** UPnP Device Architecture 1.0, 3.2.2. */
export function soapFault(code: number, description: string): string {
  const error = `<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>${code}</errorCode>${element("errorDescription", description)}</UPnPError>`;
  return envelope(
    `<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>${error}</detail></s:Fault>`,
  );
}

function envelope(body: string): string {
  const soap =
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"';
  return `${head}<s:Envelope ${soap}><s:Body>${body}</s:Body></s:Envelope>`;
}
