# Searches for everything with GSSDP, as GNOME's players do, on the interface named on the command line; writes a line for each
# resource that answers within five seconds: its unique service name and its addresses.
import sys

import gi

gi.require_version("GSSDP", "1.6")
from gi.repository import GLib, GSSDP

client = GSSDP.Client(interface=sys.argv[1])
client.init(None)
browser = GSSDP.ResourceBrowser.new(client, "ssdp:all")
browser.connect("resource-available", lambda _browser, usn, addresses: print(usn, *addresses, flush=True))
browser.set_active(True)
loop = GLib.MainLoop()
GLib.timeout_add_seconds(5, loop.quit)
loop.run()
