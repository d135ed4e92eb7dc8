#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes C of the chips' memory facts, for one configuration.

    generate.py [--sdkconfig FILE] [-o FILE] chips.json

What is wrong with the table is said with the chip and the entry; nothing is written then.
"""

import argparse
import json
import re
import sys

DATA = "dram_data"  # the reserved range whose end is the first free byte after static data
SINGLE_CORE = "CONFIG_ESP_SYSTEM_SINGLE_CORE_MODE"
TWO_CORES = "CONFIG_SOC_HAS_TWO_CORES"  # of the chip that the configuration was made for
ADDRESS = re.compile(r"0x[0-9a-f]{8}")
NAME = re.compile(r"[a-z][a-z0-9_]*")


class TableError(Exception):
    """Something in the table, or in the configuration, that cannot be."""


def expect(condition, where, what):
    """Raises TableError with the place and what is wrong there, unless the condition holds."""
    if not condition:
        raise TableError(f"{where}: {what}")


def check_keys(entry, where, needed, optional=()):
    """The entry has all keys that it needs, and no others."""
    expect(isinstance(entry, dict), where, "is not an object { }")
    for key in needed:
        expect(key in entry, where, f"'{key}' is missing")
    for key in entry:
        expect(key in needed or key in optional, where, f"what is '{key}'?")


def read_address(entry, key, where):
    """The number behind an 8-digit hexadecimal string."""
    text = entry[key]
    expect(isinstance(text, str) and ADDRESS.fullmatch(text), where,
           f"'{key}' is {text!r}, and has to be a string of 0x and eight digits 0-9a-f")
    return int(text, 16)


class Condition:
    """An expression over config symbols, as in !CONFIG_A && (CONFIG_B || CONFIG_C)."""

    TOKEN = re.compile(r"\s*(CONFIG_[A-Z0-9_]+|&&|\|\||[!()])")

    def __init__(self, text, config, where):
        self.config = config
        self.where = where
        self.text = text
        self.tokens = []
        at = 0
        while at < len(text.rstrip()):
            match = self.TOKEN.match(text, at)
            expect(match, where, f"cannot read '{text[at:].strip()}' in the condition '{text}'")
            self.tokens.append(match.group(1))
            at = match.end()

    def holds(self):
        """Is it true with this configuration?"""
        value = self._either()
        expect(not self.tokens, self.where,
               f"'{' '.join(self.tokens)}' is too much in the condition '{self.text}'")
        return value

    def _take(self, *wanted):
        if self.tokens and self.tokens[0] in wanted:
            return self.tokens.pop(0)
        return None

    def _either(self):
        value = self._both()
        while self._take("||"):
            value = self._both() or value
        return value

    def _both(self):
        value = self._one()
        while self._take("&&"):
            value = self._one() and value
        return value

    def _one(self):
        if self._take("!"):
            return not self._one()
        if self._take("("):
            value = self._either()
            expect(self._take(")"), self.where, f"a ) is missing in the condition '{self.text}'")
            return value
        expect(self.tokens and self.tokens[0].startswith("CONFIG_"), self.where,
               f"a symbol is missing in the condition '{self.text}'")
        symbol = self.tokens.pop(0)
        expect(symbol in self.config, self.where,
               f"'{symbol}' is neither in config.defaults nor in config.choices")
        return self.config[symbol]


def read_sdkconfig(path):
    """The symbols of a configuration file that are yes or no."""
    values = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            match = re.fullmatch(r"(CONFIG_\w+)=(y|n)", line.strip())
            if match:
                values[match.group(1)] = match.group(2) == "y"
            match = re.fullmatch(r"# (CONFIG_\w+) is not set", line.strip())
            if match:
                values[match.group(1)] = False
    return values


def effective_config(table, chosen):
    """All symbols that conditions may name. Of a choice the first counts unless one is chosen."""
    where = "config"
    check_keys(table, where, ("defaults", "choices"))
    config = dict(table["defaults"])
    for symbol, value in config.items():
        expect(isinstance(value, bool), where,
               f"the default of '{symbol}' is neither true nor false")
    for choice in table["choices"]:
        expect(isinstance(choice, list) and choice, where,
               f"a choice is a list of symbols: {choice!r}")
        picked = [symbol for symbol in choice if chosen.get(symbol)] or choice[:1]
        expect(len(picked) == 1, where, f"only one of {', '.join(picked)} can be chosen")
        for symbol in choice:
            expect(symbol not in config, where, f"'{symbol}' is there twice")
            config[symbol] = symbol == picked[0]
    for symbol in table["defaults"]:
        config[symbol] = chosen.get(symbol, config[symbol])
    if not chosen.get(TWO_CORES):
        config[SINGLE_CORE] = False  # nobody's choice, and says nothing about chips with two
    return config


class Chip:
    """One chip of the table, checked, for one configuration."""

    KEYS = ("name", "support", "arch", "cores", "diram_inverted", "cache_line", "max_contiguous",
            "psram", "types", "regions", "reserved")

    def __init__(self, entry, where, bits, config):
        check_keys(entry, where, self.KEYS)
        expect(isinstance(entry["name"], str) and NAME.fullmatch(entry["name"]), where,
               f"{entry['name']!r} is no name: small letters and digits")
        self.name = entry["name"]
        self.where = f"chip {self.name}"
        self.config = config
        self.entry = entry
        self.cores = 1 if config[SINGLE_CORE] else entry["cores"]
        self.max_contiguous = read_address(entry, "max_contiguous", self.where)
        self._check_words()
        self.types = self._read_list("types", lambda e, at: self._read_type(e, at, bits))
        names = [name for name, _ in self.types]
        expect(len(set(names)) == len(names), self.where, "two types have one name")
        self.simd = any("SIMD" in word for e in entry["types"] for word in e["caps"])
        self.psram = self._read_psram()
        self.regions = self._read_list("regions", lambda e, at: self._read_region(e, at, names))
        self.reserved = self._read_list("reserved", self._read_reserved)
        self._check_regions()
        self._check_reserved()

    def _check_words(self):
        entry = self.entry
        expect(entry["support"] in ("supported", "preview"), self.where,
               "'support' is neither supported nor preview")
        expect(entry["arch"] in ("xtensa", "riscv"), self.where,
               "'arch' is neither xtensa nor riscv")
        expect(entry["cores"] in (1, 2), self.where, "'cores' is neither 1 nor 2")
        expect(isinstance(entry["diram_inverted"], bool), self.where,
               "'diram_inverted' is neither true nor false")
        check_keys(entry["cache_line"], f"{self.where}, cache_line", ("internal", "external"))
        for value in entry["cache_line"].values():
            expect(value in (0, 16, 32, 64, 128), self.where,
                   f"{value!r} is no size of a cache line")

    def _read_list(self, key, read):
        entries = self.entry[key]
        expect(isinstance(entries, list), self.where, f"'{key}' is not a list [ ]")
        results = []
        for i, entry in enumerate(entries):
            result = read(entry, f"{self.where}, {key}[{i}]")
            if result is not None:
                results.append(result)
        return results

    def _applies(self, entry, where):
        when = entry.get("when")
        if when is None or when == "psram":
            return True
        expect(isinstance(when, str), where, "'when' is not a string")
        return Condition(when, self.config, where).holds()

    def _read_type(self, entry, where, bits):
        check_keys(entry, where, ("name", "caps"), ("also",))
        caps = entry["caps"]
        expect(isinstance(caps, list) and len(caps) == 3, where,
               "'caps' is not a list of three words")
        words = []
        for word in caps:
            for cap in word:
                expect(cap in bits, where, f"there is no capability '{cap}'")
            words.append(sum(1 << bits[cap] for cap in set(word)))
        for more in entry.get("also", []):
            check_keys(more, where, ("cap", "word", "when"))
            expect(more["cap"] in bits, where, f"there is no capability '{more['cap']}'")
            expect(more["word"] in (0, 1, 2), where, "'word' is not 0, 1 or 2")
            if self._applies(more, where):
                words[more["word"]] |= 1 << bits[more["cap"]]
        return entry["name"], words

    def _read_psram(self):
        if self.entry["psram"] is None:
            return None
        where = f"{self.where}, psram"
        check_keys(self.entry["psram"], where, ("start", "size"))
        return tuple(read_address(self.entry["psram"], key, where) for key in ("start", "size"))

    def _read_region(self, entry, where, names):
        check_keys(entry, where, ("start", "size", "type"), ("iram", "startup_stack", "when"))
        region = dict(start=read_address(entry, "start", where),
                      size=read_address(entry, "size", where),
                      iram=read_address(entry, "iram", where) if "iram" in entry else 0,
                      startup_stack=entry.get("startup_stack", False),
                      psram=entry.get("when") == "psram", where=where)
        expect(entry["type"] in names, where, f"there is no type '{entry['type']}'")
        region["type"] = names.index(entry["type"])
        expect(isinstance(region["startup_stack"], bool), where,
               "'startup_stack' is neither true nor false")
        expect(region["size"] > 0, where, "the size is 0")
        expect(region["start"] + region["size"] <= 1 << 32, where,
               "it passes the end of the addresses")
        expect(not region["psram"] or self.psram == (region["start"], region["size"]), where,
               "it is not the range of 'psram'")
        return region if self._applies(entry, where) else None

    def _read_reserved(self, entry, where):
        check_keys(entry, where, ("name", "start", "end"), ("when",))
        start, end = (read_address(entry, key, where) for key in ("start", "end"))
        expect(start < end, where, "it ends before it starts")
        return (entry["name"], start, end, where) if self._applies(entry, where) else None

    def _check_regions(self):
        # Not the PSRAM's: its window is reserved, and may take away what else is there.
        regions = [region for region in self.regions if not region["psram"]]
        for i, a in enumerate(regions):
            for b in regions[:i]:
                expect(a["start"] >= b["start"] + b["size"] or b["start"] >= a["start"] + a["size"],
                       a["where"], f"it overlaps {b['where'].split(', ')[1]}")
        expect(regions, self.where, "it has no region")

    def _check_reserved(self):
        expect(any(name == DATA for name, *_ in self.reserved), self.where,
               f"no range with the name {DATA} is reserved")
        ranges = sorted((start & ~3, (end + 3) & ~3, where)
                        for _, start, end, where in self.reserved)
        for (_, end, where), (start, _, behind) in zip(ranges, ranges[1:]):
            expect(start >= end, behind, f"it overlaps {where.split(', ')[1]}")

    def _place_of_psram(self):
        """Index of the region that PSRAM gets in a run that has some, and its type; or -1."""
        for i, region in enumerate(self.regions):
            if region["psram"]:
                return i, region["type"]
        return -1, -1

    def tables(self):
        """The C text of its types, regions and reserved ranges."""
        lines = [f"static const soc_memory_type_desc_t {self.name}_types[] = {{"]
        for name, words in self.types:
            caps = ", ".join(f"0x{word:08x}" for word in words)
            lines.append(f"    {{{json.dumps(name)}, {{{caps}}}}},")
        lines += ["};", "", f"static const soc_memory_region_t {self.name}_regions[] = {{"]
        for region in self.regions:
            if not region["psram"]:
                stack = "true" if region["startup_stack"] else "false"
                lines.append(f"    {{0x{region['start']:08x}, 0x{region['size']:08x}, "
                             f"{region['type']}, 0x{region['iram']:08x}, {stack}}},")
        lines += ["};", "", f"static const soc_reserved_region_t {self.name}_reserved[] = {{"]
        for name, start, end, _ in self.reserved:
            lines.append(f"    {{0x{start:08x}, 0x{end:08x}}}, /* {name} */")
        return "\n".join(lines + ["};", ""])

    def row(self):
        """The C text of its entry in the list of chips."""
        place, kind = self._place_of_psram()
        start, size = self.psram or (0, 0)
        fields = [
            ("name", json.dumps(self.name)), ("support", json.dumps(self.entry["support"])),
            ("arch", json.dumps(self.entry["arch"])), ("cores", self.cores),
            ("diram_inverted", str(self.entry["diram_inverted"]).lower()),
            ("simd", str(self.simd).lower()),
            ("cache_line_internal", self.entry["cache_line"]["internal"]),
            ("cache_line_external", self.entry["cache_line"]["external"]),
            ("max_contiguous", f"0x{self.max_contiguous:08x}"),
            ("psram_start", f"0x{start:08x}"), ("psram_window", f"0x{size:08x}"),
            ("psram_place", place), ("psram_type", kind),
        ]
        for table, count in (("types", "type"), ("regions", "region"), ("reserved", "reserved")):
            name = f"{self.name}_{table}"
            fields += [(table, name), (f"{count}_count", f"sizeof({name}) / sizeof({name}[0])")]
        fields.append(("static_data", [name for name, *_ in self.reserved].index(DATA)))
        lines = "".join(f"        .{key} = {value},\n" for key, value in fields)
        return "    {\n" + lines + "    },\n"


def read_table(path):
    """The table as Python data."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except json.JSONDecodeError as error:
        raise TableError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error


def generate(table, chosen):
    """The C text for a table and the symbols of a configuration file."""
    check_keys(table, "the table", ("about", "caps", "config", "chips"))
    config = effective_config(table["config"], chosen)
    chips = []
    for i, entry in enumerate(table["chips"]):
        chips.append(Chip(entry, f"chips[{i}]", table["caps"], config))
        expect(chips[-1].name not in [chip.name for chip in chips[:-1]], f"chips[{i}]",
               f"there is a chip {chips[-1].name} already")
    expect(chips, "the table", "there is no chip in it")
    text = "/* SPDX-License-Identifier: MIT */\n"
    text += "/* The chips' memory. Generated by generate.py from chips.json: change that one. */\n"
    text += '#include "chip.h"\n\n'
    text += "\n".join(chip.tables() for chip in chips)
    text += "\nconst struct chip chips[] = {\n" + "".join(chip.row() for chip in chips) + "};\n\n"
    return text + "const size_t chip_count = sizeof(chips) / sizeof(chips[0]);\n"


def main():
    """Writes the C file, or says what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("table", help="chips.json")
    parser.add_argument("--sdkconfig", help="the configuration: lines CONFIG_NAME=y")
    parser.add_argument("-o", "--output", help="the C file; without it, to stdout")
    args = parser.parse_args()
    try:
        text = generate(read_table(args.table),
                        read_sdkconfig(args.sdkconfig) if args.sdkconfig else {})
    except OSError as error:
        sys.exit(f"generate.py: {error.filename}: {error.strerror}")
    except TableError as error:
        sys.exit(f"generate.py: {args.table}: {error}")
    if args.output:
        with open(args.output, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
