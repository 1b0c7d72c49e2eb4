"""The inspector in headless Chromium: what a person would do with it. Skipped where there is no Chromium.

``ESMOCK_SCREENSHOTS=DIR`` keeps a picture of six states, to be looked at.
"""

import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from esmock.controls.api.access import Access
from esmock.server import Server
from esmock.wire import RawRequest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
webdriver = pytest.importorskip("selenium.webdriver")
if CHROMIUM is None or DRIVER is None:
    pytest.skip("there is no Chromium with its driver", allow_module_level=True)

from selenium.common.exceptions import StaleElementReferenceException  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

pytestmark = pytest.mark.xdist_group("browser")
BOOKS = [
    {"_id": "1", "title": "Dune", "author": "Frank Herbert", "year": 1965},
    {"_id": "2", "title": "Dune Messiah", "author": "Frank Herbert", "year": 1969},
    {"_id": "3", "title": "Emma", "author": "Jane Austen", "year": 1815},
]


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,900", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def server():
    with Server() as made:
        made.seed({"books": {"settings": {"number_of_replicas": 0}, "documents": BOOKS}})
        yield made
        made.check()


@pytest.fixture
def page(browser, server):
    made = Page(browser, server)
    made.open()
    yield made
    browser.get("about:blank")
    errors = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]
    assert [entry["message"] for entry in errors if "status of" not in entry["message"]] == []


class Page:
    """The inspector of one server."""

    def __init__(self, browser, server):
        self.browser = browser
        self.server = server

    def open(self, query="", view=""):
        self.browser.get("about:blank")
        self.browser.get(f"{self.server.url}/_esmock/{query}#{view}")
        self.until(lambda: self.all("#tabs [role=tab]"))

    def until(self, condition, seconds=60):
        """Wait; what the page redraws meanwhile is looked at again."""
        waiting = WebDriverWait(self.browser, seconds, poll_frequency=0.02, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: condition())

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.until(lambda: self.all(selector))[0]

    def text(self, selector="body"):
        return self.browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def shows(self, text, selector="main"):
        self.until(lambda: text.lower() in self.text(selector).lower())

    def click(self, selector):
        self.one(selector)
        self.browser.execute_script("document.querySelector(arguments[0]).click()", selector)

    def key(self, key):
        self.browser.find_element(By.TAG_NAME, "body").send_keys(key)

    def picture(self, name):
        folder = os.environ.get("ESMOCK_SCREENSHOTS")
        if folder:
            time.sleep(0.3)
            self.browser.save_screenshot(str(Path(folder) / f"{name}.png"))

    def theme(self, name):
        if self.one("html").get_attribute("data-theme") != name:
            self.key("t")

    def ask(self, line, body=None):
        method, target = line.split(" ", 1)
        content = json.dumps(body).encode() if body is not None else b""
        headers = [("host", "localhost:9200"), ("user-agent", "elasticsearch-py/9.0.5"), ("accept", "application/json")]
        headers += [("content-type", "application/json")] if content else []
        return self.server.handle(RawRequest(method, target, headers, content))


def test_traffic_is_followed_live_and_shown_side_by_side(page):
    page.theme("light")
    page.shows("No requests yet")
    page.until(lambda: "on" in page.one("#live").get_attribute("class").split())
    page.ask("GET /_cluster/health")
    page.server.faults.queue_full(endpoint="search", first=1)
    query = {"query": {"match": {"title": "dune"}}, "size": 1}
    page.ask("POST /books/_search", query)
    page.ask("POST /books/_search", query)
    page.ask("GET /films/_doc/1?pretty")
    page.until(lambda: len(page.all(".row.call")) == 4)
    page.shows("queue_full")
    page.click(".row.call[data-number='3']")
    page.shows("Frank Herbert")
    assert "match" in page.text(".both")
    assert page.all(".json-key")
    page.picture("traffic-light")
    page.click("[data-copy=console]")
    copied = page.browser.execute_script("return window.lastCopied")
    assert copied.startswith("POST /books/_search\n{\n")
    assert json.loads(copied.partition("\n")[2]) == query
    page.click("[data-copy=curl]")
    assert page.browser.execute_script("return window.lastCopied").startswith(f"curl -XPOST '{page.server.url}/books/_search' -H 'content-type")


def test_the_list_is_filtered_and_walked_by_keyboard(page):
    for n in range(5):
        page.ask(f"GET /books/_doc/{n}")
    page.ask("GET /films/_search")
    page.until(lambda: len(page.all(".row.call")) == 6)
    page.key("/")
    page.browser.switch_to.active_element.send_keys("films")
    page.until(lambda: len(page.all(".row.call")) == 1)
    page.browser.switch_to.active_element.send_keys(Keys.BACKSPACE * 5, Keys.ESCAPE)
    page.until(lambda: len(page.all(".row.call")) == 6)
    page.key("j")
    page.key("j")
    page.until(lambda: page.all(".row.call[aria-current=true]"))
    assert page.one(".row.call[aria-current=true]").get_attribute("data-number") == "5"
    page.key("k")
    page.until(lambda: page.one(".row.call[aria-current=true]").get_attribute("data-number") == "6")
    page.key("2")
    page.shows("books")
    assert page.one("[data-view=indices]").get_attribute("aria-selected") == "true"
    page.key("?")
    page.until(lambda: page.one("#keys").is_displayed())
    page.picture("keys")
    page.browser.find_element(By.CSS_SELECTOR, "#keys button").click()


def test_a_search_is_explained(page):
    page.theme("dark")
    page.open(view="indices")
    page.shows("books")
    box = page.one("#query")
    box.clear()
    box.send_keys("dune")
    page.click("#go")
    page.until(lambda: len(page.all(".hit")) == 2)
    page.click(".hit summary")
    page.shows("idf, computed as")
    page.picture("indices-dark")
    page.click("[data-part=mapping]")
    page.shows("keyword")
    page.click("[data-part=documents]")
    page.shows("3 searchable documents")
    assert len(page.server.journal) == 0, "the inspector's own requests are not in the journal"


def test_faults_are_switched_on_and_off(page):
    page.theme("light")
    page.open(view="faults")
    page.click("button[role=switch][aria-label=flood_stage]")
    page.until(lambda: [rule.label for rule in page.server.faults] == ["flood_stage"])
    assert page.ask("PUT /books/_doc/9", {}).status == 429
    page.shows("1 of 1", ".table")
    page.picture("faults-light")
    page.click("button[role=switch][aria-label=flood_stage]")
    page.until(lambda: len(page.server.faults) == 0)
    assert page.ask("PUT /books/_doc/9", {}).status == 201
    page.click("button[role=switch][aria-label=status]")
    page.until(lambda: "needs it" in page.text("#toast"))


def test_time_is_moved(page):
    page.theme("dark")
    page.open(view="clock")
    page.until(lambda: len(page.text("#now")) > 10)
    page.click("#freeze")
    page.until(lambda: page.server.clock.is_frozen)
    before = page.server.clock.now_ms()
    page.browser.execute_script("[...document.querySelectorAll('button')].find(b => b.textContent === '+1 day').click()")
    page.until(lambda: page.server.clock.now_ms() == before + 86_400_000)
    page.picture("clock-dark")
    page.click("#freeze")
    page.until(lambda: not page.server.clock.is_frozen)


def test_spaces_are_made_shown_and_dropped(page):
    page.theme("dark")
    page.open(view="spaces")
    page.shows("default")
    page.one("input[aria-label=Name]").send_keys("tea")
    page.click("#make")
    page.until(lambda: page.server.spaces.get("tea") is not None)
    page.shows("/_esmock/in/tea")
    page.picture("spaces-dark")
    page.open(query="?space=tea", view="traffic")
    page.shows("No requests yet")
    page.server.spaces.get("tea").handle(RawRequest("GET", "/_cat/health"))
    page.until(lambda: len(page.all(".row.call")) == 1)


def test_a_request_is_held_until_it_is_let_go(page):
    page.click("#pause")
    page.until(lambda: page.server.controls.pause_matcher is not None)
    import urllib.request

    answers = []
    thread = threading.Thread(target=lambda: answers.append(urllib.request.urlopen(f"{page.server.url}/_cat/health").status))
    thread.start()
    page.shows("1 waiting")
    page.picture("paused")
    assert answers == []
    page.click(".waiting button")
    thread.join(5)
    assert answers == [200]
    page.click("#pause")
    page.until(lambda: page.server.controls.pause_matcher is None)


def test_it_can_be_used_without_a_mouse_and_heard(page):
    page.ask("GET /_cat/health")
    for view in ("traffic", "indices", "faults", "clock", "spaces"):
        page.open(view=view)
        page.until(lambda: page.all("main *"))
        unnamed = page.browser.execute_script(
            "return [...document.querySelectorAll('button, input, select, textarea, a')].filter(e => !(e.textContent.trim() || "
            "e.getAttribute('aria-label') || e.closest('label') || e.title)).map(e => e.outerHTML)"
        )
        assert unnamed == []
    assert page.one("html").get_attribute("lang") == "en"
    page.one("#tabs [aria-selected=true]").send_keys(Keys.ARROW_LEFT)
    page.until(lambda: page.one("[data-view=clock]").get_attribute("aria-selected") == "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, theme):
    page.theme(theme)
    ratios = page.browser.execute_script(
        """
        const style = getComputedStyle(document.documentElement)
        const light = hex => { const c = hex.trim().replace('#', ''); const full = c.length === 3 ? [...c].map(x => x + x).join('') : c
          const [r, g, b] = [0, 2, 4].map(i => parseInt(full.slice(i, i + 2), 16) / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          return 0.2126 * r + 0.7152 * g + 0.0722 * b }
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) }
        const value = name => style.getPropertyValue('--' + name)
        return Object.fromEntries(['text', 'quiet', 'accent', 'good', 'warn', 'bad', 'key', 'string', 'number', 'word']
          .map(name => [name, ratio(value(name), value('surface'))]))
        """
    )
    assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 4.5} == {}


def test_with_a_token_the_page_asks_with_it(browser):
    with Server(access=Access("s3cret")) as server:
        page = Page(browser, server)
        page.open(query="?token=s3cret")
        page.shows("No requests yet")
        page.open()
        page.until(lambda: "token" in page.text("#toast"))


def test_it_is_light():
    from esmock.controls.api.server import PAGE

    files = list(PAGE.iterdir())
    assert sum(path.stat().st_size for path in files) < 60_000
    for path in files:
        text = path.read_text("utf-8")
        assert "http://" not in text.replace("http://www.w3.org", "") or path.suffix == ".py"
        assert "https://" not in text
