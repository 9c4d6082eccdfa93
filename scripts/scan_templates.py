# /// script
# requires-python = "==3.13.*"
# dependencies = ["checkov==3.3.30"]
#
# [tool.uv]
# exclude-newer = "7 days"
# ///
"""Scan the templates in a folder with checkov: ``uv run --script scripts/scan_templates.py FOLDER``.

checkov brings a hundred packages and pins many of them, some to versions that ours are not. So it has an environment of
its own, locked beside this file like everything else.
"""

import sys

from checkov.main import Checkov

if __name__ == "__main__":
    arguments = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download", "--directory", sys.argv[1]]
    sys.exit(Checkov(arguments).run())
