"""All faults by name."""

from esmock.controls.faults.answers import ANSWERS
from esmock.controls.faults.bulk import BULK_FAULTS
from esmock.controls.faults.errors import ERRORS
from esmock.controls.faults.network import NETWORK
from esmock.controls.faults.shards import SHARDS
from esmock.families import table

FAULTS = table(ERRORS, SHARDS, BULK_FAULTS, ANSWERS, NETWORK)
