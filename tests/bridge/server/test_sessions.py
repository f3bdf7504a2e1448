from __future__ import annotations

from bridge.server.sessions import LINK_LASTS, MOST_LINKS, MOST_SESSIONS, Sessions, cookie_name


def test_a_link_works_once():
    sessions = Sessions()
    link = sessions.new_link()
    session = sessions.exchange(link)
    assert session is not None and sessions.knows(session)
    assert sessions.exchange(link) is None


def test_a_link_ends_after_five_minutes():
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    first, second = sessions.new_link(), sessions.new_link()
    now[0] = LINK_LASTS
    assert sessions.exchange(first) is not None
    now[0] = LINK_LASTS + 0.001
    assert sessions.exchange(second) is None


def test_neither_a_guess_nor_a_link_is_a_session():
    sessions = Sessions()
    link = sessions.new_link()
    assert sessions.exchange("") is None and sessions.exchange("guess") is None
    assert not sessions.knows("") and not sessions.knows(link)


def test_the_oldest_links_and_sessions_go_first():
    sessions = Sessions()
    links = [sessions.new_link() for _ in range(MOST_LINKS + 1)]
    assert sessions.exchange(links[0]) is None
    assert sessions.exchange(links[1]) is not None
    opened = [sessions.exchange(sessions.new_link()) or "" for _ in range(MOST_SESSIONS)]
    assert all(map(sessions.knows, opened))
    sessions.exchange(sessions.new_link())
    assert not sessions.knows(opened[0]) and sessions.knows(opened[1])


def test_servers_on_other_ports_have_other_cookies():
    assert cookie_name(8730) != cookie_name(8731)
