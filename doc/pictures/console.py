#!/usr/bin/python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Draws doc/pictures/console.png: the console of example/console/stuck.cpp, in Chromium.

usage: doc/pictures/console.py <example_stuck>
"""

import pathlib
import subprocess
import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "site"))
from check import Browser  # noqa: E402

program = subprocess.Popen([sys.argv[1]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
try:
    url = program.stderr.readline().split()[-1]
    with Browser() as browser:
        browser.screen((1240, 700))
        browser.driver.get(url)
        # All but one part have come, and the last of them was some seconds ago.
        WebDriverWait(browser.driver, 60).until(lambda driver: driver.execute_script(
            "return document.querySelector('#figure-outstanding').textContent === '6' && "
            "document.querySelector('#culprits .age')?.textContent === '12 s'"))
        browser.driver.find_element(By.CSS_SELECTOR, "#culprits button").click()
        browser.driver.save_screenshot(str(here / "console.png"))
finally:
    program.kill()
    program.wait()
