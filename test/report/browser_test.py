#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the report's page in Chromium: browser_test.py BINARY NODE CHROMIUM NPM_FOLDER

Writes logs and their reports, and what `show --json` says of them; browser.mjs opens the pages.
"""
import os
import subprocess
import sys
import tempfile

import logs  # finds test/host, too
import host


def main():
    host.BINARY, node, chromium, npm = sys.argv[1:]
    host_tests = os.path.dirname(os.path.abspath(host.__file__))
    with tempfile.TemporaryDirectory() as folder:
        log, page = os.path.join(folder, "small.log"), os.path.join(folder, "small.html")
        with open(log, "wb") as file:
            file.write(logs.small())
        host.run("report", log, "-qo", page)
        host.run("report", os.path.join(host_tests, "reference.txt"), "-qo",
                 os.path.join(folder, "reference.html"))
        with open(os.path.join(folder, "small.json"), "wb") as file:
            file.write(host.run("show", "--json", "--all", "-q", log).stdout)
        done = subprocess.run([node, os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser.mjs"),
                               folder, chromium, npm], timeout=100, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
