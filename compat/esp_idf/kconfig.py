#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The configuration of an ESP-IDF project: from its files to sdkconfig.h, or by menu.

    kconfig.py generate --output DIR [--target CHIP] [--project DIR] [--defaults FILE]...
                        [--firmware]
    kconfig.py menu --project DIR [--target CHIP]

`generate` reads, a later file winning over an earlier one: the --defaults files, and of the project
sdkconfig.defaults, sdkconfig.defaults.CHIP and sdkconfig. As with ESP-IDF, SDKCONFIG_DEFAULTS in
the environment names other files (;) in the place of the first. It writes sdkconfig, sdkconfig.h
(for C) and sdkconfig.cmake to DIR, each only when it changes. With --firmware heapledger's own options have
the defaults that suit a microcontroller, not the computer; the header is for builds with
-DHL_CONFIG_FILE='"heapledger/kconfig.h"'.

`menu` shows the menus and writes the project's sdkconfig; options in there that are not known here
are kept.

Reading, dependencies and menus are kconfiglib's (Debian: python3-kconfiglib). Exit codes: 0 fine,
2 usage, 3 a file cannot be opened, 4 a file is damaged.
"""

import argparse
import os
import re
import sys

import idf_target

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = "# Options of other components, kept as they were:\n"
ASSIGNMENT = re.compile(r"(?:# )?CONFIG_(\w+)(?:=| is not set)")

# Whose packages are Debian's. Another one may come first in PATH.
DEBIAN_PYTHON = "/usr/bin/python3"

try:
    import kconfiglib
except ImportError:
    here, there = os.path.realpath(sys.executable), os.path.realpath(DEBIAN_PYTHON)
    if here != there and os.path.exists(there):
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, "-B", *sys.argv])
    print("kconfig.py: kconfiglib is missing: scripts/setup.sh esp_idf installs it "
          "(Debian: python3-kconfiglib)", file=sys.stderr)
    sys.exit(3)


class Problem(Exception):
    """Something to tell the user: (exit code, message)."""


def parse_arguments(arguments):
    """The command line, as argparse gives it."""
    parser = argparse.ArgumentParser(prog="kconfig.py",
                                     description="Configures an ESP-IDF project.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("generate", "menu"):
        command = commands.add_parser(name)
        command.add_argument("--target")
        command.add_argument("--project", default="")
        command.add_argument("--defaults", action="append", default=[])
        if name == "generate":
            command.add_argument("--output", required=True)
            command.add_argument("--firmware", action="store_true")
    options = parser.parse_args(arguments)
    options.target = options.target or idf_target.of_project(options.project)
    return options


def config_files(options):
    """The files to read, in order: those named must exist, those of the project may."""
    files = list(options.defaults)
    for file in files:
        if not os.path.isfile(file):
            raise Problem(3, f"{file}: there is no such file")
    if options.project:
        names = os.environ.get("SDKCONFIG_DEFAULTS", "sdkconfig.defaults").split(";")
        for name in (*names, *(f"{name}.{options.target}" for name in names), "sdkconfig"):
            file = os.path.join(options.project, name)
            if os.path.isfile(file):
                files.append(file)
            elif "SDKCONFIG_DEFAULTS" in os.environ and name in names:
                raise Problem(3, f"SDKCONFIG_DEFAULTS: there is no file {file}")
    return files


def read_menus(options):
    """The Kconfig tree for the target and the project."""
    os.environ["IDF_TARGET"] = options.target
    os.environ["PROJECT_PATH"] = os.path.abspath(options.project) if options.project else "/nowhere"
    os.environ["HEAPLEDGER_PATH"] = os.path.dirname(os.path.dirname(HERE))
    os.environ["HEAPLEDGER_SIMULATION"] = "n" if getattr(options, "firmware", False) else "y"
    os.environ["CONFIG_"] = "CONFIG_"
    try:
        return kconfiglib.Kconfig(os.path.join(HERE, "Kconfig"), warn=False)
    except kconfiglib.KconfigError as error:
        raise Problem(4, str(error)) from error


def tell_warnings(kconf, where):
    """Prints and forgets what kconfiglib has found."""
    for warning in kconf.warnings:
        print("kconfig.py: " + where + warning.removeprefix("warning: "), file=sys.stderr)
    kconf.warnings.clear()


def read_values(kconf, files):
    """Sets the values of the files. What this tree does not know is none of its business; a value
    that the tree refuses is told."""
    kconf.warn = True
    kconf.warn_to_stderr = False
    kconf.warn_assign_undef = False
    kconf.warn_assign_override = False
    kconf.warn_assign_redun = False
    for file in files:
        kconf.load_config(file, replace=False)
        tell_warnings(kconf, file + ": ")
    for symbol in kconf.unique_defined_syms:
        _ = symbol.str_value  # looks at the range
    tell_warnings(kconf, "")


def unknown_lines(kconf, file):
    """The lines of a file that are about options of which the tree knows nothing."""
    if not os.path.isfile(file):
        return []
    lines = []
    with open(file, encoding="utf-8") as opened:
        for line in opened:
            match = ASSIGNMENT.match(line)
            if match and (match.group(1) not in kconf.syms or not kconf.syms[match.group(1)].nodes):
                lines.append(line)
    return lines


def write_if_changed(file, text):
    """A file whose text is the same keeps its time, so that nothing is built anew."""
    if os.path.isfile(file):
        with open(file, encoding="utf-8") as opened:
            if opened.read() == text:
                return
    with open(file, "w", encoding="utf-8") as opened:
        opened.write(text)


def generate(kconf, options):
    """Writes what the build reads."""
    os.makedirs(options.output, exist_ok=True)
    path = os.path.join(options.output, "sdkconfig")
    header = f"# Configuration for {options.target}, made by compat/esp_idf/kconfig.py\n"
    kconf.write_config(path, header=header, save_old=False)
    kconf.write_autoconf(path + ".h", header="/* Made by compat/esp_idf/kconfig.py from sdkconfig. "
                                             "*/\n#pragma once\n")
    lines = ["# Made by compat/esp_idf/kconfig.py from sdkconfig.\n"]
    for symbol in kconf.unique_defined_syms:
        if symbol.config_string and not symbol.config_string.startswith("#"):
            value = symbol.str_value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
            lines.append(f'set(CONFIG_{symbol.name} "{value}")\n')
    write_if_changed(path + ".cmake", "".join(lines))


def menu(kconf, options):
    """Shows the menus; they save to the project's sdkconfig."""
    import menuconfig  # only here: it needs curses

    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise Problem(2, "the menus need a terminal")
    if not os.path.isfile(os.path.join(options.project, "main", "CMakeLists.txt")):
        raise Problem(3, f"'{options.project}' is no ESP-IDF project: "
                         "it has no main/CMakeLists.txt")
    file = os.path.join(options.project, "sdkconfig")
    kept = unknown_lines(kconf, file)
    if os.path.isfile(file):  # the menus read it anew: what it lacks comes from sdkconfig.defaults
        kconf.write_config(file, save_old=False)
    os.environ["KCONFIG_CONFIG"] = file
    menuconfig.menuconfig(kconf)
    if kept and not unknown_lines(kconf, file):
        with open(file, "a", encoding="utf-8") as opened:
            opened.write("\n" + KEPT + "".join(kept))


def main(arguments):
    """The command line; returns the exit code."""
    options = parse_arguments(arguments)
    try:
        files = config_files(options)
        kconf = read_menus(options)
        read_values(kconf, files)
        {"generate": generate, "menu": menu}[options.command](kconf, options)
    except Problem as problem:
        code, message = problem.args
        print("kconfig.py: " + message, file=sys.stderr)
        return code
    except OSError as error:
        print(f"kconfig.py: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
