"""House rules that a machine can keep: where things are, how long they may get, and what is written nowhere."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from functions.kernel import keys
from functions.kernel.forms import FormModel
from functions.kernel.kinds import KIND, KINDS

ROOT = Path(__file__).parents[2]
OURS = ("functions", "infra", "cli", "tests", "bench")
LONGEST = 400
KERNEL = {
    "__init__.py",
    "audit.py",
    "aws.py",
    "auth.py",
    "batches.py",
    "client.py",
    "clock.py",
    "consents.py",
    "compiled.py",
    "entry.py",
    "errors.py",
    "forms.py",
    "glossary.csv",
    "glossary.py",
    "headers.py",
    "http.py",
    "ical.py",
    "keys.py",
    "kinds.py",
    "measures.py",
    "notation.py",
    "pages",
    "purposes.py",
    "settings.py",
    "table.py",
    "text.py",
    "tokens.py",
    "value.py",
    "when.py",
}
"""The kernel is a closed list. What belongs to one domain belongs there, however general it looks."""

SPEAK_TO_AWS = {
    "functions/audit/safe.py",
    "functions/gate/secret.py",
    "functions/invites/letterbox.py",
    "functions/kernel/aws.py",
    "functions/kernel/table.py",
    "functions/mail/jobs.py",
    "functions/mail/post.py",
    "functions/membership/erasure_list.py",
    "functions/resources/bell.py",
    "functions/resources/shelf.py",
}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def texts_in(path: Path) -> Iterator[str]:
    """Every text that a module holds as a value, comments and descriptions left out."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", OURS)
def test_no_module_is_too_long_to_be_read_in_one_go(folder: str) -> None:
    too_long = {
        name_of(path): lines for path in modules(folder) if (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert not too_long


def test_the_kernel_is_a_closed_list() -> None:
    assert {path.name for path in (ROOT / "functions" / "kernel").iterdir() if path.name != "__pycache__"} == KERNEL


def test_only_the_registry_spells_a_key() -> None:
    begins = {kind.shape.partition("#")[0] for kind in KINDS if "#" in kind.shape} | {
        maker("x").partition("#")[0]
        for maker in (
            keys.complaints_of,
            keys.heard_of,
            keys.mail_of,
            keys.vouches_by,
            keys.applications_of,
            keys.answers_to,
            keys.attendance_of,
        )
    }  # fmt: skip
    spelt = re.compile(rf"\b({'|'.join(sorted(begins))}|SIGN-IN)#")
    found = {
        name_of(path): text
        for path in modules("functions", "infra", "cli")
        for text in texts_in(path)
        if spelt.search(text) and name_of(path) not in {"functions/kernel/keys.py", "functions/kernel/kinds.py"}
    }
    assert not found


def test_requirement_64_no_other_kind_of_item_is_named_than_those_in_the_registry() -> None:
    for path in modules("functions"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = _kind_of(node)
            assert named is None or named in KIND, f"{name_of(path)} writes {named!r}"


def _kind_of(node: ast.AST) -> object:
    """The kind that a call of ``put`` or ``put_new``, or an item written out, names."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"put", "put_new"}:
        first = node.args[0]
        return first.value if isinstance(first, ast.Constant) else None
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == "kind" and isinstance(value, ast.Constant):
                return value.value
    return None


def test_only_the_listed_modules_speak_to_aws() -> None:
    speakers = {
        name_of(path)
        for path in modules("functions")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(alias.name.startswith(("boto3", "botocore")) for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("boto3", "botocore")))
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "aws" for alias in node.names))
    }
    assert speakers == SPEAK_TO_AWS


def test_requirement_64_what_has_expired_comes_from_the_table_alone_where_it_counts_as_absent() -> None:
    """Everybody else reads through the table, but for those to whom the stream gives what was just written."""
    of_the_stream = {"functions/invites/jobs.py", "functions/mail/jobs.py"}
    found = {
        name_of(path)
        for path in modules("functions")
        if re.search(r"\b(unmarshal|from_wire)\b", path.read_text()) and path.parent.name != "kernel"
    }
    assert found <= of_the_stream


def test_only_the_clock_asks_what_time_it_is_and_only_settings_ask_the_environment() -> None:
    asks_time = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    asks_environment = re.compile(r"\bos\.(environ|getenv)\b")
    for path in modules("functions"):
        text = path.read_text()
        assert not asks_time.search(text) or path.name == "clock.py", name_of(path)
        assert not asks_environment.search(text) or name_of(path) == "functions/kernel/settings.py", name_of(path)


def test_nothing_is_left_to_do_in_the_code() -> None:
    marks = re.compile(rf"\b({'|'.join(('TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'))})\b")
    found = [
        f"{name_of(path)}: {line.strip()}"
        for folder in (*OURS, "docs", "events")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".md", ".jinja", ".json", ".css", ".toml", ".csv"} and "built" not in path.parts
        for line in path.read_text().splitlines()
        if marks.search(line)
    ]
    assert not found


def every_form() -> list[type[FormModel]]:
    for path in modules("functions"):
        if path.name.startswith(("web", "forms", "api")):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found: list[type[FormModel]] = []
    waiting = list(FormModel.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found.append(form)
    return [form for form in found if form.__module__.startswith("functions.")]


@pytest.mark.parametrize("form", every_form(), ids=lambda form: form.__name__)
def test_requirement_22_every_field_has_a_sentence_for_when_it_is_wrong_and_an_end(form: type[FormModel]) -> None:
    assert form.model_config["extra"] == "forbid"
    for name, about in form.model_fields.items():
        sentence = form.sentences[name]
        assert sentence[0].isupper()
        assert not sentence.endswith((".", "!"))
        if "str" in str(about.annotation) and "Literal" not in str(about.annotation):
            assert _has_an_end(form, name), f"{form.__name__}.{name} takes a text of any length"


def _has_an_end(form: type[FormModel], name: str) -> bool:
    """Whether a text beyond any of ours is refused, alone or as one of many."""
    endless = "a" * 99_000
    for value in (endless, [endless], ["a"] * 5_000):
        try:
            form.__pydantic_validator__.validate_assignment(form.model_construct(), name, value)
        except ValueError:
            continue
        return False
    return True


README = ROOT / "README.md"


def test_the_readme_leads_to_places_that_exist() -> None:
    lines = README.read_text().splitlines()
    starts = [place for place, line in enumerate(lines) if "I want to" in line and line.lstrip().startswith("|")]
    assert starts, "README.md has no table of what people want to do"
    rows = [line for line in lines[starts[0] + 2 :] if line.lstrip().startswith("|")]
    assert rows
    for row in rows:
        for wanted in re.findall(r"`([^`]+)`", row):
            if "/" in wanted and " " not in wanted and not wanted.startswith(("/", "http")):
                pattern = re.sub(r"<[^>]+>", "*", wanted.rstrip("/"))
                assert list(ROOT.glob(pattern)), f"{wanted} is not there: {row}"


def test_every_domain_says_what_it_owns() -> None:
    for package in sorted((ROOT / "functions").glob("*/__init__.py")):
        if package.parent.name != "kernel":
            described = import_module(f"functions.{package.parent.name}").__doc__ or ""
            assert len(described.split()) > 5, package.parent.name


def test_rules_are_pure() -> None:
    """A rule that reads the table, the clock or the environment could not be tried in a table of examples."""
    forbidden = ("boto", "aws_lambda_powertools", "jinja2", "functions.kernel.table", "functions.kernel.clock", "os")
    rules = [
        "membership/eligibility.py",
        "membership/addresses.py",
        "membership/lapsing.py",
        "sessions/door.py",
        "invites/planning.py",
        "invites/replies.py",
    ]
    for rule in rules:
        module = import_module("functions." + rule.removesuffix(".py").replace("/", "."))
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in named if name.startswith(forbidden)], rule
