"""The cache holds no more bytes than it may and forgets what was not asked for longest."""

from __future__ import annotations

from readingroom.imaging.cache import ByteCache


def test_the_least_recently_used_goes_first():
    cache = ByteCache(100)
    for name in "abcd":
        cache.put(name, bytes(25))
    cache.get("a")
    cache.put("e", bytes(25))
    assert cache.get("b") is None
    assert cache.get("a") == bytes(25)
    assert cache.size == 100


def test_a_body_put_again_is_counted_once():
    cache = ByteCache(100)
    cache.put("a", bytes(20))
    cache.put("a", bytes(10))
    assert cache.size == 10


def test_a_body_that_would_push_out_most_others_is_not_kept():
    cache = ByteCache(100)
    cache.put("a", bytes(26))
    assert cache.get("a") is None
    assert cache.size == 0
