"""Sharing: what may be shared, the words about it, the file, and the list of what one has shared."""

import json

from functions.kernel import tokens
from functions.kernel.auth import Access
from functions.kernel.consents import SHARING
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, read_form
from functions.kernel.headers import content_policy
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.when import in_uk
from functions.resources import share, words
from functions.resources.connections import settings, shelf
from functions.resources.forms import BeginForm, WordsForm, blank, filled, patient_details, wrong_days
from functions.resources.inspected import MOST_BYTES, FileKind
from functions.resources.model import Permission, Resource
from functions.resources.routes import bell, library, own, owned, routes
from functions.resources.shown import Shown
from functions.resources.topics import NATIONS, ORGANISATIONS, SETTINGS, TOPICS


@routes.get("/library/shared", Access.MEMBER)
def show_shared(request: Request) -> Answer:
    """What a member has shared and begun to share, and how each stands."""
    today = in_uk(request.now).date()
    shared = library(request).shared_by(request.member.member_id)
    return request.page(
        "resources/pages/shared.jinja",
        items=[Shown(each, today, is_own=True) for each in shared],
        back="/library",
    )


@routes.get("/library/share", Access.MEMBER)
def show_what_to_share(request: Request) -> Answer:
    """What may be shared, before anybody takes the trouble."""
    return request.page(
        "resources/pages/share.jinja", asked=tokens.new_id(), largest=words.size(MOST_BYTES), back="/library"
    )


@routes.post("/library/share", Access.MEMBER)
def begin(request: Request) -> Answer:
    """Begin to share something. It can be finished later, on any device."""
    form = read_form(BeginForm, request.fields)
    if form.value is None:
        raise Invalid(dict(form.errors))
    asked = form.value.asked or tokens.new_id()
    begun = share.begin(request.member.member_id, asked=asked, library=library(request), now=request.now)
    return see_other(f"/library/share/{begun.id}/details")


@routes.get("/library/share/{id}/details", Access.MEMBER)
def show_words(request: Request) -> Answer:
    """The form for what an item is, as its owner left it."""
    resource = own(request)
    form = filled(resource.words) if resource.words else blank(in_uk(request.now).date())
    return _words(request, resource, form)


@routes.post("/library/share/{id}/details", Access.MEMBER)
def save_words(request: Request) -> Answer:
    """Keep what an item is. Next comes its file, unless that is there already."""
    resource = own(request)
    form = read_form(WordsForm, request.fields)
    if form.value is None:
        return _words(request, resource, form)
    wrong = wrong_days(form.value, in_uk(request.now).date()) | patient_details(form.value)
    if wrong:
        return _words(request, resource, form.refused(wrong))
    by, kept = request.member.member_id, library(request)
    try:
        after = share.describe(resource, form.value.words(), by=by, library=kept, now=request.now)
    except Invalid as invalid:
        return _words(request, resource, form.refused(invalid.fields))
    if after.is_published:
        bell().ring()
    elif Shown(after, in_uk(request.now).date()).is_awaited:
        return see_other(f"/library/share/{resource.id}/file")
    return see_other(f"/library/{resource.id}?done=described")


def _words(request: Request, resource: Resource, form: Form[WordsForm]) -> Answer:
    return request.page(
        "resources/pages/words.jinja",
        form=form,
        is_new=resource.words is None,
        permissions=[(each, *SHARING.choices[each]) for each in Permission],
        wording=SHARING,
        topics=TOPICS.items(),
        nations=NATIONS.items(),
        settings=SETTINGS.items(),
        organisations=ORGANISATIONS.items(),
        back=f"/library/{resource.id}" if resource.words else "/library/share",
    )


@routes.get("/library/share/{id}/file", Access.MEMBER)
def show_upload(request: Request) -> Answer:
    """The form that sends a file straight to the bucket, or where to go when no file is awaited."""
    found, is_closed = library(request).get_to_send(request.parameters["id"])
    resource = owned(request, found)
    one = Shown(resource, in_uk(request.now).date(), is_own=True)
    if is_closed:
        return request.page("resources/pages/closed.jinja", one=one, back=f"/library/{resource.id}")
    if resource.offer is None or not one.is_awaited:
        return request.page("resources/pages/another_file.jinja", one=one, form=Form(), back=f"/library/{resource.id}")
    then = f"/library/{resource.id}?sent=1"
    form = shelf().upload_form(resource.offer, f"{settings().site_origin}{then}")
    by_script = shelf().upload_form(resource.offer, None)
    return request.page(
        "resources/pages/upload.jinja",
        policy=content_policy(forms=(shelf().quarantine_origin,), connects=(shelf().quarantine_origin,), scripts=True),
        one=one,
        upload=form,
        fields_of_script=json.dumps(dict(by_script.fields)),
        then=then,
        most=MOST_BYTES,
        largest=words.size(MOST_BYTES),
        endings=[f".{kind.value}" for kind in FileKind],
        back=f"/library/share/{resource.id}/details",
    )


@routes.post("/library/share/{id}/file", Access.MEMBER)
def ask_for_file(request: Request) -> Answer:
    """Wait for another file. What is published stays until a coordinator has decided on it."""
    resource = own(request)
    one = Shown(resource, in_uk(request.now).date(), is_own=True)
    try:
        share.ask_for_file(resource, by=request.member.member_id, library=library(request), now=request.now)
    except Invalid as invalid:
        form = Form[WordsForm](errors=invalid.fields)
        return request.page("resources/pages/another_file.jinja", one=one, form=form, back=f"/library/{resource.id}")
    return see_other(request.path)
