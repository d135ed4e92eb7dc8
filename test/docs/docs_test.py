#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the documents say what is so: docs_test.py SUBJECT TREE BUILD CC [KERNEL]

A comment before a code block or table, <!-- check: KIND ARGUMENTS -->, says what is checked about it:

    output COMMAND      the lines of the command's standard output; [...] stands for any lines
    messages COMMAND    the same of its standard error
    program PORT        a whole program, built with the core for that port and run
    prints              what the program before it prints
    part freertos       a part of a program, compiled
    port                an hl_port.h, for which the core is compiled
    lock-macros         macros for a kernel port that heapledger does not know
    project FILE        lines that a user adds to FILE of a project
    config-line         the line that a user adds to FreeRTOSConfig.h
    options, bytes, faults, folders, sources, board     a table
"""

import filecmp
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

FOLDERS_OF_DOCUMENTS = ("", "docs")
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Werror"]


class Failure(Exception):
    """A document says what is not so."""


class Block:
    """What follows a check comment: a code block, or a table."""

    def __init__(self, document, kind, arguments, lines):
        self.document, self.kind, self.arguments, self.lines = document, kind, arguments, lines

    def text(self):
        """The block as a file."""
        return "\n".join(self.lines) + "\n"

    def rows(self):
        """The cells of a table, without its head."""
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in self.lines[2:]]


class Docs:
    """The documents of a tree, and what the checks need."""

    def __init__(self, tree, build, cc, kernel):
        self.tree, self.build, self.cc, self.kernel = tree, build, cc, kernel
        self.texts = {}
        for folder in FOLDERS_OF_DOCUMENTS:
            for name in sorted(os.listdir(self.path(folder))):
                if name.endswith(".md"):
                    self.texts[os.path.join(folder, name)] = self.read(os.path.join(folder, name))
        self.all_blocks = [block for name in self.texts for block in self._blocks(name)]

    def _blocks(self, name):
        lines = self.texts[name].splitlines()
        for i, line in enumerate(lines):
            match = re.fullmatch(r"<!-- check: (\S+) ?(.*) -->", line)
            if not match:
                continue
            first, end = i + 1, i + 2
            if lines[first].startswith("```"):
                first += 1
                while lines[end] != "```":
                    end += 1
            elif lines[first].startswith("|"):
                while end < len(lines) and lines[end].startswith("|"):
                    end += 1
            else:
                raise Failure(f"{name}:{i + 1}: neither a code block nor a table follows")
            yield Block(name, match[1], match[2].strip(), lines[first:end])

    def blocks(self, *kinds):
        """The blocks of these kinds; it is a mistake if there are none."""
        found = [block for block in self.all_blocks if block.kind in kinds]
        if not found:
            raise Failure(f"no document has a block of kind {' or '.join(kinds)}")
        return found

    def read(self, name):
        """A file of the tree."""
        with open(os.path.join(self.tree, name), encoding="utf-8") as file:
            return file.read()

    def path(self, name):
        """Full path of a file of the tree."""
        return os.path.join(self.tree, name)


def run(command, **options):
    """Runs a command, which must succeed; returns what it printed."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False,
                            stdin=subprocess.DEVNULL, **options)
    if result.returncode != 0:
        raise Failure(f"{shlex.join(command)}: exit code {result.returncode}\n{result.stdout}"
                      f"{result.stderr}")
    return result


def write(folder, name, text):
    """Writes a file; returns its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def same(what, documented, real):
    """Compares two lists of words as sets."""
    missing, extra = set(real) - set(documented), set(documented) - set(real)
    if missing or extra:
        raise Failure(f"{what}: not documented: {sorted(missing)}; documented but not there: "
                      f"{sorted(extra)}")


def anchors(text):
    """The anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def check_links(docs, _):
    """Every relative link leads to a file, and to a heading that is there."""
    for name, text in docs.texts.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if not os.path.exists(docs.path(target)):
                raise Failure(f"{name}: {link}: no such file")
            if anchor and anchor not in anchors(docs.read(target)):
                raise Failure(f"{name}: {link}: no such heading")


def check_names(docs, _):
    """Files, folders, make targets, presets and public names that the documents name exist."""
    made_elsewhere = ("build/", "my_", "third_party/", "out/")
    kernels = ("heap_4.c", "heap_5.c", "tasks.c", "CMakeLists.txt", "FreeRTOSConfig.h", "hl_port.h")
    files = {name for _, _, names in os.walk(docs.tree) for name in names}
    targets = set(re.findall(r"^([a-z]+):", docs.read("Makefile"), re.M))
    code = "".join(docs.read(os.path.relpath(os.path.join(folder, name), docs.tree))
                   for room in ("include", "src", "port", "board", "cmake", "examples")
                   for folder, _, names in os.walk(docs.path(room)) for name in names)
    code += docs.read("CMakeLists.txt") + docs.read("src/CMakeLists.txt")
    for document, text in docs.texts.items():
        for name in re.findall(r"`([\w./-]+/|[\w./-]+\.(?:c|h|md|py|sh|cmake|json))`", text):
            there = os.path.exists(docs.path(name)) or \
                ("/" not in name and (name in files or name in kernels))
            if not there and not name.startswith(made_elsewhere):
                raise Failure(f"{document}: {name} is not there")
        for target in re.findall(r"(?:^    |`)make ([a-z]+)", text, re.M):
            if target not in targets:
                raise Failure(f"{document}: the Makefile has no target {target}")
        prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        for word in re.findall(r"\b(?:hl|HL|board)_\w+", prose):
            if not re.search(r"\b" + word + r"\b", code):
                raise Failure(f"{document}: {word} is no name of ours")


def check_options(docs, _):
    """README's table of options has the names and defaults of config.h, and Kconfig's names are real."""
    config = docs.read("include/heapledger/config.h")
    real = dict(re.findall(r"#ifndef (HL_\w+)\n#define \1(?: (\S+))?\n", config))
    documented = {}
    for row in docs.blocks("options")[0].rows():
        for name in re.findall(r"`(\w+)`", row[0]):
            documented[name] = row[1]
    same("options of config.h", documented, real)
    for name, default in real.items():
        if documented[name] != default:
            raise Failure(f"{name}: the default is {default}, the table says {documented[name]}")
    kconfig = docs.read("Kconfig")
    for prompt, name in re.findall(r"^\| ([^|]+) \| `HL_\w+` \| `(HEAP_\w+)` \|",
                                   docs.texts["README.md"], re.M):
        if not re.search(rf'config {name}\n\s+bool "{prompt}"', kconfig):
            raise Failure(f"Kconfig has no option {name} with the prompt '{prompt}'")


def check_tables(docs, _):
    """The tables of fault reasons, folders, sources and board functions are complete."""
    header = docs.read("include/heapledger/heapledger.h")
    same("fault reasons", re.findall(r"`(HL_FAULT_\w+)`", docs.blocks("faults")[0].text()),
         re.findall(r"^    (HL_FAULT_\w+)", header, re.M))
    same("sources of src/", re.findall(r"`(\w+\.c)`", docs.blocks("sources")[0].text()),
         [name for name in os.listdir(docs.path("src")) if name.endswith(".c")])
    same("functions of board.h", re.findall(r"`(board_\w+)`", docs.blocks("board")[0].text()),
         re.findall(r"^[\w(][\w ()]*?\*? ?(board_\w+)\(", docs.read("board/board.h"), re.M))
    for folder in re.findall(r"`(\w+/[\w/]*)`", docs.blocks("folders")[0].text()):
        if not os.path.isdir(docs.path(folder)):
            raise Failure(f"{folder} is no folder")


def check_bytes(docs, scratch):
    """The table of HL_BYTES is what the header computes, for 32 and 64 bits."""
    for bits in (32, 64):
        lines = ['#include "heapledger/heapledger.h"']
        for tasks, heaps, *sizes in docs.blocks("bytes")[0].rows():
            size = sizes[0] if bits == 32 else sizes[1]
            lines.append(f'_Static_assert(HL_BYTES({tasks}, {heaps}) == {size}, "{bits} bits");')
        path = write(scratch, "bytes.c", "\n".join(lines) + "\n")
        run([docs.cc, f"-m{bits}", "-std=c11", "-ffreestanding", "-fsyntax-only",
             "-I" + docs.path("include"), path])


def check_pictures(docs, scratch):
    """The pictures are those that docs/pictures.py draws; those of figures come from make bench."""
    run([sys.executable, "-B", docs.path("docs/pictures.py"), scratch])
    drawn = sorted(os.listdir(scratch))
    there = [name for name in os.listdir(docs.path("docs"))
             if name.endswith(".svg") and not name.startswith("performance-")]
    same("pictures", there, drawn)
    for name in drawn:
        if not filecmp.cmp(os.path.join(scratch, name), docs.path("docs/" + name), shallow=False):
            raise Failure(f"docs/{name} is out of date: run docs/pictures.py")


def compare(block, printed):
    """Compares the lines of a block with what was printed; [...] stands for any lines."""
    parts, wanted = [[]], block.lines
    for line in wanted:
        if line == "[...]":
            parts.append([])
        else:
            parts[-1].append(line)
    pattern = r"(?:.*\n)*".join("".join(re.escape(line) + r"\n" for line in part)
                                for part in parts)
    if not re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed.splitlines())):
        raise Failure(f"{block.document}: '{block.kind} {block.arguments}' is not what is printed, "
                      f"which is:\n{printed}")


def check_output(docs, _):
    """What the documents quote is what the programs print."""
    for block in docs.blocks("output", "messages"):
        command = shlex.split(block.arguments)
        command[0] = os.path.join(docs.build, os.path.relpath(command[0], "build"))
        result = run(command, cwd=docs.tree)
        compare(block, result.stdout if block.kind == "output" else result.stderr)


def sources(docs, *folders):
    """The C files of some folders."""
    return [os.path.join(docs.path(folder), name) for folder in folders
            for name in sorted(os.listdir(docs.path(folder))) if name.endswith(".c")]


def check_code(docs, scratch):
    """Programs in the documents compile, run, and print what the document says."""
    include = ["-I" + docs.path("include")]
    printed = None
    for block in docs.blocks("program", "prints", "port"):
        if block.kind == "prints":
            compare(block, printed)
        elif block.kind == "port":
            write(scratch, "hl_port.h", block.text())
            run([docs.cc, *WARNINGS, *include, "-I" + scratch, "-fsyntax-only", *sources(docs, "src")])
        else:
            port = "port/" + block.arguments
            path = write(scratch, "program.c", block.text())
            program = os.path.join(scratch, "program")
            run([docs.cc, *WARNINGS, *include, "-I" + docs.path(port), path,
                 *sources(docs, "src", port), "-o", program, "-pthread"])
            printed = run([program]).stdout


def user_project(docs, scratch):
    """A project outside the tree that follows README.md."""
    project = os.path.join(scratch, "project")
    shutil.copytree(docs.path("test/docs/project"), project)
    os.mkdir(os.path.join(project, "third_party"))
    os.symlink(docs.kernel, os.path.join(project, "third_party", "FreeRTOS-Kernel"))
    os.symlink(docs.tree, os.path.join(project, "third_party", "heapledger"))
    with open(os.path.join(project, "FreeRTOSConfig.h"), encoding="utf-8") as file:
        config = file.read()
    line = docs.blocks("config-line")[0].text()
    write(project, "FreeRTOSConfig.h", config.replace("/* README.md's line */\n", line))
    write(project, "report.c", docs.blocks("part")[0].text())
    for block in docs.blocks("project"):
        name = {"CMakeLists.txt": "readme.cmake", "Makefile": "readme.mk"}[block.arguments]
        write(project, name, block.text())
    return project


def check_report(printed):
    """The project's report has its task, with 100 bytes."""
    if not re.search(r"^worker: ALIVE .*\n    RAM: .*\n(        0x.*\n)*        0x\w+: Size: 100$",
                     printed, re.M):
        raise Failure("the project's report has no 'worker' with 100 bytes:\n" + printed)


def check_cmake_project(docs, scratch):
    """README's lines for CMake make a project work."""
    project = user_project(docs, scratch)
    run(["cmake", "-S", project, "-B", project + "/out", "-DCMAKE_C_COMPILER=" + docs.cc])
    run(["cmake", "--build", project + "/out", "-j2"])
    check_report(run([project + "/out/firmware"]).stdout)


def check_cmake_package(docs, scratch):
    """The same with an installed heapledger, by what README.md says behind "or:"."""
    project, prefix = user_project(docs, scratch), os.path.join(scratch, "prefix")
    lines = os.path.join(project, "readme.cmake")
    with open(lines, encoding="utf-8") as file:
        text, count = re.subn(r"^add_subdirectory.*# or: ", "", file.read(), flags=re.M)
    if count != 1:
        raise Failure("README.md: CMake: no line says '# or: '")
    write(project, "readme.cmake", text)
    os.remove(os.path.join(project, "third_party", "heapledger"))
    run(["cmake", "--install", docs.build, "--prefix", prefix])
    run(["cmake", "-S", project, "-B", project + "/out", "-DCMAKE_C_COMPILER=" + docs.cc,
         "-DCMAKE_PREFIX_PATH=" + prefix])
    run(["cmake", "--build", project + "/out", "-j2"])
    check_report(run([project + "/out/firmware"]).stdout)


def check_make_project(docs, scratch):
    """README's lines for Make make a project work whose objects share one folder."""
    project = user_project(docs, scratch)
    run(["make", "-C", project, "-j2", "CC=" + docs.cc])
    check_report(run([project + "/out/firmware"]).stdout)
    try:
        run(["make", "-C", project, "-B", "-j2", "CC=" + docs.cc, "out/report.o",
             "CFLAGS_OF_REPORT=-DHL_COUNT_EVENTS=1"])
        run(["make", "-C", project, "CC=" + docs.cc])
    except Failure as failure:
        if not re.search(r"undefined reference to .hl_freertos_instance", str(failure)):
            raise
    else:
        raise Failure("a caller built with HL_COUNT_EVENTS=1 links with a library built without")


def check_bare_metal(docs, scratch):
    """For a chip without an operating system the tree asks for no threads."""
    write(scratch, "CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.22)\nproject(firmware LANGUAGES C)\n"
          f'add_subdirectory("{docs.tree}" heapledger)\n'
          "if(TARGET heapledger_posix)\n  message(FATAL_ERROR \"heapledger_posix\")\nendif()\n")
    run(["cmake", "-S", scratch, "-B", scratch + "/out", "-DCMAKE_SYSTEM_NAME=Generic",
         "-DCMAKE_C_COMPILER=" + docs.cc])


def check_lock_macros(docs, scratch):
    """The macros for an unknown kernel port are all that it needs."""
    project = user_project(docs, scratch)
    posix = os.path.join(docs.kernel, "portable/ThirdParty/GCC/Posix")
    config = write(scratch, "my_heapledger.h",
                   "unsigned long my_irq_save(void);\nvoid my_irq_restore(unsigned long state);\n"
                   "int my_irq_running(void);\n" + docs.blocks("lock-macros")[0].text())
    run([docs.cc, "-std=gnu11", "-fsyntax-only", "-Werror=implicit-function-declaration",
         f'-DHL_CONFIG_FILE="{config}"', "-I" + project, "-I" + posix,
         "-I" + docs.path("include"), "-I" + docs.path("port/freertos"),
         "-I" + os.path.join(docs.kernel, "include"), *sources(docs, "src", "port/freertos")])


CHECKS = {
    "links": check_links,
    "names": check_names,
    "options": check_options,
    "tables": check_tables,
    "bytes": check_bytes,
    "pictures": check_pictures,
    "code": check_code,
    "output": check_output,
    "cmake_project": check_cmake_project,
    "cmake_package": check_cmake_package,
    "make_project": check_make_project,
    "bare_metal": check_bare_metal,
    "lock_macros": check_lock_macros,
}


def main():
    """Runs one check."""
    subject, tree, build, cc, *kernel = sys.argv[1:]
    try:
        docs = Docs(os.path.realpath(tree), build, cc, kernel[0] if kernel else None)
        with tempfile.TemporaryDirectory() as scratch:
            CHECKS[subject](docs, scratch)
    except Failure as failure:
        sys.exit(f"docs: {failure}")


if __name__ == "__main__":
    main()
