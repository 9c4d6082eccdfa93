"""Files: in quarantine, in the library, and the index of the search. The only module of the library that speaks S3.

A file comes into quarantine straight from a browser and nobody ever gets it from there. Once it has passed, a copy of
the one version that was inspected goes to the library, under a name that nobody can guess, with the tag without which
the bucket gives it to nobody (security requirements 33 to 35).
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.header import decode_header, make_header
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel import aws
from functions.kernel.errors import Unavailable
from functions.resources.inspected import MOST_BYTES, Part
from functions.resources.model import FILES, TEXTS, File, Offer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_GOOD_FOR = 3600
"""Seconds in which a form can send a file. The credentials that sign it last at least as long."""
DOWNLOAD_GOOD_FOR = 300
"""Seconds in which a link to a file works (security requirement 17)."""
INDEX = "index/search.sqlite"
"""What the index of the search is called in the library's bucket."""

PASSED = ("inspected", "passed")
"""The tag of a file that has passed. The policy of the bucket gives nobody a file without it."""

# Regional addresses, so that a browser is never sent on from one to another, and the signature that they all take.
_ADDRESSES = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
# The kind of a file is what is in it and not what a browser says, so all come under one name that opens nothing.
_ANY = "application/octet-stream"
_NAME = "name"
_CHUNK = 1024 * 1024
_UNTIL, _MAKE = "until", "make"
_GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion"})
_THE_SAME = frozenset({"304", "NotModified"})


class Moved(Exception):
    """The index was written by somebody else since it was read."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the index."""

    tag: str
    """The bucket's entity tag."""
    until: str
    """It holds every change of the library up to this moment, as ``clock.stamp`` writes it."""
    make: str
    """Which code made it. Other code cannot read it."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """What the bucket says of the object."""
        return cls(answer["ETag"], answer["Metadata"][_UNTIL], answer["Metadata"][_MAKE])


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a form sends a file, and the fields that go with it."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from quarantine, on this machine's disk."""

    path: Path
    name: str
    """What its sharer calls it."""
    size: int
    checksum: str
    """SHA-256 in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The two buckets."""

    client: "S3Client"
    quarantine: str
    library: str

    @classmethod
    def connect(cls, *, quarantine: str, library: str) -> Self:
        """The buckets of these names."""
        return cls(aws.connect("s3", _ADDRESSES), quarantine, library)

    def upload_form(self, offer: Offer, back_to: str | None) -> Upload:
        """A form that can send one file, under one name, of at most so many bytes, and nothing else.

        ``back_to`` is the address to which the browser is sent once the file is there. Without it the answer is a plain
        201, for a script that shows the progress: a browser lets no script follow a redirect from there to here.

        The name of the file on its sharer's computer comes along. The bucket puts it in the place of the variable, in
        whichever field it stands (AWS, "POST Object", form fields).
        """
        then = {"success_action_redirect": back_to} if back_to else {"success_action_status": "201"}
        fixed = {"Content-Type": _ANY, **then}
        named = f"x-amz-meta-{_NAME}"
        made = self.client.generate_presigned_post(
            self.quarantine,
            offer.key,
            Fields={**fixed, named: "${filename}"},
            Conditions=[
                *({name: value} for name, value in fixed.items()),
                ["starts-with", f"${named}", ""],
                ["content-length-range", 1, MOST_BYTES],
            ],
            ExpiresIn=UPLOAD_GOOD_FOR,
        )
        return Upload(made["url"], made["fields"])

    def send(self, offer: Offer, body: bytes, name: str) -> None:
        """Put an offered file into quarantine ourselves, to be looked at as one that comes from a browser is."""
        self.client.put_object(
            Bucket=self.quarantine, Key=offer.key, Body=body, ContentType=_ANY, Metadata={_NAME: name}
        )

    @property
    def quarantine_origin(self) -> str:
        """The origin that the upload form goes to, for the content security policy."""
        return self._origin(self.quarantine)

    @property
    def library_origin(self) -> str:
        """The origin that files come from."""
        return self._origin(self.library)

    def _origin(self, bucket: str) -> str:
        # Nothing is asked of the bucket: this only says where it would be.
        address = urlsplit(self.client.generate_presigned_url("head_bucket", Params={"Bucket": bucket}))
        return f"{address.scheme}://{address.netloc}"

    def download(self, file: File, saved_as: str) -> str:
        """An address that gives the file for five minutes, to be saved under a name (RFC 6266, RFC 8187)."""
        ascii_only = saved_as.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_").replace("?", "_")
        disposition = f"attachment; filename=\"{ascii_only}\"; filename*=UTF-8''{quote(saved_as, safe='')}"
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.library,
                "Key": FILES + file.key,
                "ResponseContentDisposition": disposition,
                "ResponseContentType": _ANY,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=DOWNLOAD_GOOD_FOR,
        )

    def fetch(self, offer: Offer, into: Path) -> Fetched | None:
        """Bring the one version of an offered file here, or say that there is none."""
        assert offer.version is not None
        try:
            answer = self.client.get_object(Bucket=self.quarantine, Key=offer.key, VersionId=offer.version)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        digest, size = hashlib.sha256(), 0
        with closing(answer["Body"]) as body, into.open("wb") as file:
            for chunk in body.iter_chunks(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return Fetched(into, _label(answer["Metadata"].get(_NAME, "")), size, digest.hexdigest())

    def keep(self, offer: Offer, file: File, parts: Iterable[Part]) -> None:
        """Copy the one version that was inspected to the library, and keep its words beside it.

        Doing it twice makes the same again, under the same names.
        """
        assert offer.version is not None
        words = json.dumps([part.model_dump() for part in parts], ensure_ascii=False).encode()
        self.client.put_object(
            Bucket=self.library,
            Key=TEXTS + file.key,
            Body=gzip.compress(words, mtime=0),
            ContentType="application/json",
            ContentEncoding="gzip",
        )
        self.client.copy_object(
            Bucket=self.library,
            Key=FILES + file.key,
            CopySource={"Bucket": self.quarantine, "Key": offer.key, "VersionId": offer.version},
            MetadataDirective="REPLACE",
            ContentType=_ANY,
            Metadata={"sha256": file.checksum},
            TaggingDirective="REPLACE",
            Tagging="=".join(PASSED),
        )

    def words(self, file: File) -> tuple[Part, ...]:
        """The words of a file, or none when there are none any more."""
        try:
            answer = self.client.get_object(Bucket=self.library, Key=TEXTS + file.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return ()
            raise
        with closing(answer["Body"]) as body:
            found = json.loads(gzip.decompress(body.read()))
        return tuple(Part.model_validate(each) for each in found)

    def discard(self, key: str) -> None:
        """Delete a file and its words from the library. What is not there is no error."""
        for prefix in (FILES, TEXTS):
            self.client.delete_object(Bucket=self.library, Key=prefix + key)

    def index_edition(self) -> Edition | None:
        """Which edition of the index there is, if any."""
        try:
            answer = self.client.head_object(Bucket=self.library, Key=INDEX)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        return Edition.of(answer)

    def fetch_index(self, into: Path, known: Edition | None) -> Edition | None:
        """Bring the index here unless it is still the edition ``known``, and say which it is.

        ``None`` when there is no index. Nobody ever finds half of one at ``into``. Raises ``Unavailable`` when the
        bucket does not answer, since somebody waits for this.
        """
        asked = {"IfNoneMatch": known.tag} if known else {}
        coming = into.with_suffix(".coming")
        try:
            answer = self.client.get_object(Bucket=self.library, Key=INDEX, **asked)  # type: ignore[arg-type] # A plain dictionary is one.
            with closing(answer["Body"]) as body, coming.open("wb") as file:
                for chunk in body.iter_chunks(_CHUNK):
                    file.write(chunk)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                return None
            if code in _THE_SAME:
                return known
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Unavailable from error
            raise
        except BotoCoreError as error:
            raise Unavailable from error
        coming.replace(into)
        return Edition.of(answer)

    def put_index(self, path: Path, until: str, make: str, *, over: Edition | None) -> None:
        """Write the index in the place of the edition ``over``, or as the first.

        Raises ``Moved`` when another is there.
        """
        only_if = {"IfMatch": over.tag} if over else {"IfNoneMatch": "*"}
        try:
            with path.open("rb") as body:
                self.client.put_object(
                    Bucket=self.library,
                    Key=INDEX,
                    Body=body,
                    Metadata={_UNTIL: until, _MAKE: make},
                    **only_if,  # type: ignore[arg-type] # A plain dictionary is one.
                )
        except ClientError as error:
            if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict", *_GONE}:
                raise Moved from error
            raise


def _label(metadata: str) -> str:
    """The name of a file as it was typed. A bucket gives back what is not ASCII as mail headers do (RFC 2047)."""
    try:
        name = str(make_header(decode_header(metadata)))
    except (LookupError, ValueError):
        name = metadata
    return name.replace("\\", "/").rpartition("/")[2][:200]
