"""The process that reads one file. It takes the file from standard input and answers in JSON on standard output."""

import logging
import resource
import sys

from functions.resources.inspection.look import look

MOST_MEMORY = 1_200 * 1024 * 1024
"""Bytes of addresses. The largest file takes 100 MiB, and what is read of it a few hundred."""
MOST_SECONDS = 90
"""Of the processor. Half a second is usual, and twenty the most that an honest file was found to take."""
MOST_ANSWER = 32 * 1024 * 1024
"""Bytes that it may write into any file: two million characters as JSON, most of which take one byte, and some six."""
_FILES = 64


def main() -> None:
    """Give up what is not needed, look, and answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_ANSWER, MOST_ANSWER))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    logging.disable()
    answer = look(sys.stdin.buffer.read(), sys.argv[1])
    sys.stdout.buffer.write(answer.model_dump_json(exclude_defaults=True).encode())
