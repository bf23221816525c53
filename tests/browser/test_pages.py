"""The pages as such: text that looks like markup, small screens, keyboards, screen readers, colours."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from axe import violations
from pages import connection, execute, field, message, send, state, watch

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)<\u2215script>{{ 7*7 }}"
ADD_USER = """INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name,
              email, date_joined) VALUES (?, '', 0, 0, 1, '', '', '', '2025-03-03')"""
SEND_TO_ANA = """INSERT INTO messaging_message (sender_id, recipient_id, content, status, created_at, updated_at)
                 SELECT u.id, ana.id, ?, 'sent', '2025-03-03', '2025-03-03' FROM auth_user u, auth_user ana
                 WHERE u.username = ? AND ana.username = 'ana'"""
# For each text that is seen: its contrast with what lies behind it, as WCAG 2.2 computes it.
CONTRASTS = """() => {
    const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map((n) => n / 255)
            .map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const background = (element) => {
        const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
        return colour === "rgba(0, 0, 0, 0)" ? background(element.parentElement) : colour;
    };
    const seen = [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility()
        && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return seen.map((element) => {
        const pair = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => b - a);
        return [element.textContent.trim(), (pair[0] + 0.05) / (pair[1] + 0.05)];
    });
}"""


async def assert_readable(page):
    found = await page.evaluate(CONTRASTS)
    assert len(found) > 3
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == []


async def test_markup_stays_text(chat, visit, site):
    execute(site, (ADD_USER, (MARKUP,)), (SEND_TO_ANA, (MARKUP, MARKUP)))
    inbox = await visit("ana")
    await expect(inbox.get_by_role("link", name=MARKUP)).to_be_visible()
    await expect(inbox.get_by_role("listitem").first.locator(".last")).to_have_text(MARKUP)
    await inbox.get_by_role("link", name=MARKUP).click()
    await expect(inbox.get_by_role("heading", level=1)).to_have_text(MARKUP)
    await expect(connection(inbox)).to_have_text("Connected")
    await expect(inbox.get_by_role("listitem").locator("span")).to_have_text(MARKUP)

    ana, ben = await chat("ana", "ben"), await chat("ben", "ana")
    content = "</script><script>alert(3)</script><svg onload=alert(4)>"
    await send(ana, content)
    for page in (ana, ben):
        await expect(message(page, "alert(3)").locator("span")).to_have_text(content)
        await expect(page.locator("main svg, main script, main img")).to_have_count(0)
        await page.reload()  # now it is in the page's data
        await expect(message(page, "alert(3)").locator("span")).to_have_text(content)


async def test_one_click_marks_all_as_read(chat, visit, site):
    ana = await chat("ana", "ben")
    await send(ana, "News")
    await expect(state(ana, "News")).to_have_text("sent")
    inbox = await visit("ben")
    await expect(inbox.locator(".unread")).to_be_visible()
    await inbox.get_by_role("button", name="Mark all as read").click()
    await expect(inbox.get_by_role("listitem").first).to_contain_text("News")
    await expect(inbox.locator(".unread")).to_have_count(0)
    await expect(state(ana, "News")).to_have_text("read")


async def test_the_inbox_keeps_up(chat, visit, site):
    """It asks again every ten seconds, and the one who reads it stays where they were."""
    inbox, ben = await visit("ana"), await chat("ben", "ana")
    await inbox.clock.install()
    await inbox.reload()
    row = inbox.get_by_role("listitem").filter(has_text="ben")
    await row.get_by_role("link").focus()
    await send(ben, "News <b>")
    await expect(state(ben, "News <b>")).to_have_text("sent")
    await inbox.clock.run_for(10_000)
    await expect(row.locator(".last")).to_have_text("News <b>")
    await expect(row.get_by_role("link")).to_be_focused()
    execute(site, ("DELETE FROM django_session",))
    may_reload = asyncio.Event()

    async def hold(route):
        await may_reload.wait()
        await route.continue_()

    await inbox.route(site.url, hold)
    async with inbox.expect_request(site.url), inbox.expect_response(f"{site.url}login/"):
        await inbox.clock.run_for(10_000)
    headings = "fetch('/health/').then((it) => it.text()).then(() => document.querySelectorAll('h1').length)"
    assert await inbox.evaluate(headings) == 1, "the login page is shown in the list of chats"
    may_reload.set()
    await expect(inbox.get_by_role("heading", level=1)).to_have_text("Log in")


async def test_a_page_whose_scripts_do_not_come_says_so(visit):
    page = await visit("ana")
    await page.route("**/chat.js", lambda route: route.fulfill(status=200, body="", content_type="text/javascript"))
    await page.goto(f"{page.url}chat/ben/")
    await expect(connection(page)).to_contain_text("the scripts of this page have not arrived: load it again")


async def test_a_text_is_not_lost_before_the_scripts_have_come(visit):
    """A slow network: the page is there, its scripts are not yet."""
    page = await visit("ana")
    asked, come = asyncio.Event(), asyncio.Event()

    async def later(route):
        asked.set()
        await come.wait()
        await route.continue_()

    await page.route("**/composer.js", later)
    await page.goto(f"{page.url}chat/ben/", wait_until="commit")
    await field(page).fill("Written early")
    await asked.wait()
    await expect(page.get_by_role("button", name="Send")).to_be_disabled()
    come.set()
    await page.get_by_role("button", name="Send").click()
    await expect(state(page, "Written early")).to_have_text("sent")


@pytest.mark.parametrize("path", ["", "chat/ben/", "login/"])
async def test_the_policy_blocks_an_inline_script(visit, browser, site, path):
    if path == "login/":
        page = watch(await (await browser.new_context()).new_page())
        await page.goto(f"{site.url}login/")
    else:
        page = await visit("ana", path)
    blocked = await page.evaluate("""() => new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const script = document.createElement("script");
        script.text = "window.injected = true";
        document.head.append(script);
    })""")
    assert blocked == "script-src-elem"
    assert await page.evaluate("window.injected") is None
    assert len(page.errors) == 1
    assert "violates the following Content Security Policy directive" in page.errors.pop()


async def test_the_inbox_lists_conversations(chat, visit, site):
    """The latest first; with the last message, how many are unread, and who is there."""
    execute(site, (ADD_USER, ("newcomer",)), *[(SEND_TO_ANA, (text, "chloe")) for text in ("One", "Two", "A\nB" * 40)])
    await chat("ben", "chloe")
    page = await visit("ana")
    rows = page.get_by_role("listitem")
    await expect(rows.get_by_role("link")).to_have_text(["chloe", "ben", "newcomer"])
    await expect(rows.nth(0).locator(".unread")).to_have_text("3 unread")
    last = rows.nth(0).locator(".last")
    assert (await last.bounding_box())["height"] < 30  # one line
    await expect(rows.nth(1).locator(".last")).to_have_text("You: Row F is fine. See you at eight?")
    await expect(rows.nth(1).locator(".presence")).to_have_text("online")
    await expect(rows.nth(2)).to_have_text("newcomer")
    read = asyncio.Event()
    page.on("websocket", lambda ws: ws.on("framereceived", lambda text: '"status": "read"' in text and read.set()))
    await page.get_by_role("link", name="chloe").click()
    await expect(page.locator("#presence")).to_have_text("offline")
    await asyncio.wait_for(read.wait(), 30)
    await page.get_by_role("link", name="LinkUp").click()
    await expect(rows.nth(0).locator(".unread")).to_have_count(0)
    execute(site, ("UPDATE messaging_userstatus SET last_seen = datetime('now', '-3 hours')",))
    await page.reload()
    await expect(rows.nth(1)).to_contain_text("last seen 3 hours ago")


@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits_the_screen_and_can_be_read(browser, mortal, chat, width):
    """Log in with a wrong password, look at the chats, and chat, with a message in each state."""
    execute(mortal, (ADD_USER, ("x" * 150,)), (SEND_TO_ANA, ("y" * 400, "x" * 150)))
    size = {"width": width, "height": 640}
    ben = await chat("ben", "ana", at=mortal)
    page = watch(await (await browser.new_context(viewport=size)).new_page())
    await page.goto(f"{mortal.url}login/?next=/")
    await page.get_by_label("Username").fill("ana")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    await assert_fits(page)
    await page.get_by_label("Password").fill(mortal.seeded.password)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Chats")
    await assert_fits(page)
    await page.get_by_role("link", name="ben").click()
    await send(page, "z" * 400)
    await expect(state(page, "zzz")).to_have_text("read")
    await field(ben).press_sequentially("Hm")
    await expect(page.locator("#typing")).to_have_text("ben is typing")
    await field(page).evaluate("field => field.value = 'Refused \\ud800'")
    await page.get_by_role("button", name="Send").click()
    await expect(state(page, "Refused")).to_have_text("not sent")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_have_text("Write a message first.")
    await assert_fits(page)
    mortal.kill()
    await expect(page.get_by_role("button", name="Reconnect now")).to_be_visible()
    await assert_fits(page)
    assert page.errors == []


async def assert_fits(page):
    width, page_width = page.viewport_size["width"], await page.evaluate("document.documentElement.scrollWidth")
    assert page_width <= width
    await assert_readable(page)
    assert await violations(page) == []


async def test_everything_works_by_keyboard(browser, site):
    """Log in, open a chat, write, go through the page, and log out; what has the focus is always seen."""
    page = watch(await (await browser.new_context(viewport={"width": 700, "height": 600})).new_page())
    await page.goto(site.url)

    async def tab_to(element, key="Tab"):
        for _ in range(12):
            await page.keyboard.press(key)
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            if await element.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"{key} does not lead to {element}")

    await page.get_by_label("Username").press_sequentially("ana")  # it has the focus
    await tab_to(page.get_by_label("Password"))
    await page.keyboard.type(site.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Chats")
    await tab_to(page.get_by_role("link", name="ben"))
    await page.keyboard.press("Enter")
    await expect(connection(page)).to_have_text("Connected")
    await tab_to(page.get_by_role("region", name="Messages with ben"))
    await tab_to(field(page))
    await page.keyboard.type("By keyboard")
    await page.keyboard.press("Enter")
    await expect(state(page, "By keyboard")).to_have_text("sent")
    await expect(field(page)).to_be_focused()
    await tab_to(page.get_by_role("button", name="Send"))
    await tab_to(page.get_by_role("button", name="Log out"), "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert page.errors == []


async def test_a_screen_reader_finds_names_and_roles(chat, visit):
    ana = await chat("ana", "ben")
    await expect(ana.get_by_role("main")).to_match_aria_snapshot("""
        - heading "ben" [level=1]
        - status: offline
        - paragraph:
          - status: Connected
        - region "Messages with ben":
          - paragraph: This is the beginning.
          - list:
            - listitem:
              - text: "You: Did you get the tickets?"
              - time: /.+/
              - text: sent
            - listitem:
              - text: "ben: Two for Friday, row F. I owe you for the popcorn."
              - time: /.+/
            - listitem
        - status
        - text: Message
        - textbox "Message"
        - button "Send"
        - alert
        - paragraph: Enter sends, Shift+Enter begins a new line.
        - log "New messages"
    """)
    await expect(field(ana)).to_have_accessible_description("Enter sends, Shift+Enter begins a new line.")
    await field(ana).press("Enter")
    await expect(field(ana)).to_have_accessible_description(re.compile("^Write a message first."))
    inbox = await visit("ben")
    await expect(inbox.get_by_role("main")).to_match_aria_snapshot("""
        - heading "Chats" [level=1]
        - list:
          - listitem:
            - link "ana"
            - text: online
            - paragraph: /Row F is fine/
            - text: 2 unread
          - listitem:
            - link "chloe"
    """)
