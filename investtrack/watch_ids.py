"""What an id of a request looks like, wherever one is taken over from somebody else."""

import re

# No key of ours looks like that, and nothing that could pass for another line of a log.
HARMLESS = re.compile(r"[0-9A-Za-z-]{8,64}")
