"""What runs in the cloud: a folder for each domain, and the kernel that all of them stand on."""

import gc

from functions.kernel import compiled

# The collector would look through all that is being imported, dozens of times at every start, and find nothing to free.
gc.set_threshold(100_000)
compiled.use()
