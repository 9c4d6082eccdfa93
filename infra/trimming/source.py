"""Changes the source of a package's module: what it imports and when, and which of its parts are there at all."""

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import override

_ON_DEMAND = '''
def __getattr__(name):
    """Import what others take from this module as soon as they do."""
    if name not in _postponed:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, wanted, level = _postponed[name]
    found = __import__(module, globals(), None, (wanted,) if wanted else (), level)
    return getattr(found, wanted) if wanted else found
'''

type _Import = ast.Import | ast.ImportFrom


def rewrite(module: Path, change: Callable[..., str], *how: str) -> None:
    """Put what ``change`` makes of a module's source in its place."""
    module.write_text(change(module.read_text(encoding="utf-8"), *how), encoding="utf-8")


def with_body(source: str, function: str, body: str) -> str:
    """The source of a module of which one function does something else."""
    tree = ast.parse(source)
    (changed,) = (line for line in tree.body if isinstance(line, ast.FunctionDef) and line.name == function)
    changed.body = ast.parse(body).body
    return ast.unparse(tree)


def only(source: str, *wanted: str) -> str:
    """The source of a module with those of its functions and classes that are wanted, and what these use."""
    tree = ast.parse(source)
    parts = {line.name: line for line in tree.body if isinstance(line, ast.FunctionDef | ast.ClassDef)}
    used = {name for line in tree.body if line not in parts.values() for name in _names_in(line)}
    reached: set[str] = set()
    waiting = {*wanted, *used} & parts.keys()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= (_names_in(parts[name]) & parts.keys()) - reached
    tree.body = [
        line for line in tree.body if not isinstance(line, ast.FunctionDef | ast.ClassDef) or line.name in reached
    ]
    return ast.unparse(tree)


def _names_in(line: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(line) if isinstance(each, ast.Name)}


def postpone(source: str, *packages: str) -> str:
    """The source of a module that imports from these packages when it first uses what it imports.

    Packages import at their tops whatever any of their functions may need, and a start pays for all of it. This module
    does the same as before, only later: each function that uses an import makes it itself, and whoever takes the name
    from the module has it imported then (PEP 562). Without ``packages`` that goes for all imports. What the module
    itself uses as it is imported stays at its top.

    Raises ``AssertionError`` when nothing of one of the packages can be postponed.
    """
    tree = ast.parse(source)
    at_once = _at_once(tree)
    postponed: dict[str, _Import] = {}
    body: list[ast.stmt] = []
    for line in tree.body:
        if not isinstance(line, ast.Import | ast.ImportFrom) or not _is_of(line, packages):
            body.append(line)
            continue
        kept = [alias for alias in line.names if alias.name == "*" or _bound_by(alias) in at_once]
        postponed |= {_bound_by(alias): _alone(line, alias) for alias in line.names if alias not in kept}
        if kept:
            line.names = kept
            body.append(line)
    for package in packages:
        assert any(_is_of(each, (package,)) for each in postponed.values()), (
            f"{package} is needed at once, or not at all"
        )
    tree.body = [_Inside(postponed).visit(line) for line in body]
    wanted = {name: _where(each) for name, each in postponed.items()}
    return f"{ast.unparse(ast.fix_missing_locations(tree))}\n_postponed = {wanted!r}\n{_ON_DEMAND}"


def _bound_by(alias: ast.alias) -> str:
    """The name that a module has for what it imports."""
    return (alias.asname or alias.name).partition(".")[0]


def _alone(line: _Import, alias: ast.alias) -> _Import:
    """The import of one of the names of a line."""
    if isinstance(line, ast.ImportFrom):
        return ast.ImportFrom(module=line.module, names=[alias], level=line.level)
    return ast.Import(names=[alias])


def _is_of(line: _Import, packages: Sequence[str]) -> bool:
    modules = [str(line.module)] if isinstance(line, ast.ImportFrom) else [each.name for each in line.names]
    if modules == ["__future__"]:
        return False
    return not packages or any(f"{module}.".startswith(f"{each}.") for module in modules for each in packages)


def _where(line: _Import) -> tuple[str, str, int]:
    """What ``__import__`` is told: a module, what is wanted of it, and from how many folders above."""
    (alias,) = line.names
    if isinstance(line, ast.ImportFrom):
        return line.module or "", alias.name, line.level
    assert alias.asname is None or "." not in alias.name, f"{alias.name} cannot be postponed under another name"
    return alias.name, "", 0


def _at_once(tree: ast.Module) -> set[str]:
    """The names that a module uses as it is imported: all but those in the bodies of its functions."""
    typed_later = any(isinstance(line, ast.ImportFrom) and line.module == "__future__" for line in tree.body)
    watch = _Watch(typed_later=typed_later)
    watch.visit(tree)
    return watch.names


class _Watch(ast.NodeVisitor):
    """Collects names, and leaves out the bodies of functions."""

    def __init__(self, *, typed_later: bool) -> None:
        self.names: set[str] = set()
        self.typed_later = typed_later
        """Whether types are text until somebody asks for them (PEP 563)."""

    @override
    def visit_Name(self, node: ast.Name) -> None:
        self.names.add(node.id)

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if each is not None:
                self.visit(each)
        if not self.typed_later:
            arguments = (
                *node.args.args,
                *node.args.kwonlyargs,
                *node.args.posonlyargs,
                node.args.vararg,
                node.args.kwarg,
            )
            for type_ in (*(each.annotation for each in arguments if each is not None), node.returns):
                if type_ is not None:
                    self.visit(type_)

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        if not self.typed_later:
            self.visit(node.annotation)


class _Inside(ast.NodeTransformer):
    """Puts into each function the imports that it uses, no earlier than it gets to them."""

    def __init__(self, postponed: dict[str, _Import]) -> None:
        self.postponed = postponed

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        for name, line in self.postponed.items():
            node.body = [*_just_before(node.body, name, line)]
        return node

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self.visit_FunctionDef(node)  # type: ignore[arg-type] # Its body is laid out alike.
        return node


def _just_before(block: Sequence[ast.stmt], name: str, line: _Import) -> Iterator[ast.stmt]:
    """The statements of a block, with an import before the first that uses its name. In a part that may be passed by,
    such as that of an ``if``, it stands before the first of that part.
    """
    there = False
    for each in block:
        if not there and name in _names_in(each):
            there = not isinstance(each, ast.If) or name in _names_in(each.test)
            if there:
                yield line
            elif isinstance(each, ast.If):
                each.body = [*_just_before(each.body, name, line)]
                each.orelse = [*_just_before(each.orelse, name, line)]
        yield each
