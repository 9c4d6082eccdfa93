"""What a coordinator does with the library: the queue of files, and the decision on one."""

from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.when import in_uk
from functions.membership.store import Members
from functions.resources import review
from functions.resources.forms import DecisionForm, deciding
from functions.resources.model import Resource, Stage
from functions.resources.routes import bell, done, library, routes, seen
from functions.resources.shown import Shown
from functions.resources.web_item import may_download

QUEUE = "/coordinate/library"
MOST_SHOWN = 50
"""Items on one page. Those who have waited longest come first."""

DONE = {
    "published": "Published. Members can find it within a minute.",
    "already": "It was published already. Nothing was changed.",
    "returned": "Given back. The person who shared it gets an email with your note.",
    "removed": "Removed. Its file is deleted, and the person who shared it gets an email with your note.",
}

CHOICES = {
    "publish": ("publish", "Publish it", "Members can find it and download the file."),
    "return": ("return", "Give it back", "Your note says what to change. They can send another file."),
    "remove": ("remove", "Remove it", "It goes from the library with every file of it. Nobody can undo this."),
}


@routes.get(QUEUE, Access.COORDINATOR)
def show_queue(request: Request) -> Answer:
    """The files that wait for a coordinator, the longest waiting first."""
    today = in_uk(request.now).date()
    waiting = library(request).in_review(MOST_SHOWN + 1)
    return request.page(
        "resources/pages/coordinate_library.jinja",
        items=[Shown(each, today) for each in waiting[:MOST_SHOWN]],
        more=len(waiting) > MOST_SHOWN,
        notice=done(request, DONE),
        back="/coordinate",
    )


@routes.get(QUEUE + "/{id}", Access.COORDINATOR)
def show_item_to_decide(request: Request) -> Answer:
    """Everything that is known of one item, and the decision."""
    resource = seen(request)
    return _item(request, resource, deciding(resource))


@routes.post(QUEUE + "/{id}", Access.COORDINATOR)
def decide_on_item(request: Request) -> Answer:
    """Publish an item, give it back with a note, or take it out of the library."""
    resource = seen(request)
    form = read_form(DecisionForm, request.fields)
    if form.value is None:
        return _item(request, resource, form)
    try:
        said = _decided(request, resource, form.value)
    except Invalid as invalid:
        return _item(request, resource, form.refused(invalid.fields))
    if said in {"published", "removed"}:
        bell().ring()
    there = QUEUE if said == "removed" else request.path
    return see_other(f"{there}?done={said}")


def _decided(request: Request, resource: Resource, wanted: DecisionForm) -> str:
    """Do what the form says, and give the word for what was done."""
    by, kept, now, seen_version = request.member.member_id, library(request), request.now, wanted.version
    owner = Members(request.table).get(resource.owner) if resource.owner else None
    match wanted.decision:
        case "publish":
            looked = wanted.looked == "yes"
            new = review.publish(resource, seen=seen_version, looked=looked, by=by, owner=owner, library=kept, now=now)
            return "published" if new else "already"
        case "return":
            review.give_back(resource, wanted.note, seen=seen_version, by=by, owner=owner, library=kept, now=now)
            return "returned"
        case "remove":
            review.remove(resource, wanted.note, seen=seen_version, by=by, owner=owner, library=kept, now=now)
            return "removed"


def _item(request: Request, resource: Resource, form: Form[DecisionForm]) -> Answer:
    sharer = Members(request.table).get(resource.owner) if resource.owner else None
    one = Shown(resource, in_uk(request.now).date(), is_own=resource.owner == request.member.member_id)
    possible = ["publish", "return", "remove"] if one.is_in_review else ["remove"]
    return request.page(
        "resources/pages/coordinate_item.jinja",
        policy=may_download(),
        one=one,
        sharer=sharer,
        held=resource.offer is not None and resource.offer.stage is Stage.HELD,
        choices=[CHOICES[each] for each in possible],
        form=form,
        notice=done(request, DONE),
        back=QUEUE,
    )
