"""What is said of a place or a level that an operator set and that cannot be."""

from __future__ import annotations

import pytest

from readingroom.errors import BadSetting
from readingroom.listening import free_port
from readingroom.settings import read_settings


def test_an_address_that_is_not_this_machines_is_a_wrong_setting_not_a_taken_port():
    with pytest.raises(BadSetting, match=r"192\.0\.2\.1, port 0"):  # a documentation address (RFC 5737)
        free_port("192.0.2.1", 0)


def test_a_level_of_logs_is_one_of_four_in_any_case():
    assert read_settings(log_level="debug").log_level == "DEBUG"
    with pytest.raises(BadSetting, match="LOG_LEVEL"):
        read_settings(log_level="loud")
