"""All endpoints of the control API."""

from esmock.controls.api import inspect, journal, rules, server, spaces

ROUTES = tuple(route for module in (server, rules, journal, spaces, inspect) for route in module.route)
