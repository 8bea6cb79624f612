# A control point made of GUPnP and GUPnP-AV, as GNOME's players use them: finds the server named on the command line and
# walks its whole tree. Writes a line for each change it is told of, and
# ends with one JSON object.
import json
import sys

import gi

gi.require_version("GUPnP", "1.6")
gi.require_version("GUPnPAV", "1.0")
from gi.repository import GLib, GObject, GUPnP, GUPnPAV

name, interface = sys.argv[1], sys.argv[2]
loop = GLib.MainLoop()
result = {"friendlyName": None, "containers": [], "items": [], "updateIds": [], "sources": None}
DIRECTORY = "urn:schemas-upnp-org:service:ContentDirectory:1"
MANAGER = "urn:schemas-upnp-org:service:ConnectionManager:1"


def call(service, action, arguments, wanted):
    names, values = [name for name, _ in arguments], [value for _, value in arguments]
    request = GUPnP.ServiceProxyAction.new_from_list(action, names, values)
    service.call_action(request, None)
    _, answers = request.get_result_list(wanted, [GObject.TYPE_STRING] * len(wanted))
    return dict(zip(wanted, answers))


def walk(directory, object_id, depth):
    if depth > 6:
        return
    answer = call(
        directory,
        "Browse",
        [("ObjectID", object_id), ("BrowseFlag", "BrowseDirectChildren"), ("Filter", "*"),
         ("StartingIndex", "0"), ("RequestedCount", "0"), ("SortCriteria", "")],
        ["Result", "NumberReturned", "TotalMatches", "UpdateID"],
    )
    if answer["NumberReturned"] == "0":
        return
    below = []
    parser = GUPnPAV.DIDLLiteParser.new()
    parser.connect("container-available", lambda _parser, one: below.append((one.get_id(), one.get_title())))
    parser.connect("item-available", lambda _parser, one: result["items"].append({
        "title": one.get_title(),
        "class": one.get_upnp_class(),
        "resources": [{
            "url": res.get_uri(),
            "protocol": res.get_protocol_info().to_string(),
            "size": res.get_size64(),
            "seconds": res.get_duration(),
        } for res in one.get_resources()],
    }))
    parser.parse_didl(answer["Result"])
    for child_id, title in below:
        result["containers"].append(title)
        walk(directory, child_id, depth + 1)


def told(_service, _variable, value):
    # The first message says how things are; the second that something has changed since.
    result["updateIds"].append(value)
    print("told", value, flush=True)
    if len(result["updateIds"]) == 2:
        loop.quit()


def available(_point, device):
    if device.get_friendly_name() != name:
        return
    result["friendlyName"] = device.get_friendly_name()
    directory, manager = device.get_service(DIRECTORY), device.get_service(MANAGER)
    result["sources"] = call(manager, "GetProtocolInfo", [], ["Source", "Sink"])["Source"]
    walk(directory, "0", 0)
    directory.add_notify("SystemUpdateID", GObject.TYPE_UINT, told)
    directory.set_subscribed(True)
    available.directory = directory


context = GUPnP.Context.new(interface, 0)
point = GUPnP.ControlPoint.new(context, "urn:schemas-upnp-org:device:MediaServer:1")
point.connect("device-proxy-available", available)
point.set_active(True)
GLib.timeout_add_seconds(60, loop.quit)
loop.run()
print(json.dumps(result))
