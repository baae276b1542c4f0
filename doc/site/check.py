# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
"""usage: check.py <folder>

Reads the site in <folder> as people do, in Chromium: from index.html every link is followed, each
page is looked at on a wide screen in both themes and on a phone's, and the search is asked. Says
what is wrong, with page and element. First it sees whether it would notice, on small broken pages.
"""

import json
import os
import queue
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

WIDE, PHONE = (1300, 900), (390, 844)
# How the files are named of which Doxygen makes many.
MADE_ALIKE = re.compile('source_|struct|class|group_|usergroup|dir_')
SEARCHED = 'cancel_after'

# What is looked at in a page. The arguments are those of execute_script.
SCRIPTS = '''
const named = element => {
    let name = element.tagName.toLowerCase();
    if (element.id) name += '#' + element.id;
    else if (element.classList.length) name += '.' + [...element.classList].join('.');
    const text = element.textContent.trim().replace(/\\s+/g, ' ');
    return `<${name}> "${text.length > 40 ? text.slice(0, 40) + '...' : text}"`;
};

// Links and the places they can lead to.
const links = () => ({
    links: [...document.querySelectorAll('a[href], area[href]')].map(a => [a.href, named(a)]),
    images: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    places: [...document.querySelectorAll('[id], a[name]')].flatMap(e => [e.id, e.name]),
});

// Elements because of which the page, not a box of its own, scrolls sideways.
const sideways = () => {
    const found = [];
    for (const scroller of [document.documentElement, document.querySelector('#doc-content')]) {
        if (!scroller || scroller.scrollWidth <= scroller.clientWidth) continue;
        const edge = scroller.getBoundingClientRect().left + scroller.clientWidth;
        const boxed = element => {
            for (let e = element.parentElement; e && e !== scroller; e = e.parentElement)
                if (getComputedStyle(e).overflowX !== 'visible') return true;
            return false;
        };
        const end = element => { // of what it shows
            const box = element.getBoundingClientRect();
            return getComputedStyle(element).overflowX !== 'visible' || !box.width
                ? box.right : Math.max(box.right, box.left + element.scrollWidth);
        };
        const wide = [...scroller.querySelectorAll('*')].filter(
            e => end(e) > edge + 1 && !boxed(e));
        const innermost = wide.filter(e => !wide.some(other => other !== e && e.contains(other)));
        found.push(...(innermost.length ? innermost : [scroller]).slice(0, 3).map(
            e => `${named(e)} ends at ${Math.round(end(e))}`));
    }
    return found;
};

// Text that WCAG 2 calls hard to read (AA): below 4.5:1, or 3:1 where it is large.
const unreadable = () => {
    const parse = text => {
        const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        return [r, g, b, a];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
    const luminance = color => {
        const [r, g, b] = color.map(c => c / 255).map(
            c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgrounds = new Map();
    const background = element => {
        if (!element) return [255, 255, 255]; // what a browser has where nothing is said
        if (!backgrounds.has(element))
            backgrounds.set(element, over(parse(getComputedStyle(element).backgroundColor),
                                          background(element.parentElement)));
        return backgrounds.get(element);
    };
    const found = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = new Set();
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (seen.has(element) || !texts.currentNode.data.trim()) continue;
        seen.add(element);
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const style = getComputedStyle(element);
        const below = background(element);
        let color = parse(style.color);
        for (let e = element; e; e = e.parentElement) color[3] *= getComputedStyle(e).opacity;
        const [light, dark] = [luminance(over(color, below)), luminance(below)].sort(
            (a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (ratio < (large ? 3 : 4.5) && !found.has(style.color + below))
            found.set(style.color + below, `${ratio.toFixed(1)}:1 ${named(element)} `
                      + `${style.color} on rgb(${below.map(Math.round)})`);
    }
    return [...found.values()];
};
'''


class Browser:
    def __init__(self):
        options = webdriver.ChromeOptions()
        for argument in '--headless=new', '--disable-gpu', '--no-first-run':
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument('--no-sandbox')
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        options.binary_location = shutil.which('chromium')
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which('chromedriver')))
        self.size = self.theme = None
        self.screen(WIDE)
        self.light('light')

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.driver.quit()

    def run(self, script):
        return self.driver.execute_script(SCRIPTS + script)

    def screen(self, size):
        if size != self.size:
            self.size = size
            self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
                'width': size[0], 'height': size[1], 'deviceScaleFactor': 1,
                'mobile': size == PHONE})

    def light(self, theme):
        if theme != self.theme:
            self.theme = theme
            self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
                'features': [{'name': 'prefers-color-scheme', 'value': theme}]})
            # The page hears of it before it is drawn the next time.
            self.driver.execute_async_script(
                'const done = arguments[0];'
                'requestAnimationFrame(() => requestAnimationFrame(done))')

    def logged(self):
        """What the console has said, and who was asked for something, since the last time."""
        messages = ['console: ' + entry['message'] for entry in self.driver.get_log('browser')
                    if entry['level'] in ('SEVERE', 'WARNING')]
        for entry in self.driver.get_log('performance'):
            event = json.loads(entry['message'])['message']
            if event['method'] == 'Network.requestWillBeSent':
                url = event['params']['request']['url']
                if not url.startswith(('file:', 'data:', 'blob:')):
                    messages.append('leaves the folder: asks ' + url)
        return messages


def look(browser, url, complain, themes=True):
    """Complains of one page by itself; returns what it links to and can be linked at."""
    browser.driver.get(url)
    facts = browser.run('return links()')
    for image in facts['images']:
        complain('picture is not there: ' + image)
    # The screen and the theme are those of the page before: changing them takes longest.
    sizes = (browser.size, PHONE if browser.size == WIDE else WIDE) if themes else (PHONE,)
    for size in sizes:
        browser.screen(size)
        if size == PHONE:
            for element in browser.run('return sideways()'):
                complain(f'scrolls sideways at {PHONE[0]} pixels: {element}')
            continue
        for theme in browser.theme, 'dark' if browser.theme == 'light' else 'light':
            browser.light(theme)
            for text in browser.run('return unreadable()'):
                complain(f'{theme}: contrast {text}')
    for message in browser.logged():
        complain(message)
    return facts


class Facts(HTMLParser):
    """What links() says of a page, read from its file."""

    def __init__(self, url):
        super().__init__()
        self.url, self.links, self.places = url, [], []
        with open(unquote(url[len('file://'):]), encoding='utf-8') as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places += attributes.get('id'), attributes.get('name')
        if tag == 'a' and attributes.get('href'):
            self.links.append((urljoin(self.url, attributes['href']), f'<a> line {self.getpos()[0]}'))


def follow(browsers, folder, complaints):
    """Looks at all pages that can be reached from index.html; returns how many.

    Most pages are made alike. Of those of a kind that are found together the largest one is looked
    at in both themes, and the others on a phone only. Of pages that show a source only the links
    are read, but for the one with the longest name.
    """
    root = 'file://' + folder + '/'
    places, links = {}, []
    idle = queue.SimpleQueue()
    for browser in browsers:
        idle.put(browser)

    def look_at(url):
        if url in alike and kind(url) == 'source_':
            facts = Facts(url)
            return url, {'links': facts.links, 'places': facts.places}
        browser = idle.get()
        try:
            return url, look(browser, url, lambda text: complaints.append(
                f'{url[len(root):]}: {text}'), themes=url not in alike)
        finally:
            idle.put(browser)

    def kind(url):
        known = MADE_ALIKE.match(url[len(root):])
        return known and known[0]

    def largest(urls):
        return max(urls, key=lambda url: len(url) if kind(url) == 'source_' else
                   os.path.getsize(unquote(url[len('file://'):])))

    found, alike = {root + 'index.html'}, set()
    with ThreadPoolExecutor(len(browsers)) as pool:
        while found:
            kinds = {}
            for url in filter(kind, found):
                kinds.setdefault(kind(url), set()).add(url)
            alike = {url for urls in kinds.values() for url in urls - {largest(urls)}}
            looked_at = list(pool.map(look_at, sorted(found)))
            places.update({url: set(map(unquote, filter(None, facts['places'])))
                           for url, facts in looked_at})
            found = set()
            for url, facts in looked_at:
                for link, element in facts['links']:
                    target, anchor = urldefrag(link)
                    if not target.startswith('file:'):
                        continue
                    links.append((url, element, target, unquote(anchor)))
                    path = unquote(target[len('file://'):])
                    if not target.startswith(root) or not os.path.isfile(path):
                        complaints.append(f'{url[len(root):]}: {element} leads nowhere: {link}')
                    elif path.endswith('.html') and target not in places:
                        found.add(target)
    for url, element, target, anchor in links:
        if anchor and target in places and anchor not in places[target]:
            complaints.append(f'{url[len(root):]}: {element} leads nowhere: '
                              f'{target[len(root):]} has no #{anchor}')
    return len(places)


def search(browser, folder, complaints, patience=10):
    """Types a name and follows the first result."""
    driver = browser.driver
    browser.screen(WIDE)
    driver.get('file://' + folder + '/index.html')
    fields = driver.find_elements(By.ID, 'MSearchField')
    if not fields:
        complaints.append('index.html: there is no field to search in')
        return
    wait = WebDriverWait(driver, patience)
    start = driver.current_url

    def result(selector):
        return next((link for link in driver.find_elements(By.CSS_SELECTOR, selector)
                     if link.is_displayed() and SEARCHED in link.text), None)

    try:
        fields[0].send_keys(SEARCHED)
        box = wait.until(lambda _: next((box for box in driver.find_elements(
            By.CSS_SELECTOR, 'iframe, #MSearchResults') if box.is_displayed()), None))
        if box.tag_name == 'iframe':
            driver.switch_to.frame(box)
        link = wait.until(lambda _: result('a.SRSymbol'))
        overloaded = 'Toggle' in link.get_attribute('href')
        link.click()
        if overloaded: # one name, several functions
            wait.until(lambda _: result('a.SRScope')).click()
        driver.switch_to.default_content()
        wait.until(lambda _: driver.current_url != start)
        anchor = urldefrag(driver.current_url)[1]
        if not driver.find_elements(By.ID, anchor) or SEARCHED not in driver.page_source:
            complaints.append(f'index.html: the search for {SEARCHED} leads to {driver.current_url}')
    except TimeoutException:
        complaints.append(f'index.html: the search does not find {SEARCHED}')


GOOD = """<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width">
<title>t</title><style>
body { color: #222; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #111 } a { color: #8cf } }
</style>"""

# Pages with one fault each, and the complaint.
BROKEN = {
    '<a href="none.html">link</a>': 'leads nowhere',
    '<a href="#none">link</a>': 'has no #none',
    '<a href="../other/index.html">link</a>': 'leads nowhere',
    '<img src="none.png" alt="picture">': 'picture is not there',
    '<table><td style="min-width: 500px">wide</table>': 'scrolls sideways',
    '<div id="doc-content" style="overflow: auto"><pre>' + 'wide ' * 99 + '</pre></div>':
        'scrolls sideways',
    '<p style="color: #999">pale</p>': 'light: contrast',
    '<p style="color: #555">dark on dark</p>': 'dark: contrast',
    '<p style="opacity: 0.5">faint</p>': 'contrast',
    '<div style="background: #ccc"><p style="background: #0003; color: #666">x</p></div>':
        'contrast',
    '<script>throw new Error("broken")</script>': 'console',
    '<script>fetch("https://example.invalid/")</script>': 'leaves the folder',
    '<link rel="stylesheet" href="https://example.invalid/a.css">': 'leaves the folder',
    '<p>no field</p>': 'no field to search in',
    '<input id="MSearchField">': 'does not find',
}
FINE = ('<p>text <a href="#here">link</a><p id="here" style="font-size: 30px">place</p>'
        '<div style="overflow: auto"><pre>' + 'wide ' * 99 + '</pre></div>')


def would_notice(browser):
    """Whether each fault is complained of, and nothing where there is none."""
    for body, expected in {**BROKEN, FINE: None}.items():
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + '/index.html', 'w', encoding='utf-8') as file:
                file.write(GOOD + body)
            complaints = []
            follow([browser], folder, complaints)
            if expected and 'search' in expected or 'MSearchField' in body:
                search(browser, folder, complaints, patience=1)
            if expected is None and complaints:
                return f'a good page is complained of: {complaints}'
            if expected and not any(expected in complaint for complaint in complaints):
                return f'nobody says "{expected}" of {body[:80]}, but {complaints}'
    return None


def grouped(complaints):
    """Complaints, and on how many pages: what is wrong with the theme is so on all of them."""
    groups = {}
    for complaint in sorted(complaints):
        text = complaint.split(': ', 1)[1]
        kind = re.sub(' ".*" ', ' ', text) if 'contrast' in text else text
        groups.setdefault(kind, []).append(complaint)
    return [(same[0], len(same)) for same in groups.values()]


def main():
    folder = os.path.realpath(sys.argv[1])
    complaints = []
    with Browser() as browser, Browser() as second:
        blind = would_notice(browser)
        if blind:
            sys.exit('check.py does not work: ' + blind)
        count = follow([browser, second], folder, complaints)
        search(browser, folder, complaints)
    for complaint, pages in grouped(complaints):
        print(complaint + (f' ({pages} times)' if pages > 1 else ''))
    print(f'{count} pages, {len(complaints)} complaints', file=sys.stderr)
    sys.exit(bool(complaints))


if __name__ == '__main__':
    main()
