#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The generator of the chips' tables: what options change, and what it says about mistakes.

    chips_generator_test.py SOURCE_DIR
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHIPS = pathlib.Path(sys.argv.pop(1)) / "compat/esp_idf/chips"
sys.dont_write_bytecode = True
sys.path.insert(0, str(CHIPS))
import generate  # noqa: E402  # pylint: disable=wrong-import-position

TABLE = generate.read_table(CHIPS / "chips.json")
NAMES = ["esp32", "esp32s2", "esp32s3", "esp32c2", "esp32c3", "esp32c5", "esp32c6", "esp32c61",
         "esp32h2", "esp32h21", "esp32h4", "esp32p4", "esp32s31"]


def chips_for(**chosen):
    """The chips by name, for these symbols."""
    chosen = {f"CONFIG_{name}": value for name, value in chosen.items()}
    config = generate.effective_config(TABLE["config"], chosen)
    chips = [generate.Chip(entry, f"chips[{i}]", TABLE["caps"], config)
             for i, entry in enumerate(TABLE["chips"])]
    return {chip.name: chip for chip in chips}


def starts(chip):
    """Where its regions start."""
    return [region["start"] for region in chip.regions]


class Table(unittest.TestCase):
    """The table as it is."""

    def test_all_thirteen_chips_are_there_in_order(self):
        self.assertEqual([chip["name"] for chip in TABLE["chips"]], NAMES)

    def test_the_same_table_gives_the_same_text(self):
        text = generate.generate(TABLE, {})
        self.assertEqual(generate.generate(copy.deepcopy(TABLE), {}), text)
        for name in NAMES:
            self.assertIn(f"static const soc_memory_region_t {name}_regions[]", text)

    def test_a_field_nobody_reads_is_refused(self):
        for chip in TABLE["chips"]:
            chip = dict(chip, colour="red")
            with self.assertRaisesRegex(generate.TableError, "what is 'colour'"):
                generate.Chip(chip, "chip", TABLE["caps"], {})


class Configuration(unittest.TestCase):
    """What options change."""

    def test_without_memory_protection_there_is_exec(self):
        for name, chip in chips_for().items():
            words = [word for _, words in chip.types for word in words]
            self.assertEqual(any(word & 1 for word in words), name == "esp32", name)
        for name, chip in chips_for(ESP_SYSTEM_MEMPROT=False).items():
            words = [word for _, words in chip.types for word in words]
            self.assertTrue(any(word & 1 for word in words), name)

    def test_without_rtc_heaps_there_is_none(self):
        with_rtc = [name for name, chip in chips_for().items()
                    if any(chip.types[r["type"]][0] == "RTCRAM" for r in chip.regions)]
        self.assertEqual(with_rtc, ["esp32s2", "esp32s3", "esp32c3", "esp32c5", "esp32c6",
                                    "esp32h2", "esp32h21", "esp32p4", "esp32s31"])
        for chip in chips_for(ESP_SYSTEM_ALLOW_RTC_FAST_MEM_AS_HEAP=False).values():
            self.assertFalse(any(chip.types[r["type"]][0] == "RTCRAM" for r in chip.regions))

    def test_one_core_gives_the_esp32_the_other_cores_cache(self):
        two = chips_for(SOC_HAS_TWO_CORES=True)["esp32"]
        one = chips_for(SOC_HAS_TWO_CORES=True, ESP_SYSTEM_SINGLE_CORE_MODE=True)["esp32"]
        self.assertEqual((two.cores, one.cores), (2, 1))
        self.assertIn("cpu1_cache", [name for name, *_ in two.reserved])
        self.assertNotIn("cpu1_cache", [name for name, *_ in one.reserved])
        self.assertIn(0x3ff80000, starts(one))  # RTC memory

    def test_a_configuration_for_a_chip_with_one_core_leaves_the_others_theirs(self):
        self.assertEqual(chips_for(ESP_SYSTEM_SINGLE_CORE_MODE=True)["esp32"].cores, 2)

    def test_caches_take_memory(self):
        self.assertEqual(min(starts(chips_for()["esp32s2"])[1:-1]), 0x3ffb4000)
        chips = chips_for(ESP32S2_DATA_CACHE_0KB=True, ESP32S3_DATA_CACHE_64KB=True,
                          CACHE_L2_CACHE_512KB=True)
        self.assertEqual(min(starts(chips["esp32s2"])[1:-1]), 0x3ffb2000)
        self.assertNotIn(0x3fcf0000, starts(chips["esp32s3"]))
        self.assertIn(0x4ff80000, starts(chips["esp32p4"]))
        self.assertIn(0x4ff00000, starts(chips_for(ESP32P4_SELECTS_REV_LESS_V3=True)["esp32p4"]))

    def test_every_single_option_gives_a_table(self):
        config = TABLE["config"]
        choices = [symbol for choice in config["choices"] for symbol in choice]
        for symbol in choices + list(config["defaults"]):
            value = not config["defaults"].get(symbol, False)
            text = generate.generate(TABLE, {symbol: value, "CONFIG_SOC_HAS_TWO_CORES": True})
            self.assertIn("const struct chip chips[]", text)

    def test_two_of_a_choice_are_refused(self):
        with self.assertRaisesRegex(generate.TableError,
                                    "only one of CONFIG_.*_8KB, CONFIG_.*_0KB"):
            chips_for(ESP32S2_DATA_CACHE_8KB=True, ESP32S2_DATA_CACHE_0KB=True)

    def test_a_configuration_file_is_read(self):
        with tempfile.NamedTemporaryFile("w", suffix=".config") as file:
            file.write("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"y\"\nCONFIG_D=12\n"
                       "CONFIG_E=n\n")
            file.flush()
            self.assertEqual(generate.read_sdkconfig(file.name),
                             {"CONFIG_A": True, "CONFIG_B": False, "CONFIG_E": False})


class Conditions(unittest.TestCase):
    """The expressions of 'when'."""

    def holds(self, text):
        """Its value with A yes and B no."""
        config = {"CONFIG_A": True, "CONFIG_B": False}
        return generate.Condition(text, config, "here").holds()

    def test_values(self):
        for text, value in [("CONFIG_A", True), ("!CONFIG_A", False), ("!!CONFIG_A", True),
                            ("CONFIG_B || CONFIG_A && CONFIG_B", False),
                            ("CONFIG_A || CONFIG_A && CONFIG_B", True),
                            ("(CONFIG_A || CONFIG_A) && CONFIG_B", False),
                            ("!(CONFIG_A && CONFIG_B)", True)]:
            self.assertEqual(self.holds(text), value, text)

    def test_mistakes(self):
        for text, message in [("CONFIG_C", "'CONFIG_C' is neither in"), ("", "a symbol is missing"),
                              ("CONFIG_A &&", "a symbol is missing"),
                              ("(CONFIG_A", "a . is missing"),
                              ("CONFIG_A CONFIG_B", "'CONFIG_B' is too much"),
                              ("CONFIG_A > 0", "cannot read '> 0'"), ("A", "cannot read 'A'")]:
            with self.assertRaisesRegex(generate.TableError, "here: " + message):
                self.holds(text)


class Mistakes(unittest.TestCase):
    """A wrong entry is named with its chip and place."""

    def refused(self, message, change, chip="esp32c3"):
        """The table with a change gives this message."""
        table = copy.deepcopy(TABLE)
        change(next(entry for entry in table["chips"] if entry["name"] == chip))
        with self.assertRaises(generate.TableError) as caught:
            generate.generate(table, {})
        self.assertEqual(str(caught.exception), message)

    def test_addresses(self):
        self.refused("chip esp32c3, regions[1]: 'start' is '0x3fca000', and has to be a string of "
                     "0x and eight digits 0-9a-f",
                     lambda chip: chip["regions"][1].update(start="0x3fca000"))
        self.refused("chip esp32c3, regions[2]: 'size' is 4096, and has to be a string of 0x and "
                     "eight digits 0-9a-f", lambda chip: chip["regions"][2].update(size=4096))
        self.refused("chip esp32c3, regions[0]: the size is 0",
                     lambda chip: chip["regions"][0].update(size="0x00000000"))
        self.refused("chip esp32c3, regions[4]: it passes the end of the addresses",
                     lambda chip: chip["regions"][4].update(start="0xfffff000"))

    def test_overlaps(self):
        self.refused("chip esp32c3, regions[1]: it overlaps regions[0]",
                     lambda chip: chip["regions"][0].update(size="0x00020004"))
        self.refused("chip esp32c3, reserved[1]: it overlaps reserved[0]",
                     lambda chip: chip["reserved"][0].update(end="0x3fc8a001"))
        self.refused("chip esp32c3, reserved[0]: it ends before it starts",
                     lambda chip: chip["reserved"][0].update(end="0x3fc80000"))

    def test_names(self):
        self.refused("chip esp32c3, regions[0]: there is no type 'ROM'",
                     lambda chip: chip["regions"][0].update(type="ROM"))
        self.refused("chip esp32c3, types[0]: there is no capability 'FAST'",
                     lambda chip: chip["types"][0]["caps"][0].append("FAST"))
        self.refused("chip esp32c3: two types have one name",
                     lambda chip: chip["types"][0].update(name="RTCRAM"))
        self.refused("chips[4]: 'Esp' is no name: small letters and digits",
                     lambda chip: chip.update(name="Esp"))
        self.refused("chips[4]: there is a chip esp32 already",
                     lambda chip: chip.update(name="esp32"))
        self.refused("chip esp32c3: no range with the name dram_data is reserved",
                     lambda chip: chip["reserved"].pop(1))

    def test_shapes(self):
        self.refused("chips[4]: 'psram' is missing", lambda chip: chip.pop("psram"))
        self.refused("chip esp32c3, regions[3]: 'type' is missing",
                     lambda chip: chip["regions"][3].pop("type"))
        self.refused("chip esp32c3, regions[3]: what is 'sice'?",
                     lambda chip: chip["regions"][3].update(sice=1))
        self.refused("chip esp32c3: 'types' is not a list [ ]", lambda chip: chip.update(types={}))
        self.refused("chip esp32c3, types[0]: 'caps' is not a list of three words",
                     lambda chip: chip["types"][0].update(caps=[]))
        self.refused("chip esp32c3: 'cores' is neither 1 nor 2", lambda chip: chip.update(cores=3))
        self.refused("chip esp32c3: it has no region", lambda chip: chip.update(regions=[]))
        self.refused("chip esp32s3, regions[11]: it is not the range of 'psram'",
                     lambda chip: chip["regions"][11].update(size="0x01000000"), "esp32s3")

    def run_it(self, *arguments):
        """The program's run with these arguments."""
        return subprocess.run([sys.executable, "-B", CHIPS / "generate.py", *arguments],
                              capture_output=True, text=True, check=False)

    def test_the_program_says_it_in_one_line_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder, "bad.json")
            output = pathlib.Path(folder, "chips.c")
            for text, message in [
                    ("{\n \"caps\": {,}", "line 2, column 11: Expecting property name"),
                    (json.dumps(dict(TABLE, chips=[])), "the table: there is no chip in it")]:
                table.write_text(text, encoding="utf-8")
                run = self.run_it("-o", output, table)
                self.assertEqual(run.returncode, 1)
                self.assertTrue(run.stderr.startswith(f"generate.py: {table}: {message}"))
                self.assertEqual(run.stderr.count("\n"), 1)
                self.assertFalse(output.exists())
            run = self.run_it(folder + "/none.json")
            self.assertEqual(run.stderr,
                             f"generate.py: {folder}/none.json: No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
