#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The options of config.h: options_test.py TEST TREE CC

kconfig  Kconfig has each option of config.h, with its default, and no other; kconfig.h maps them.
wrong    each wrong value is an error that names the option.
"""

import os
import re
import subprocess
import sys
import tempfile

# The reference's names, with its prompts. All other options of ours are HEAPLEDGER_...
REFERENCE = {
    "HL_TASK_TRACKING": ("HEAP_TASK_TRACKING", "Enable heap task tracking"),
    "HL_TRACK_DELETED_TASKS": ("HEAP_TRACK_DELETED_TASKS",
                               "Keep information about the memory usage of deleted tasks"),
}
# Macros with code in them: Kconfig knows them as one switch and two strings.
PLACE = {"HL_FN": "HEAPLEDGER_FN_SECTION", "HL_DATA": "HEAPLEDGER_DATA_SECTION"}

WRONG = {
    "HL_TASK_TRACKING": ["2", "-1"],
    "HL_TRACK_DELETED_TASKS": ["2"],
    "HL_ALIGN": ["0", "2", "5", "12", "32", "-8"],
    "HL_OWNER_BITS": ["0", "3", "9", "16"],
    "HL_NAME_LEN": ["0", "4", "9", "18", "68", "256"],
    "HL_COUNT_EVENTS": ["2"],
    "HL_COUNT_FAILURES": ["2"],
    "HL_LIMITS": ["2"],
    "HL_CHECK_LINKS": ["2"],
    "HL_WALK_STEP": ["0", "65", "-1"],
    "HL_CHARGE_CREATOR": ["2"],
}
# Checked where they are used: the FreeRTOS port's sources assert them.
CHECKED_BY_PORT = {"HL_MAX_TASKS": "7", "HL_MAX_HEAPS": "7", "HL_FREERTOS_CAPS": "0x7"}
RIGHT = {
    "HL_ALIGN": ["4", "8", "16"],
    "HL_OWNER_BITS": ["4", "8"],
    "HL_NAME_LEN": ["8", "12", "64"],
    "HL_WALK_STEP": ["1", "64"],
}
# Counters and limits need tracking.
NEEDS_TRACKING = ["HL_COUNT_EVENTS", "HL_COUNT_FAILURES", "HL_LIMITS"]


def fail(*words):
    sys.exit(" ".join(str(word) for word in words))


def symbol_of(option):
    return REFERENCE.get(option, ("HEAPLEDGER_" + option[3:],))[0]


def value_of(text):
    """A number as C or Kconfig writes it; other text as it is."""
    return int({"y": "1", "n": "0"}.get(text, text), 0) if re.match(r"[yn]$|[\dx]", text) else text


def read_config_h(tree):
    """{option: default} of what a user may define."""
    with open(os.path.join(tree, "include/heapledger/config.h"), encoding="utf-8") as file:
        text = file.read()
    found = dict(re.findall(r"^#ifndef (HL_\w+)\n#define \1\b ?(.*)$", text, re.MULTILINE))
    if len(found) < 10:
        fail("config.h: only", found, "understood")
    return found


def read_kconfig(tree):
    """{symbol: {"type", "prompt", "default", "help", "depends"}}"""
    symbols, symbol, in_help = {}, None, False
    with open(os.path.join(tree, "Kconfig"), encoding="utf-8") as file:
        for line in file:
            words = line.split(None, 1)
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "config":
                symbol, in_help = symbols.setdefault(words[1].strip(), {}), False
            elif words[0] in ("menu", "endmenu", "if", "endif"):
                symbol, in_help = None, False
            elif in_help:
                symbol["help"] += line
            elif words[0] == "help":
                symbol["help"], in_help = "", True
            elif words[0] in ("bool", "int", "hex", "string"):
                symbol["type"], symbol["prompt"] = words[0], words[1].strip().strip('"')
            elif words[0] in ("default", "range", "depends"):
                symbol[words[0]] = words[1].strip()
            else:
                fail("Kconfig: what is this?", line)
    return symbols


def preprocess(tree, cc, *flags):
    """The macros that heapledger.h leaves defined: (exit code, {name: value}, messages)."""
    done = subprocess.run(
        [cc, "-std=c11", "-E", "-dM", "-Wundef", "-I", os.path.join(tree, "include"), *flags,
         "-include", "heapledger/config.h", "-x", "c", os.devnull],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    macros = re.findall(r"^#define (\w+)\b ?(.*)$", done.stdout.decode(), re.MULTILINE)
    return done.returncode, dict(macros), done.stderr.decode()


def mapped(tree, cc, values):
    """The options that kconfig.h makes of {symbol: value} as Kconfig would write them."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "sdkconfig.h"), "w", encoding="utf-8") as file:
            for symbol, value in values.items():
                if value != "n":
                    file.write(f"#define CONFIG_{symbol} {'1' if value == 'y' else value}\n")
        code, macros, messages = preprocess(
            tree, cc, "-I", folder, '-DHL_CONFIG_FILE="heapledger/kconfig.h"')
    if code != 0 or messages:
        fail("kconfig.h with", values, "says:", messages)
    while any(macros.get(value) for value in macros.values()):
        macros = {name: macros.get(value, value) for name, value in macros.items()}
    return macros


def check_parity(options, symbols):
    for option, default in options.items():
        if option in PLACE:
            continue
        symbol = symbols.get(symbol_of(option)) or fail("Kconfig lacks", symbol_of(option))
        if value_of(symbol["default"]) != value_of(default):
            fail(option, "is", default, "in config.h, but", symbol["default"], "in Kconfig")
        if option in REFERENCE and symbol["prompt"] != REFERENCE[option][1]:
            fail(option, "has the prompt", symbol["prompt"])
        if f"({option})" not in " ".join(symbol.get("help", "").split()):
            fail("the help of", symbol_of(option), "does not name", option)
    expected = {symbol_of(option) for option in options if option not in PLACE}
    expected |= {"HEAPLEDGER_PLACE", *PLACE.values()}
    if set(symbols) != expected:
        fail("config.h lacks", set(symbols) - expected)


def check_mapping(tree, cc, options, symbols):
    defaults = {name: symbol["default"] for name, symbol in symbols.items()
                if symbol.get("depends") != "HEAPLEDGER_PLACE"}
    base = mapped(tree, cc, defaults)
    for option, default in options.items():
        if value_of(base[option]) != value_of(default):
            fail("kconfig.h makes", option, base[option], "of Kconfig's default")
    for option, default in options.items():
        if option in PLACE:
            continue
        other = CHECKED_BY_PORT.get(option) or {"0": "y", "1": "n"}.get(default) or RIGHT[option][0]
        values = {**defaults, symbol_of(option): other}
        if option == "HL_TASK_TRACKING":
            values = {name: value for name, value in values.items()
                      if symbols[name].get("depends") != "HEAP_TASK_TRACKING"}
        got = mapped(tree, cc, values)
        changed = {name for name in options if got[name] != base[name]}
        if changed != {option} or got[option] != {"y": "1", "n": "0"}.get(other, other):
            fail("kconfig.h:", symbol_of(option), other, "changes", changed)
    sections = {name: symbols[name]["default"] for name in PLACE.values()}
    got = mapped(tree, cc, {**defaults, "HEAPLEDGER_PLACE": "y", **sections})
    for option, symbol in PLACE.items():
        if f"section(CONFIG_{symbol})" not in got[option]:
            fail("kconfig.h:", option, "is", got[option])


def check_no_values(tree, cc):
    code, _, messages = preprocess(tree, cc, '-DHL_CONFIG_FILE="heapledger/kconfig.h"',
                                   "-DHL_KCONFIG_FILE=<stddef.h>")
    if code == 0 or "holds no values of heapledger's Kconfig" not in messages:
        fail("kconfig.h without values says:", messages)


def check_values(tree, cc, options):
    unknown = set(options) - set(WRONG) - set(PLACE) - set(CHECKED_BY_PORT)
    if unknown:
        fail("no wrong value is tried for", unknown)
    for option, values in WRONG.items():
        for value in values:
            code, _, messages = preprocess(tree, cc, f"-D{option}={value}")
            if code == 0 or not re.search(rf'error.*heapledger: .*{option}\b.*must be', messages):
                fail(f"{option}={value} is no clear error, but:", messages)
    for option, values in RIGHT.items():
        for value in values:
            code, _, messages = preprocess(tree, cc, f"-D{option}={value}")
            if code != 0 or messages:
                fail(f"{option}={value} is right, but:", messages)
    for option in NEEDS_TRACKING:
        code, _, messages = preprocess(tree, cc, "-DHL_TASK_TRACKING=0", f"-D{option}=1")
        if code == 0 or "counters and limits need HL_TASK_TRACKING" not in messages:
            fail(option, "without tracking is no clear error, but:", messages)


def main():
    test, tree, cc = sys.argv[1:]
    options = read_config_h(tree)
    if test == "kconfig":
        symbols = read_kconfig(tree)
        check_parity(options, symbols)
        check_mapping(tree, cc, options, symbols)
        check_no_values(tree, cc)
    elif test == "wrong":
        check_values(tree, cc, options)
    else:
        fail("options_test.py: what is", test)


if __name__ == "__main__":
    main()
