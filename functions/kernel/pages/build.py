"""Makes a bundle's templates and static files ready: `python -m functions.kernel.pages.build BUNDLE`.

`BUNDLE` holds a copy of `functions/`. Every template becomes a Python module and every static file gets its
hashed name, in `functions/kernel/pages/built/`. Run it before the bundle's bytecode is made.
"""

import sys
from pathlib import Path

from functions.kernel.pages import assets, templates_at
from functions.kernel.pages.engine import COMPONENTS, FUNCTIONS, Engine, source_loader


def build(bundle: Path) -> None:
    """Compile into `bundle`. Raises `ValueError` for this checkout itself, which must go on reading its sources."""
    functions = bundle.resolve() / "functions"
    if functions == FUNCTIONS:
        message = "Build into a copy. The checkout itself reads its templates from their sources."
        raise ValueError(message)
    built = functions / "kernel" / "pages" / "built"
    assets.write(built / "assets")
    engine = Engine(source_loader(functions))
    components = [name for name in engine.components.list_templates() if name.startswith(f"{COMPONENTS}/")]
    wanted = {*templates_at(functions), *components}
    for environment in (engine.pages, engine.components, engine.messages):
        own = frozenset(name for name in wanted if engine.environment_of(name) is environment)
        environment.compile_templates(
            built / "templates", zip=None, filter_func=own.__contains__, ignore_errors=False
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
