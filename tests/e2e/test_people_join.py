"""Joining, from the first address to the welcome."""

import string

from tests.e2e.cloud import JOIN_CODE, Cloud, like, told
from tests.network import code_in, text_of
from tests.people import ANN, PAT, SAM

VERA = {"voucher_name": "Vera Example", "voucher_email": "vera.example@nhs.net"}


def test_ann_joins_with_her_work_address_and_is_welcomed(local_cloud: Cloud) -> None:
    visitor = local_cloud.visitor()
    assert visitor.get("/").status == 200
    assert visitor.post("/join", email=ANN["email"]).location == "/join/code"
    assert ANN["email"] in visitor.get("/join/code").words
    letter = local_cloud.mailbox.next(ANN["email"], JOIN_CODE)
    assert code_in(letter.message) in letter.message["subject"]
    assert visitor.post("/join/code", code=code_in(letter.message)).location == "/join/about-you"
    assert visitor.post("/join/about-you", told(ANN)).location == "/join/check"
    check = visitor.get("/join/check")
    assert all(words in check.words for words in (ANN["name"], ANN["email"], ANN["organisation"]))

    outcome = visitor.follow(visitor.post("/join/check"))

    assert outcome.reason == "A01"
    assert "You are a member" in outcome.words
    assert f"Hello {ANN['name']}" in visitor.get("/home").words
    welcome = local_cloud.mailbox.next(ANN["email"], "You are a member").message
    assert welcome["from"].addresses[0].addr_spec == "account@account.psmn.test"
    assert f"{local_cloud.stack.url}/sign-in" in text_of(welcome)


def test_somebody_who_types_a_wrong_code_reads_why_and_can_try_again(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Mistyped")
    visitor = local_cloud.visitor()
    visitor.post("/join", email=ann["email"])
    code = local_cloud.code_for(ann["email"], JOIN_CODE)
    wrong = code.translate(str.maketrans(string.digits, "1234567890"))

    refused = visitor.post("/join/code", code=wrong)

    assert refused.status == 422
    assert refused.title.startswith("Error: ")
    assert refused.error_beside("code") == "That is not the code we sent. Check it, and type it again"
    assert visitor.post("/join/code", code=code.replace(" ", "")).location == "/join/about-you"


def test_a_code_works_only_in_the_browser_that_asked_for_it(local_cloud: Cloud) -> None:
    ann, other = like(ANN, "Ann Overheard"), local_cloud.visitor()
    local_cloud.visitor().post("/join", email=ann["email"])
    code = local_cloud.code_for(ann["email"], JOIN_CODE)
    other.post("/join", email=like(ANN, "Mallory Listening")["email"])

    assert other.post("/join/code", code=code).status == 422


def test_somebody_who_leaves_answers_out_keeps_the_others(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Halfway")
    visitor = local_cloud.begin(ann)

    refused = visitor.post("/join/about-you", name=ann["name"], role="psm")

    assert refused.status == 422
    assert refused.value_of("name") == ann["name"]
    assert refused.error_beside("organisation") == "Enter the organisation you work for or with"
    assert refused.error_beside("agree") == "Tick the box if you agree to how we keep this a safe space"


def test_a_member_who_joins_again_hears_it_by_mail_alone(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Twice")
    local_cloud.join(ann)
    visitor = local_cloud.visitor()

    answer = visitor.post("/join", email=ann["email"])

    assert answer.location == "/join/code"
    assert "We will send an 8-digit code" in visitor.follow(answer).words
    local_cloud.mailbox.next(ann["email"], "You are already a member")


def test_pat_is_confirmed_by_vera_and_both_are_told(local_cloud: Cloud) -> None:
    visitor = local_cloud.join(PAT, **VERA)
    outcome = visitor.get("/join/outcome")
    assert outcome.reason == "E13"
    assert "We asked Vera Example to confirm your work" in outcome.words
    local_cloud.mailbox.next(PAT["email"], "Your application to join: Nearly there")
    question = local_cloud.mailbox.next(VERA["voucher_email"], "Can you confirm")
    path, vera = local_cloud.path_in(question, "/vouch/"), local_cloud.visitor()
    assert PAT["email"] not in text_of(question.message)

    page = vera.get(path)
    assert PAT["name"] in page.words
    assert visitor.get("/join/outcome").reason == "E13", "Opening the page must answer nothing."
    answered = vera.post(path, answer="yes", code=code_in(question.message))

    assert "Thank you for answering" in vera.follow(answered).words
    thanks = local_cloud.mailbox.next(VERA["voucher_email"], "Thank you for your answer")
    assert f"You confirmed the work of {PAT['name']}" in text_of(thanks.message)
    local_cloud.mailbox.next(PAT["email"], "You are a member")
    assert visitor.get("/join/outcome").reason == "A02"
    assert f"Hello {PAT['name']}" in local_cloud.sign_in(PAT["email"]).get("/home").words


def test_a_wrong_code_from_vera_confirms_nothing(local_cloud: Cloud) -> None:
    pat = like(PAT, "Pat Unconfirmed")
    visitor = local_cloud.join(pat, voucher_name="Vic Example", voucher_email="vic.example@nhs.net")
    question = local_cloud.mailbox.next("vic.example@nhs.net", "Can you confirm")

    refused = local_cloud.visitor().post(local_cloud.path_in(question, "/vouch/"), answer="yes", code="0000 0001")

    assert refused.status == 422
    assert visitor.get("/join/outcome").reason == "E13"


def test_somebody_who_sells_waits_for_a_person(local_cloud: Cloud) -> None:
    sam = like(SAM, "Sam Patient")

    outcome = local_cloud.join(sam).get("/join/outcome")

    assert outcome.reason == "E11"
    letter = local_cloud.mailbox.next(sam["email"], "Your application to join: A person will look at what you supply")
    assert "within 2 working days" in text_of(letter.message)
