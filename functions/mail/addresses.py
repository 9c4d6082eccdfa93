"""How mail fares at each address, in the table."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from functions.kernel import clock, keys, kinds
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, Table, delete, put, put_new
from functions.mail.feedback import Trouble


@dataclass(frozen=True, slots=True)
class Addresses:
    """How mail fares at each address, by its digest."""

    table: Table

    def fails(self, address_digest: str) -> datetime | None:
        """Since when no mail is sent to an address."""
        item = self.table.get(keys.suppressed(address_digest))
        return datetime.fromisoformat(item["since"]) if item else None

    def suppress(self, address_digest: str, reason: str, since: datetime, now: datetime) -> None:
        """Send nothing to an address any more. Doing so again changes nothing."""
        lifetime = kinds.KIND["suppressed"].lifetime
        assert lifetime is not None
        item = {"reason": reason, "since": clock.stamp(since), "expires_at": clock.epoch(now + lifetime)}
        with suppress(Clash):
            self.table.write(put_new("suppressed", keys.suppressed(address_digest), item))

    def trouble(self, address_digest: str) -> Trouble:
        """The messages to an address that came back of late."""
        item = self.table.get(keys.trouble(address_digest))
        return Trouble.model_validate(item or {})

    def came_back(self, address_digest: str, feedback_id: str, at: datetime, now: datetime) -> None:
        """Remember that a message came back. Raises ``Clash`` when another did at the same time."""
        before = self.trouble(address_digest)
        after = before.with_return(feedback_id, at)
        if after == before or after.ends_at <= now:
            return
        item = after.model_dump(mode="json") | {"expires_at": clock.epoch(after.ends_at)}
        # What has expired may still lie there, and counts as gone.
        unchanged = (
            Attr("returns").eq(before.model_dump(mode="json")["returns"])
            if before.returns
            else Attr("pk").not_exists() | Attr("expires_at").lte(clock.epoch(now))
        )
        self.table.write(put("trouble", keys.trouble(address_digest), item, where=unchanged))

    def try_again(self, address_digest: str) -> None:
        """Send to an address again, because its owner asks for it (security requirement 48)."""
        self.table.transact([delete(keys.suppressed(address_digest)), delete(keys.trouble(address_digest))])
