#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ESP-IDF projects by sim.py, as `make sim` runs them: projects_test.py TREE BUILD KERNEL

BUILD is a folder that all tests build in, one after the other, so that the kernel is compiled once.
"""

import os
import subprocess
import sys
import tempfile
import unittest

TREE, BUILD, KERNEL = sys.argv[1:4]
SIM = os.path.join(TREE, "compat", "esp_idf", "sim.py")

REGISTER = 'idf_component_register(SRCS "main.c" INCLUDE_DIRS "." REQUIRES freertos heap)\n'
HELLO = ('#include <stdio.h>\n#include "freertos/FreeRTOS.h"\n'
         'void app_main(void)\n{\n    printf("hello\\n");\n}\n')


class Projects(unittest.TestCase):
    """Small projects, right and wrong ones."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.folder.cleanup()

    def project(self, files=None):
        """A project with these files besides main/CMakeLists.txt."""
        contents = {"main/CMakeLists.txt": REGISTER, **(files or {})}
        for name, text in contents.items():
            path = os.path.join(self.folder.name, "it", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(self.folder.name, "it")

    def sim(self, project, *options, chip="esp32s3", program=("--seed", "1"), build=BUILD):
        """(exit code, standard output, standard error)"""
        done = subprocess.run([sys.executable, "-B", SIM, "--project", project, "--chip", chip,
                               "--build", build, *options, "--", *program],
                              capture_output=True, encoding="utf-8", check=False, timeout=150,
                              env={**os.environ, "CMAKE_FLAGS": f"-DFREERTOS_KERNEL_PATH={KERNEL}"})
        return done.returncode, done.stdout, done.stderr

    def test_a_project_runs_and_only_its_output_is_printed(self):
        code, output, errors = self.sim(self.project(files={"main/main.c": HELLO}))
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("\nhello\n", output)
        self.assertTrue(all(line.startswith("I (") or line == "hello"
                            for line in output.splitlines()))

    def test_options_reach_the_program_and_its_exit_code_is_ours(self):
        code, output, errors = self.sim(self.project(files={"main/main.c": HELLO}),
                                        program=["--what"])
        self.assertEqual((code, output), (2, ""))
        self.assertIn("--what", errors)

    def test_missing_headers_are_named_with_file_and_line(self):
        two = self.project(files={
            "main/CMakeLists.txt": 'idf_component_register(SRCS "main.c" "other.c")\n',
            "main/main.c": '#include <stdio.h>\n\n#include "driver/gpio.h"\n' + HELLO,
            "main/other.c": '#include <stdio.h>\n#include "nvs_flash.h"\n'})
        code, output, errors = self.sim(two)
        self.assertEqual((code, output), (4, ""))
        self.assertEqual(len(errors.splitlines()), 2)
        self.assertRegex(errors, r"sim: .*main/main.c:3: includes 'driver/gpio.h', a header that")
        self.assertRegex(errors, r"sim: .*main/other.c:2: includes 'nvs_flash.h', a header that")

    def test_missing_functions_are_named(self):
        code, _, errors = self.sim(self.project(files={"main/main.c":
            "int gpio_set_level(int pin, int level);\n"
            "void app_main(void)\n{\n    gpio_set_level(1, 2);\n}\n"}))
        self.assertEqual(code, 4)
        self.assertRegex(errors, r"^sim: .*main.c:4: calls 'gpio_set_level', a function that")

    def test_a_project_without_app_main(self):
        code, _, errors = self.sim(self.project(files={"main/main.c": "int nothing;\n"}))
        self.assertEqual((code, errors), (4, "sim: no source of the project defines app_main()\n"))

    def test_what_the_compiler_says_is_passed_on(self):
        code, _, errors = self.sim(self.project(files={
            "main/main.c": "int app_main(void) { retrun 1; }\n"}))
        self.assertEqual(code, 4)
        self.assertIn("retrun", errors)
        self.assertIn("could not be built", errors)

    def test_no_project_and_no_chip(self):
        code, _, errors = self.sim("/no/such/folder")
        self.assertEqual((code, errors), (3, "sim: there is no folder '/no/such/folder'\n"))
        code, _, errors = self.sim(self.folder.name)
        self.assertEqual(code, 3)
        self.assertIn("main/CMakeLists.txt", errors)
        code, _, errors = self.sim(self.project(files={"main/main.c": HELLO}), chip="esp99")
        self.assertEqual(code, 2)
        self.assertIn("esp32c61", errors)

    def test_a_source_that_is_not_there(self):
        code, _, errors = self.sim(self.project())
        self.assertEqual(code, 4)
        self.assertRegex(errors, r"^sim: .*main/CMakeLists.txt:1: .* names a source that is not "
                                 r"there: main.c\n")

    def test_configuration_reaches_sources_and_cmake(self):
        code, output, errors = self.sim(self.project(files={
            "sdkconfig.defaults": 'CONFIG_IDF_TARGET="esp32c3"\nCONFIG_FREERTOS_HZ=250\n',
            "main/Kconfig.projbuild": 'config ANSWER\n    int "Answer"\n    default 42\n',
            "main/CMakeLists.txt": REGISTER + "target_compile_definitions(${COMPONENT_LIB} PRIVATE\n"
                                              '  "FROM_CMAKE=\\"${CONFIG_ANSWER} ${IDF_TARGET}\\"")\n',
            "main/main.c": '#include <stdio.h>\n#include "sdkconfig.h"\nvoid app_main(void)\n{\n'
                           '    printf("%d %d %s\\n", CONFIG_FREERTOS_HZ, CONFIG_ANSWER, FROM_CMAKE);\n}\n'}),
            chip="", build=BUILD + "-esp32c3")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("\n250 42 42 esp32c3\n", output)

    def test_components_of_the_project(self):
        code, output, errors = self.sim(self.project(files={
            "components/first/CMakeLists.txt":
                'idf_component_register(SRC_DIRS "." INCLUDE_DIRS "include" REQUIRES second)\n',
            "components/first/include/first.h": "int first(void);\n",
            "components/first/first.c": '#include "second.h"\n#include "first.h"\n'
                                        "int first(void)\n{\n    return SECOND;\n}\n",
            "components/second/CMakeLists.txt": 'idf_component_register(INCLUDE_DIRS ".")\n',
            "components/second/second.h": "#define SECOND 2\n",
            "main/main.c": '#include <stdio.h>\n#include "first.h"\nvoid app_main(void)\n{\n'
                           '    printf("%d\\n", first());\n}\n'}))
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("\n2\n", output)

    def test_cplusplus_takes_from_the_heaps(self):
        code, output, errors = self.sim(self.project(files={
            "main/CMakeLists.txt": 'idf_component_register(SRCS "main.cpp")\n',
            "main/main.cpp": '#include <cstdio>\n#include <string>\n#include <vector>\n'
                             '#include "esp_heap_caps.h"\n#include "esp_log.h"\n'
                             '#include "esp_memory_utils.h"\n'
                             '#include "freertos/FreeRTOS.h"\n#include "freertos/task.h"\n'
                             'static std::string early("made before main, and longer than is kept "\n'
                             '                         "inside");\n'
                             'extern "C" void app_main(void)\n{\n'
                             '    std::size_t before = heap_caps_get_free_size(MALLOC_CAP_8BIT);\n'
                             '    {\n        std::vector<int> numbers(1000);\n'
                             '        std::string text = early + early;\n        early = text;\n'
                             '        std::printf("%d %d\\n", esp_ptr_internal(numbers.data()),\n'
                             '                    before - heap_caps_get_free_size(MALLOC_CAP_8BIT) >= 4000);\n'
                             '    }\n    ESP_LOGI("cpp", "%s", early.substr(0, 4).c_str());\n}\n'}))
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("\n1 1\n", output)
        self.assertIn("cpp: made\n", output)

    def test_each_header_stands_alone_in_c_and_cplusplus(self):
        include = os.path.join(TREE, "compat", "esp_idf", "include")
        headers = sorted(os.path.relpath(os.path.join(folder, name), include)
                         for folder, _, names in os.walk(include) for name in names)
        self.assertGreater(len(headers), 30)
        sources = {f"main/h{i}.c": f'#include "{header}"\n' for i, header in enumerate(headers)}
        code, _, errors = self.sim(self.project(files={
            "main/CMakeLists.txt": 'idf_component_register(SRC_DIRS ".")\n'
                                   "target_compile_options(${COMPONENT_LIB} PRIVATE -Wall -Werror)\n",
            "main/main.cpp": "".join(f'#include "{header}"\n' for header in headers) +
                             'extern "C" void app_main(void)\n{\n}\n', **sources}))
        self.assertEqual((code, errors), (0, ""))

    def test_what_comes_with_freertos(self):
        code, _, errors = self.sim(self.project(files={
            "main/CMakeLists.txt": REGISTER +
                                   "target_compile_options(${COMPONENT_LIB} PRIVATE -Wall -Werror)\n",
            "main/main.c": '#include "freertos/FreeRTOS.h"\n'
                           'void app_main(void)\n{\n    char text[8];\n    esp_err_t error = ESP_OK;\n'
                           '    bool same = strcmp("a", "a") == 0;\n    assert(same);\n'
                           '    memset(text, 0, sizeof(text));\n    if (error != ESP_OK) {\n'
                           '        abort();\n    }\n'
                           '    printf("%" PRIu32 " %d %d\\n", (uint32_t)1, CONFIG_FREERTOS_HZ, text[0]);\n'
                           '    free(malloc(1));\n}\n'}))
        self.assertEqual((code, errors), (0, ""))

    def test_test_cases_are_found(self):
        code, output, errors = self.sim(self.project(files={
            "main/CMakeLists.txt":
                'idf_component_register(SRCS "main.c" "case.c" REQUIRES unity WHOLE_ARCHIVE)\n',
            "main/main.c": '#include "unity.h"\nvoid app_main(void)\n{\n    unity_run_menu();\n}\n',
            "main/case.c": '#include "unity.h"\nTEST_CASE("one", "[tag]")\n{\n    TEST_ASSERT(1);\n}\n'}))
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("1 Tests 0 Failures 0 Ignored", output)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-q"])
