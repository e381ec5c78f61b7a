"""Look at the built site in Chromium, wide and as on a phone: `python docs/look.py`, after `make -C docs html`.

It opens every page and fails for broken images, links and anchors, for what the console says, and for pages that
are wider than the window. ``--pictures FOLDER PAGE...`` writes screenshots of some pages, too. It needs chromium,
chromedriver and ``pip install selenium``; CHROMIUM and CHROMEDRIVER say where they are, if not on the path.
"""

import argparse
import functools
import http.server
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

from selenium import webdriver

SITE = Path(__file__).parent / "_build" / "html"
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
READ = """
const shown = [...document.images].filter(image => image.loading !== 'lazy' || image.complete);
return {
  images: shown.filter(image => !image.naturalWidth).map(image => image.src),
  links: [...document.querySelectorAll('a[href]')].map(link => link.href),
  ids: [...document.querySelectorAll('[id]')].map(element => element.id),
  width: document.documentElement.scrollWidth,
  wide: [...document.querySelectorAll('main *')]
    .filter(element => element.getBoundingClientRect().right > arguments[0] + 1 && !scrolls(element))
    .slice(0, 3).map(element => element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 60)),
};
function scrolls(element) {
  for (let up = element.parentElement; up; up = up.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return !up.querySelector('h1');
  return false;
}
"""


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    """Serve a folder on a free port of this machine, in a thread."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    for option in (*OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def resize(chrome, width, height):
    """As a phone has it: a window cannot be that narrow."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def look_at(chrome, address, page):
    """What is wrong with a page at each width; its links and ids."""
    wrong = []
    for name, size in WIDTHS.items():
        resize(chrome, *size)
        chrome.get(f"{address}/{page}")
        found = chrome.execute_script(READ, size[0])
        wrong += [f"{page} ({name}): broken image {image}" for image in found["images"]]
        if found["width"] > size[0] or found["wide"]:
            wrong.append(f"{page} ({name}): {found['width']} pixels wide. Beyond the edge: {found['wide']}")
        logged = [entry for entry in chrome.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        wrong += [f"{page} ({name}): {entry['message']}" for entry in logged]
    return wrong, found["links"], found["ids"]


def broken_links(address, pages, links, ids):
    """Links within the site whose file or anchor is not there."""
    for page in pages:
        for link in sorted(set(links[page])):
            if not link.startswith(address):
                continue
            parts = urlsplit(link)
            path = unquote(parts.path).lstrip("/") or "index.html"
            anchor = unquote(parts.fragment)
            if not (SITE / path).is_file():
                yield f"{page}: no file for {path}"
            elif anchor and path in ids and anchor not in ids[path] and not anchor.startswith(":~:"):
                yield f"{page}: no anchor {path}#{anchor}"


def take_picture(chrome, address, page, folder):
    for name, (width, height) in WIDTHS.items():
        resize(chrome, width, height)
        chrome.get(f"{address}/{page}")
        resize(chrome, width, min(4_000, chrome.execute_script("return document.documentElement.scrollHeight")))
        chrome.save_screenshot(str(folder / f"{page.replace('/', '-').removesuffix('.html')}-{name}.png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="write screenshots of PAGES there, nothing else"
    )
    parser.add_argument("pages", nargs="*", help="pages to look at, such as choose.html; all by default")
    given = parser.parse_args()
    pages = given.pages or sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
    pages = [page for page in pages if not page.startswith(("_static", "_sources"))]
    if not pages:
        sys.exit(f"There is nothing in {SITE}: build it with make -C docs html.")
    address = serve(SITE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        chrome = browser(profile)
        try:
            if given.pictures:
                given.pictures.mkdir(parents=True, exist_ok=True)
                for page in pages:
                    take_picture(chrome, address, page, given.pictures)
                return 0
            wrong, links, ids = [], {}, {}
            for page in pages:
                found, links[page], of_page = look_at(chrome, address, page)
                wrong, ids[page] = wrong + found, set(of_page)
        finally:
            chrome.quit()
    wrong += broken_links(address, pages, links, ids)
    print("\n".join(wrong))
    print(f"{len(pages)} pages, each {' and '.join(WIDTHS)}: {len(wrong)} fault(s).")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
