"""Transcripts of real servers, the makers' YAML tests and pages; what differs is listed in known_failures.toml, strict both ways.

Source: recordings of 7.10.2, 8.19.21 and 6.8.23; the YAML tests and pages that a real 7.10.2 passes.
"""

import pytest

from tests.conformance import known
from tests.conformance.golden import measure, measure_unadapted
from tests.conformance.makers import measure_pages, measure_yaml


@pytest.mark.parametrize(("name", "version"), [("rest", "7.10.2"), ("rest", "8.19.21"), ("rollup", "7.10.2")])
def test_a_transcript_is_answered_as_recorded(shared_dir, name, version):
    known.check(f"{name} {version}", measure(shared_dir, name, version))


def test_the_rollup_of_6_8_is_answered_as_recorded_word_for_word(shared_dir):
    known.check("rollup as 6.8.23", measure_unadapted(shared_dir))


@pytest.mark.parametrize("corpus", ["yaml-core", "yaml-modules"])
def test_the_makers_tests_pass_as_on_the_real_engine(shared_dir, corpus):
    known.check(corpus, measure_yaml(shared_dir, corpus))


def test_the_reference_pages_pass_as_on_the_real_engine(shared_dir):
    known.check("docs", measure_pages(shared_dir))
