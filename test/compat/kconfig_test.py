#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The menus of compat/esp_idf, and what kconfig.py makes of a project's files: kconfig_test.py TREE

Needs a python3 with kconfiglib.
"""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
import unittest

import kconfiglib

TREE = sys.argv[1]
TOOL = os.path.join(TREE, "compat", "esp_idf", "kconfig.py")
HEAP_MENU = ["Component config", "Heap memory debugging"]

# symbol: (type, prompt, default on esp32s3, depends on)
HEAP_OPTIONS = {
    "HEAP_HAS_EXEC_HEAP": ("bool", None, "n", None),
    "HEAP_POISONING_DISABLED": ("bool", "Basic (no poisoning)", "y", None),
    "HEAP_POISONING_LIGHT": ("bool", "Light impact", "n", None),
    "HEAP_POISONING_COMPREHENSIVE": ("bool", "Comprehensive", "n", None),
    "HEAP_TRACING_OFF": ("bool", "Disabled", "y", None),
    "HEAP_TRACING_STANDALONE": ("bool", "Standalone", "n", None),
    "HEAP_TRACING_TOHOST": ("bool", "Host-based", "n", None),
    "HEAP_TRACING": ("bool", None, "n", None),
    "HEAP_TRACE_HASH_MAP": ("bool", "Use hash map mechanism to access heap trace records", "n",
                            "HEAP_TRACING_STANDALONE"),
    "HEAP_TRACE_HASH_MAP_IN_EXT_RAM": ("bool", "Place hash map in external RAM", "n",
                                       "SPIRAM && HEAP_TRACE_HASH_MAP"),
    "HEAP_TRACE_HASH_MAP_SIZE": ("int", "The number of entries in the hash map", "512",
                                 "HEAP_TRACE_HASH_MAP"),
    "HEAP_TRACING_STACK_DEPTH": ("int", "Heap tracing stack depth", "2", "HEAP_TRACING"),
    "HEAP_USE_HOOKS": ("bool", "Use allocation and free hooks", "n", None),
    "HEAP_TASK_TRACKING": ("bool", "Enable heap task tracking", "n", None),
    "HEAP_TRACK_DELETED_TASKS": ("bool", "Keep information about the memory usage of deleted tasks", "n",
                                 "HEAP_TASK_TRACKING"),
    "HEAP_ABORT_WHEN_ALLOCATION_FAILS": ("bool", "Abort if memory allocation fails", "n", None),
    "HEAP_TLSF_USE_ROM_IMPL": ("bool", "Use ROM implementation of heap tlsf library", "y",
                               "ESP_ROM_HAS_HEAP_TLSF"),
    "HEAP_PLACE_FUNCTION_INTO_FLASH": ("bool", "Force the entire heap component to be placed in flash memory",
                                       "n", None),
}
CHOICES = {
    "HEAP_CORRUPTION_DETECTION": ("Heap corruption detection", "HEAP_POISONING_DISABLED"),
    "HEAP_TRACING_DEST": ("Heap tracing", "HEAP_TRACING_OFF"),
}
# Of other menus: symbol: (chip, its value by default there)
OTHERS = [
    ("ESP_SYSTEM_MEMPROT", "esp32s3", "y"), ("ESP_SYSTEM_MEMPROT", "esp32", "n"),
    ("ESP_SYSTEM_ALLOW_RTC_FAST_MEM_AS_HEAP", "esp32c3", "y"),
    ("ESP_SYSTEM_ALLOW_RTC_FAST_MEM_AS_HEAP", "esp32", "n"),
    ("SPIRAM", "esp32s3", "n"), ("FREERTOS_HZ", "esp32s3", "100"),
    ("FREERTOS_MAX_TASK_NAME_LEN", "esp32s3", "16"), ("ESP_MAIN_TASK_STACK_SIZE", "esp32s3", "3584"),
    ("FREERTOS_IDLE_TASK_STACKSIZE", "esp32s3", "1536"), ("ESP_IPC_TASK_STACK_SIZE", "esp32s3", "1280"),
    ("ESP_IPC_TASK_STACK_SIZE", "esp32", "1024"), ("HEAP_HAS_EXEC_HEAP", "esp32", "y"),
    ("HEAP_TLSF_USE_ROM_IMPL", "esp32c6", "y"), ("HEAP_TLSF_USE_ROM_IMPL", "esp32s3", "n"),
]


def menus(chip):
    """The tree for a chip."""
    os.environ.update({"IDF_TARGET": chip, "PROJECT_PATH": "/nowhere", "HEAPLEDGER_PATH": TREE,
                       "HEAPLEDGER_SIMULATION": "y"})
    return kconfiglib.Kconfig(os.path.join(TREE, "compat", "esp_idf", "Kconfig"))


def path_of(node):
    """The menus that a node is in, from the top."""
    path, node = [], node.parent
    while node.parent is not None:
        if node.item == kconfiglib.MENU:
            path.insert(0, node.prompt[0])
        node = node.parent
    return path


class Menus(unittest.TestCase):
    """Names, prompts, defaults and dependencies."""

    def setUp(self):
        self.kconf = menus("esp32s3")

    def test_heap_options_are_where_people_know_them(self):
        for name, (kind, prompt, _, depends) in HEAP_OPTIONS.items():
            symbol = self.kconf.syms[name]
            self.assertEqual(kconfiglib.TYPE_TO_STR[symbol.orig_type], kind, name)
            node = next((n for n in symbol.nodes if n.prompt), None) or symbol.nodes[0]
            self.assertEqual(path_of(node), HEAP_MENU, name)
            self.assertEqual(node.prompt and node.prompt[0], prompt, name)
            if depends:
                self.assertIn(depends, kconfiglib.expr_str(node.dep), name)

    def test_the_menu_has_no_other_options(self):
        found = {symbol.name for symbol in self.kconf.unique_defined_syms
                 if any(path_of(node) == HEAP_MENU for node in symbol.nodes)}
        self.assertEqual(found, set(HEAP_OPTIONS))

    def test_choices(self):
        for name, (prompt, default) in CHOICES.items():
            choice = self.kconf.named_choices[name]
            self.assertEqual(choice.nodes[0].prompt[0], prompt)
            self.assertEqual(choice.selection.name, default)
            self.assertEqual(path_of(choice.nodes[0]), HEAP_MENU)

    def test_defaults(self):
        rom = menus("esp32c6")
        tracing = menus("esp32s3")
        tracing.syms["HEAP_TRACING_STANDALONE"].set_value("y")
        tracing.syms["HEAP_TRACE_HASH_MAP"].set_value("y")
        for name, (_, _, default, depends) in HEAP_OPTIONS.items():
            if depends and depends.startswith("HEAP_TRAC"):
                self.assertEqual(self.kconf.syms[name].str_value in ("", "n"), True, name)
                if name not in ("HEAP_TRACE_HASH_MAP", "HEAP_TRACE_HASH_MAP_IN_EXT_RAM"):
                    self.assertEqual(tracing.syms[name].str_value, default, name)
            elif name == "HEAP_TLSF_USE_ROM_IMPL":
                self.assertEqual(rom.syms[name].str_value, default)
            else:
                self.assertEqual(self.kconf.syms[name].str_value, default, name)

    def test_options_of_other_menus(self):
        trees = {}
        for name, chip, value in OTHERS:
            tree = trees.setdefault(chip, menus(chip))
            self.assertEqual(tree.syms[name].str_value, value, (name, chip))

    def test_log_levels(self):
        self.assertEqual(self.kconf.syms["LOG_MAXIMUM_LEVEL"].str_value, "3")
        self.kconf.syms["LOG_MAXIMUM_LEVEL_VERBOSE"].set_value("y")
        self.kconf.syms["LOG_DEFAULT_LEVEL_WARN"].set_value("y")
        self.assertEqual(self.kconf.syms["LOG_MAXIMUM_LEVEL"].str_value, "5")
        self.assertEqual(self.kconf.syms["LOG_DEFAULT_LEVEL"].str_value, "2")

    def test_ranges(self):
        for name, low, high in (("HEAP_TRACING_STACK_DEPTH", "0", "32"),
                                ("SPIRAM_MALLOC_ALWAYSINTERNAL", "0", "131072"),
                                ("SPIRAM_MALLOC_RESERVE_INTERNAL", "0", "262144")):
            ends = [(a.str_value, b.str_value) for a, b, _ in self.kconf.syms[name].ranges]
            self.assertIn((low, high), ends, name)
        riscv = menus("esp32c3")
        riscv.warn = False
        riscv.syms["HEAP_TRACING_STANDALONE"].set_value("y")
        riscv.syms["HEAP_TRACING_STACK_DEPTH"].set_value("5")
        self.assertEqual(riscv.syms["HEAP_TRACING_STACK_DEPTH"].str_value, "0")

    def test_every_option_has_help(self):
        for symbol in self.kconf.unique_defined_syms:
            for node in symbol.nodes:
                if node.prompt and symbol.choice is None and not symbol.name.endswith("_SECTION"):
                    self.assertTrue(node.help, symbol.name)

    def test_heapledger_s_own_options_are_there(self):
        for name in ("HEAPLEDGER_CHECK_LINKS", "HEAPLEDGER_LIMITS", "HEAPLEDGER_MAX_TASKS"):
            node = next(n for n in self.kconf.syms[name].nodes if n.prompt)
            self.assertEqual(path_of(node), ["Component config", "heapledger"])
        self.assertEqual(self.kconf.syms["HEAPLEDGER_CHARGE_CREATOR"].str_value, "y")


class Files(unittest.TestCase):
    """sdkconfig.defaults, sdkconfig, and what is made of them."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.project = os.path.join(self.folder.name, "project")
        os.makedirs(os.path.join(self.project, "main"))
        self.write("main/CMakeLists.txt", "")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        with open(os.path.join(self.project, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder.name, name), encoding="utf-8") as file:
            return file.read()

    def generate(self, chip="esp32s3", *more):
        done = subprocess.run([sys.executable, "-B", TOOL, "generate", "--target", chip, "--project",
                               self.project, "--output", os.path.join(self.folder.name, "out"), *more],
                              capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stderr

    def test_defaults_are_read_and_what_is_off_is_not_defined(self):
        self.write("sdkconfig.defaults", "CONFIG_HEAP_TASK_TRACKING=y\n")
        self.assertEqual(self.generate(), (0, ""))
        header = self.read("out/sdkconfig.h")
        self.assertIn("#define CONFIG_HEAP_TASK_TRACKING 1\n", header)
        self.assertIn("#define CONFIG_FREERTOS_HZ 100\n", header)
        self.assertNotIn("CONFIG_HEAP_USE_HOOKS", header)
        self.assertIn("# CONFIG_HEAP_USE_HOOKS is not set\n", self.read("out/sdkconfig"))
        self.assertIn('set(CONFIG_IDF_TARGET "esp32s3")\n', self.read("out/sdkconfig.cmake"))

    def test_later_files_win_and_a_chip_has_its_own(self):
        self.write("sdkconfig.defaults", "CONFIG_HEAP_USE_HOOKS=y\nCONFIG_FREERTOS_HZ=500\n")
        self.write("sdkconfig.defaults.esp32c3", "CONFIG_FREERTOS_HZ=250\n")
        self.write("sdkconfig", "# CONFIG_HEAP_USE_HOOKS is not set\nCONFIG_ESP_WIFI_ENABLED=y\n")
        self.assertEqual(self.generate("esp32c3"), (0, ""))
        self.assertIn("CONFIG_FREERTOS_HZ 250", self.read("out/sdkconfig.h"))
        self.assertNotIn("HOOKS", self.read("out/sdkconfig.h"))
        self.assertEqual(self.generate("esp32s3"), (0, ""))
        self.assertIn("CONFIG_FREERTOS_HZ 500", self.read("out/sdkconfig.h"))

    def test_other_defaults_by_environment(self):
        self.write("sdkconfig.defaults", "CONFIG_FREERTOS_HZ=500\n")
        self.write("sdkconfig.ci", "CONFIG_HEAP_USE_HOOKS=y\n")
        os.environ["SDKCONFIG_DEFAULTS"] = "sdkconfig.ci"
        try:
            self.assertEqual(self.generate(), (0, ""))
            self.assertIn("CONFIG_HEAP_USE_HOOKS 1", self.read("out/sdkconfig.h"))
            self.assertIn("CONFIG_FREERTOS_HZ 100", self.read("out/sdkconfig.h"))
            os.environ["SDKCONFIG_DEFAULTS"] = "sdkconfig.ci;sdkconfig.none"
            self.assertIn("sdkconfig.none", self.generate()[1])
        finally:
            del os.environ["SDKCONFIG_DEFAULTS"]

    def options_of_c(self):
        """The macros HL_... that the core sees with the header that was made."""
        done = subprocess.run(["cc", "-E", "-dM", "-x", "c", "-I", os.path.join(TREE, "include"), "-I",
                               os.path.join(self.folder.name, "out"),
                               '-DHL_CONFIG_FILE="heapledger/kconfig.h"', "-include", "heapledger/config.h",
                               os.devnull], capture_output=True, encoding="utf-8", check=True)
        macros = dict(re.findall(r"^#define (\w+) (.+)$", done.stdout, re.MULTILINE))
        return {name: macros.get(value, value) for name, value in macros.items() if name.startswith("HL_")}

    def test_firmware_and_the_computer_have_the_same_options(self):
        self.write("sdkconfig.defaults", "CONFIG_HEAP_TASK_TRACKING=y\nCONFIG_HEAPLEDGER_LIMITS=y\n"
                                         "CONFIG_HEAPLEDGER_MAX_HEAPS=7\n")
        self.generate("esp32c3", "--firmware")
        firmware = self.options_of_c()
        self.generate("esp32c3")
        computer = self.options_of_c()
        self.assertEqual((firmware["HL_TASK_TRACKING"], firmware["HL_LIMITS"], firmware["HL_MAX_HEAPS"]),
                         ("1", "1", "7"))
        different = {name for name in firmware if firmware[name] != computer.get(name)}
        self.assertEqual(different, {"HL_MAX_TASKS", "HL_CHARGE_CREATOR", "HL_FREERTOS_CAPS"})
        self.assertEqual((firmware["HL_MAX_TASKS"], computer["HL_MAX_TASKS"]), ("16", "251"))

    def test_a_refused_value_is_told(self):
        self.write("sdkconfig.defaults", "CONFIG_FREERTOS_HZ=often\n")
        code, errors = self.generate()
        self.assertEqual(code, 0)
        self.assertIn("sdkconfig.defaults: ", errors)
        self.assertIn("FREERTOS_HZ", errors)

    def test_the_same_configuration_keeps_its_files(self):
        self.generate()
        file = os.path.join(self.folder.name, "out", "sdkconfig.h")
        os.utime(file, (1, 1))
        self.generate()
        self.assertEqual(os.stat(file).st_mtime, 1)

    def test_a_project_has_options_of_its_own(self):
        self.write("main/Kconfig.projbuild", 'menu "Mine"\nconfig MINE\n  int "Mine"\n  default 3\nendmenu\n')
        self.assertEqual(self.generate(), (0, ""))
        self.assertIn("#define CONFIG_MINE 3\n", self.read("out/sdkconfig.h"))

    def test_a_damaged_kconfig_is_named(self):
        self.write("main/Kconfig", "config\n")
        code, errors = self.generate()
        self.assertEqual(code, 4)
        self.assertIn("main/Kconfig:1", errors)

    def test_a_missing_file_is_named(self):
        code, errors = self.generate("esp32", "--defaults", "/no/such/file")
        self.assertEqual(code, 3)
        self.assertIn("/no/such/file", errors)

    def test_menus_need_a_terminal(self):
        done = subprocess.run([sys.executable, "-B", TOOL, "menu", "--target", "esp32", "--project",
                               self.project], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"terminal", done.stderr)

    def press(self, keys):
        """Runs the menus on a terminal and presses keys, each once the screen is quiet."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update({"TERM": "xterm", "LINES": "40", "COLUMNS": "120"})
            os.execv(sys.executable, [sys.executable, "-B", TOOL, "menu", "--target", "esp32", "--project",
                                      self.project])
        for key in [b"", *keys]:
            os.write(terminal, key)
            end = time.time() + (5 if key == b"" else 0.3)
            while time.time() < end:
                if select.select([terminal], [], [], 0.3)[0]:
                    try:
                        os.read(terminal, 65536)
                    except OSError:
                        break
                elif key == b"":
                    break
        return os.waitpid(pid, 0)[1]

    def test_menus_save_and_keep_what_they_do_not_know(self):
        self.write("sdkconfig.defaults", "CONFIG_HEAP_TASK_TRACKING=y\n")
        self.write("sdkconfig", "CONFIG_ESP_WIFI_ENABLED=y\nCONFIG_HEAP_USE_HOOKS=y\n")
        self.assertEqual(self.press([b"s", b"\n", b"\n", b"q"]), 0)
        saved = self.read("project/sdkconfig")
        for line in ("CONFIG_ESP_WIFI_ENABLED=y", "CONFIG_HEAP_USE_HOOKS=y", "CONFIG_HEAP_TASK_TRACKING=y"):
            self.assertTrue(re.search(f"^{line}$", saved, re.MULTILINE), line)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-q"])
