"""What happens on Fridays: the programme, the door, and the calendar of it.

A weekly series makes sessions ahead of time. Once made, each stands alone: a coordinator changes or calls
off one without touching another.
"""

PATHS = {
    "/sessions": "web_programme",
    "/sessions/{id}": "web_programme",
    "/sessions/{id}/door": "web_door",
    "/sessions/{id}/reply": "web_programme",
    "/reply/{token}": "web_programme",
    "/account/calendar": "web_calendar",
    "/calendar/{secret}": "web_calendar",
    "/coordinate/sessions": "web_coordinate",
    "/coordinate/sessions/{id}": "web_coordinate",
    "/coordinate/sessions/{id}/door": "web_door",
    "/coordinate/sessions/{id}/swap": "web_coordinate",
    "/api/sessions": "web_programme",
}
"""The addresses that its web function answers, and the module that each one's page is in.

``/sessions/{id}`` also serves ``/sessions/{id}.ics``, since an API's path parameter is a whole segment.
"""
