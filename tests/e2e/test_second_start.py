"""Stopping the local cloud and starting it again: everybody is still there, and mail still flows."""

from tests.e2e.cloud import Cloud, like, run
from tests.people import ANN


def test_a_second_start_is_quick_and_keeps_everybody(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Returning")
    visitor = local_cloud.join(ann)
    letters = len(local_cloud.mailbox.all(ann["email"]))

    down = run(local_cloud.places, "down")
    up = run(local_cloud.places, "up", "--detach", "--members", "12")

    assert (down.returncode, up.returncode) == (0, 0), up.stdout + up.stderr
    assert "Making the bundle" not in up.stdout, "What takes long must not be done again."
    assert "Deploying" not in up.stdout
    assert f"Hello {ann['name']}" in visitor.get("/home").words, "A sign-in must outlive a start."
    assert len(local_cloud.mailbox.all(ann["email"])) >= letters, "The mailbox must keep its letters."
    assert f"Hello {ann['name']}" in local_cloud.sign_in(ann["email"]).get("/home").words
    newcomer = like(ANN, "Ann Newcomer")
    local_cloud.join(newcomer)
    local_cloud.mailbox.next(newcomer["email"], "You are a member")
