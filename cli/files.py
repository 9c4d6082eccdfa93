"""The library's bucket as the people who run the network see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.stack import Cloud
from functions.kernel.table import Item
from functions.resources.model import FILES, File, Resource


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of an item of the library."""

    resource: Resource
    file: File

    @property
    def key(self) -> str:
        """What it is called in the bucket."""
        return f"{FILES}{self.file.key}"


def files_of(items: list[Item]) -> Iterator[Kept]:
    """The file that members get of each item of the library."""
    for item in items:
        resource = Resource.model_validate(item)
        if resource.file is not None:
            yield Kept(resource, resource.file)


def objects(cloud: Cloud) -> dict[str, int]:
    """Everything in the bucket now, with its size in bytes."""
    pages = cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=cloud.contents.buckets["library"])
    return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", [])}


def empty(s3: Any, bucket: str) -> int:
    """Delete everything in a bucket, with every version that was kept, and say how much that was."""
    gone = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        listed = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for each in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        if listed:
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": listed, "Quiet": True})
            if faults := answer.get("Errors"):
                raise RuntimeError(f"{bucket} keeps {len(faults)} objects: {faults[0]['Message']}")
            gone += len(listed)
    return gone
