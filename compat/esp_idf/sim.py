#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds an ESP-IDF project for the computer and runs it.

    sim.py --project DIR [--chip NAME] [--build DIR] [--no-run] [-- OPTION...]

The program gets the options behind --. Its output is all that goes to standard output. Exit codes:
the program's; or 2 usage, 3 the project cannot be read, 4 it cannot be built.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys

import idf_target

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

HEADER = re.compile(r"^(.+?):(\d+):\d+: fatal error: '?([^':]+?)'?"
                    r"(?:: No such file or directory| file not found)", re.MULTILINE)
FUNCTION = re.compile(r"^(?:.*?: )?([^\s:]+):(\d+): undefined reference to `(\w+)'", re.MULTILINE)


class Problem(Exception):
    """Something to tell the user: (exit code, message)."""


def parse_arguments(arguments):
    """The command line; `options` are the program's."""
    parser = argparse.ArgumentParser(prog="sim.py", description="Runs an ESP-IDF project.")
    parser.add_argument("--project", required=True)
    parser.add_argument("--chip", help="(default: the project's CONFIG_IDF_TARGET, or esp32s3)")
    parser.add_argument("--build", help="build folder (default: build/sim/NAME/CHIP)")
    parser.add_argument("--no-run", action="store_true")
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args(arguments)
    arguments.chip = arguments.chip or idf_target.of_project(arguments.project)
    return arguments


def check(arguments):
    """Is there such a project, and such a chip?"""
    project = arguments.project
    if not os.path.isdir(project):
        raise Problem(3, f"there is no folder '{project}'")
    if not os.path.isfile(os.path.join(project, "main", "CMakeLists.txt")):
        raise Problem(3, f"'{project}' is no ESP-IDF project: it has no main/CMakeLists.txt")
    with open(os.path.join(HERE, "chips", "chips.json"), encoding="utf-8") as file:
        chips = [chip["name"] for chip in json.load(file)["chips"]]
    if arguments.chip not in chips:
        raise Problem(2, f"there is no chip '{arguments.chip}'; there are: {', '.join(chips)}")


def run(command):
    """(exit code, everything it said)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace")
    return done.returncode, done.stdout


def shorten(path):
    """As one would type it here."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


def without_progress(output):
    """What ninja passes on of the compilers' words, without its own and the command lines."""
    lines, skip = [], False
    for line in output.splitlines():
        if not skip and not re.match(r"\[\d+/\d+\] |ninja: |FAILED: ", line):
            lines.append(line)
        skip = line.startswith("FAILED: ")
    return "\n".join(lines)


def explain(output, fallback):
    """What a failed build is about: missing headers or functions of ESP-IDF's, or all of it."""
    if "undefined reference to `app_main'" in output:
        return "no source of the project defines app_main()"
    lines, seen = [], set()
    for pattern, what, verb in ((HEADER, "header", "includes"), (FUNCTION, "function", "calls")):
        for file, line, name in pattern.findall(output):
            if name not in seen:
                seen.add(name)
                lines.append(f"{shorten(file)}:{line}: {verb} '{name}', a {what} that is neither "
                             "the project's nor one that heapledger has of ESP-IDF "
                             "(docs/esp-idf.md)")
        if lines:
            return "\n".join(lines)
    return without_progress(output) + "\n" + fallback


def explain_cmake(output):
    """CMake's errors, unwrapped, with the line of the project's that led there; or all of it."""
    errors = re.findall(r"^CMake Error at (.+?):(\d+) .*:\n((?:  .*\n|\n)+)"
                        r"(?:Call Stack.*\n((?:  .*\n)+))?", output, re.MULTILINE)
    lines = []
    for file, line, text, stack in errors:
        places = re.findall(r"^  (.+):(\d+) \(", stack, re.MULTILINE)
        ours = [place for place in places if place[0].startswith("/")]
        file, line = ours[0] if ours else (file, line)
        lines.append(f"{shorten(file)}:{line}: " + " ".join(text.split()))
    return "\n".join(lines) or output.rstrip()


def build(arguments):
    """Builds; returns the program's path."""
    project = os.path.abspath(arguments.project)
    folder = arguments.build or os.path.join(ROOT, "build", "sim", os.path.basename(project),
                                             arguments.chip)
    flags = shlex.split(os.environ.get("CMAKE_FLAGS", ""))
    code, output = run(["cmake", "-S", os.path.join(HERE, "project"), "-B", folder, "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=RelWithDebInfo", f"-DESP_PROJECT={project}",
                        f"-DESP_CHIP={arguments.chip}", *flags])
    if code != 0:
        raise Problem(4, explain_cmake(output) + "\nthe project could not be configured")
    # -k 0: all that is missing is told at once.
    code, output = run(["cmake", "--build", folder, "--", "-k", "0"])
    if code != 0:
        raise Problem(4, explain(output, "the project could not be built"))
    if "warning:" in output:
        print(without_progress(output), file=sys.stderr)
    return os.path.join(folder, os.path.basename(project))


def main(arguments):
    """The command line; returns the exit code, or becomes the program."""
    arguments = parse_arguments(arguments)
    try:
        check(arguments)
        if sys.stderr.isatty():
            print(f"sim: building {arguments.project} for {arguments.chip}", file=sys.stderr)
        program = build(arguments)
    except Problem as problem:
        code, message = problem.args
        print("\n".join("sim: " + line for line in message.split("\n")), file=sys.stderr)
        return code
    if arguments.no_run:
        print(program)
        return 0
    os.execv(program, [program, *arguments.options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
