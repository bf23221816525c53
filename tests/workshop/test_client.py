"""The small client of lessons: what it shows of a page is what a user finds there."""

import pytest

from workshop import Lab
from workshop.client import Page, get, post, start_over

LIST = """
<ul id="people" class="people" data-source="/people/?page=1&amp;more=2">
  <li>
    <a href="/chat/ben/">ben</a>
    <p class="last" dir="auto">You: it&#x27;s late</p>
    <span class="unread">2 <span class="unseen">unread</span></span>
  </li>
  <li>
    <a href="/chat/chloe/">chloe</a>
  </li>
</ul>
"""


def test_a_page_is_shown_as_status_and_list():
    page = Page(200, LIST)
    assert page.people == ['ben (2 unread) "You: it\'s late"', "chloe"]
    assert str(page) == '200, ben (2 unread) "You: it\'s late", chloe'
    assert page.source == "/people/?page=1&more=2"


def test_what_is_no_list_is_shown_as_its_status():
    assert (str(Page(500, "<h1>Error</h1>")), Page(500, "").source) == ("500", "")


@pytest.fixture
async def site(scratch):
    lab = Lab()
    yield await lab.serve()
    await lab.close()


async def test_pages_as_a_user_and_as_a_visitor(site):
    inbox = await get(site, "/", "ana")
    assert (inbox.status, inbox.source) == (200, "/people/?page=1")
    assert (await get(site, inbox.source, "ana")).people == inbox.people
    assert [(await get(site, path)).status for path in ("/", "/people/", "/login/")] == [302, 302, 200]


async def test_a_button_is_pressed_as_in_a_browser(site):
    start_over(site)
    assert (await post(site, "/read/")).status == 302
    assert "(1 unread)" in str(await get(site, "/", "ana"))
    assert (await post(site, "/read/", "ana")).status == 302
    assert "(1 unread)" not in str(await get(site, "/", "ana"))
