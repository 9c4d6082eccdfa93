"""Makes a bundle's templates and static files ready: ``python -m functions.kernel.pages.build BUNDLE``.

``BUNDLE`` holds a copy of ``functions/``. Every template becomes a Python module, and every static file gets
its hashed name, in ``functions/kernel/pages/built/``. Run it before the bundle's bytecode is made.
"""

import sys
from pathlib import Path

from jinja2 import meta

from functions.kernel.pages import templates_at
from functions.kernel.pages.assets import hashed_name, squeeze
from functions.kernel.pages.engine import FUNCTIONS, Engine, source_loader
from functions.kernel.pages.sources import sources


def build(bundle: Path) -> None:
    """Make everything ready in ``bundle``.

    Raises ``ValueError`` for this checkout itself, which must go on reading its sources.
    """
    functions = bundle.resolve() / "functions"
    if functions == FUNCTIONS:
        raise ValueError("Build into a copy: this checkout reads its templates from their sources.")
    built = functions / "kernel" / "pages" / "built"
    write_assets(built / "assets")
    compile_templates(functions, built / "templates")


def write_assets(folder: Path) -> None:
    """Put every static file in ``folder`` under its hashed name, as it is and squeezed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in sources().items():
        path = folder / hashed_name(name, body)
        path.write_bytes(body)
        path.with_name(f"{path.name}.gz").write_bytes(squeeze(body))


def compile_templates(functions: Path, folder: Path) -> None:
    """Compile our templates under ``functions``, and all they refer to, to Python modules in ``folder``."""
    engine = Engine(source_loader(functions))
    names: set[str] = set()
    found = set(templates_at(functions))
    while found:
        names |= found
        found = {further for name in found for further in referred_to(engine, name)} - names
    for environment in (engine.pages, engine.components, engine.messages):
        own = frozenset(name for name in names if engine.environment_of(name) is environment)
        environment.compile_templates(folder, zip=None, filter_func=own.__contains__, ignore_errors=False)


def referred_to(engine: Engine, name: str) -> set[str]:
    """The templates that a template extends or imports."""
    environment = engine.environment_of(name)
    source, _, _ = engine.loader.get_source(environment, name)
    return {found for found in meta.find_referenced_templates(environment.parse(source)) if found is not None}


if __name__ == "__main__":
    build(Path(sys.argv[1]))
