# SPDX-License-Identifier: MIT
"""Compiles and runs the programs of bench/: targets, allocators, and how each is built."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, "bench")
OUT = os.path.join(ROOT, "build", "bench")
SMALL_POOL, LARGE_POOL = 0x40000, 0x800000

TARGETS = {
    "rv32imac": {
        "gcc": "riscv64-unknown-elf-gcc",
        "flags": "--specs=picolibc.specs -march=rv32imac -misa-spec=2.2 -mabi=ilp32 "
                 "-mcmodel=medany",
        "link": "--crt0=hosted -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000,"
                "--defsym=__ram=0x80200000,--defsym=__ram_size=0x4000000,"
                "--defsym=__stack_size=8192",
        "qemu": "qemu-system-riscv32 -M virt -m 128 -bios none -nographic "
                "-icount shift=0,sleep=off",
        "machine": "board/rv32_virt/machine.c",
        "parameter": 0x87000000,
    },
    "cortex-m3": {
        "gcc": "arm-none-eabi-gcc",
        "flags": "--specs=picolibc.specs -mcpu=cortex-m3 -mthumb",
        "link": "--crt0=hosted -Wl,--defsym=__flash=0,--defsym=__flash_size=0x400000,"
                "--defsym=__ram=0x21000000,--defsym=__ram_size=0x1000000,"
                "--defsym=__stack_size=8192",
        "qemu": "qemu-system-arm -M mps2-an385 -nographic "
                "-semihosting-config enable=on,target=native -icount shift=6,sleep=off",
        "machine": "board/mps2_an385/machine.c",
        "parameter": 0x203ffff0,
    },
    "host-m32": {"gcc": "gcc", "flags": "-m32", "link": ""},
}

EVERYTHING = ("-DHL_COUNT_EVENTS=1", "-DHL_COUNT_FAILURES=1", "-DHL_LIMITS=1")

# name: (header, where the sources are, sources, definitions)
ALLOCATORS = {
    "heapledger": ("heapledger.h", "core", None, ()),
    "heapledger, no tracking": ("heapledger.h", "core", None, ("-DHL_TASK_TRACKING=0",)),
    "heapledger, link checks": ("heapledger.h", "core", None, ("-DHL_CHECK_LINKS=1",)),
    "heapledger, all options": ("heapledger.h", "core", None, EVERYTHING),
    "heap_2": ("heap_4.h", "kernel", ("portable/MemMang/heap_2.c",), ()),
    "heap_4": ("heap_4.h", "kernel", ("portable/MemMang/heap_4.c",), ()),
    "heap_5": ("heap_5.h", "kernel", ("portable/MemMang/heap_5.c",), ()),
    "picolibc": ("picolibc.h", None, (), ()),
    "o1heap": ("o1.h", "o1heap", ("o1heap.c",), ("-DNDEBUG",)),
    "umm_malloc": ("umm.h", "umm-malloc-sys", ("umm_malloc.c",), ()),
    "nothing": ("nothing.h", None, (), ()),
}

OURS = tuple(name for name in ALLOCATORS if name.startswith("heapledger"))
PEERS = ("heap_2", "heap_4", "heap_5", "picolibc", "o1heap", "umm_malloc")
CRATES = ("freertos-next", "o1heap", "umm-malloc-sys")


def stop(message):
    """Ends the program with a message."""
    sys.exit(f"bench: {message}")


def command(words, timeout=300):
    """Runs a command; its output, or the end."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, check=False)
    except FileNotFoundError:
        stop(f"{words[0]} was not found: scripts/setup.sh firmware installs it")
    except subprocess.TimeoutExpired:
        stop(f"no end after {timeout} s: {' '.join(words)}")
    if done.returncode != 0:
        stop(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


class Sources:
    """Folders of the peers' sources, which cargo fetches."""

    def __init__(self):
        self.folders = {"core": os.path.join(ROOT, "src")}
        self.versions = {}

    def _fetch(self, manifest):
        text = command(["cargo", "metadata", "--format-version", "1", "--locked",
                        "--manifest-path", os.path.join(ROOT, manifest)])
        for package in json.loads(text)["packages"]:
            self.folders[package["name"]] = os.path.dirname(package["manifest_path"])
            self.versions[package["name"]] = package["version"]

    def folder(self, name):
        """The folder that holds an allocator's .c files."""
        if name == "kernel" and name not in self.folders:
            self._fetch("cmake/kernel/Cargo.toml")
            self.folders[name] = os.path.join(self.folders["freertos-next"], "FreeRTOS-Kernel")
        elif name in ("o1heap", "umm-malloc-sys") and name not in self.folders:
            self._fetch("bench/peers/Cargo.toml")
            self.folders["o1heap"] += "/o1heap/o1heap"
            self.folders["umm-malloc-sys"] += "/umm_malloc/src"
        return self.folders[name]


SOURCES = Sources()


def core_sources():
    """As src/CMakeLists.txt lists them."""
    with open(os.path.join(ROOT, "src", "CMakeLists.txt"), encoding="utf-8") as file:
        found = re.search(r"set\(HL_CORE_SOURCES\n(.*?)\)", file.read(), re.S)
    return found.group(1).split()


def slug(*words):
    """A file name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", "-".join(str(w) for w in words)).strip("-")


def compile_all(folder, gcc, flags, files):
    """Object files of C files."""
    os.makedirs(folder, exist_ok=True)
    objects = []
    for file in files:
        target = os.path.join(folder, slug(os.path.basename(file)) + ".o")
        command([gcc, *flags, "-c", file, "-o", target])
        objects.append(target)
    return objects


def base_flags(target):
    """What every file of a target is compiled with."""
    return [*TARGETS[target]["flags"].split(), "-std=gnu11", "-ffunction-sections",
            "-fdata-sections"]


@functools.cache
def allocator_objects(target, name, opt, pool, more=()):
    """Compiles an allocator, once: (folder, its objects, flags for who uses it)."""
    header, where, sources, definitions = ALLOCATORS[name]
    folder = os.path.join(OUT, slug(target, name, opt, pool, *more))
    flags = [*base_flags(target), *definitions, *more, f"-DBENCH_POOL_BYTES={pool}",
             f'-DBENCH_ALLOCATOR="allocators/{header}"', f"-I{BENCH}", f"-I{BENCH}/kernel",
             f"-I{ROOT}/include", f"-I{ROOT}/port/none", f"-I{ROOT}/board/firmware"]
    if sources is None:
        sources = core_sources()
    files = []
    if where is not None:
        files = [os.path.join(SOURCES.folder(where), source) for source in sources]
        flags.append(f"-I{SOURCES.folder(where)}")
    shutil.rmtree(folder, ignore_errors=True)
    objects = compile_all(folder, TARGETS[target]["gcc"], [*flags, opt, "-w"], files)
    return folder, objects, flags


def link(target, folder, objects, flags, main, start=True):
    """A program of a main file, compiled at -O2, and objects."""
    machine = TARGETS[target]
    files = [os.path.join(BENCH, main)]
    if start and "machine" in machine:
        files += [os.path.join(ROOT, machine["machine"]), f"{ROOT}/board/firmware/stdio.c",
                  f"{ROOT}/board/firmware/fail.c"]
    flags = [*flags, "-O2", "-Wall", "-Wextra", f"-DBENCH_PARAMETER={machine.get('parameter', 0)}"]
    program = os.path.join(folder, main[:-2] + ".elf")
    objects = objects + compile_all(folder, machine["gcc"], flags, files)
    command([machine["gcc"], *flags, *objects, *machine["link"].split(), "-Wl,--gc-sections",
             "-o", program])
    return program


def core_program(target, opt, main, port, definitions=()):
    """A program of a main file and the core, with the hl_port.h of a folder."""
    folder = os.path.join(OUT, slug(target, main, opt, *definitions))
    flags = [*base_flags(target), *definitions, f"-I{BENCH}", f"-I{os.path.join(ROOT, port)}",
             f"-I{ROOT}/include", f"-I{ROOT}/board/firmware"]
    shutil.rmtree(folder, ignore_errors=True)
    objects = compile_all(folder, TARGETS[target]["gcc"], [*flags, opt, "-w"],
                          [os.path.join(ROOT, "src", source) for source in core_sources()])
    return link(target, folder, objects, flags, main)


def public_functions():
    """{header: names of the functions that it declares}."""
    functions = {}
    for name in ("heapledger", "ledger", "facts", "snapshot", "writers"):
        with open(os.path.join(ROOT, "include", "heapledger", name + ".h"),
                  encoding="utf-8") as file:
            functions[name] = re.findall(r"^[a-z][a-z0-9_ ]*?[ *](hl_\w+)\(", file.read(), re.M)
    return functions


def run(target, program, parameter=0, timeout=300):
    """Runs a program on its machine; the lines "name number" that it prints."""
    machine = TARGETS[target]
    words = [program, str(parameter)]
    if "qemu" in machine:
        words = [*machine["qemu"].split(), "-device",
                 f"loader,addr={machine['parameter']:#x},data={parameter},data-len=4",
                 "-kernel", program]
    figures = {}
    for line in command(words, timeout).splitlines():
        key, _, value = line.strip().rpartition(" ")
        if re.fullmatch(r"-?\d+", value):
            figures[key] = int(value)
    return figures


def linked_bytes(target, program):
    """text + rodata (and what else is in flash) of a linked program."""
    size = TARGETS[target]["gcc"].replace("gcc", "size")
    total = 0
    for line in command([size, "-A", program]).splitlines():
        words = line.split()
        if len(words) == 3 and re.match(r"\.(init|text|rodata|srodata)\b", words[0]):
            total += int(words[1])
    return total


def object_bytes(target, objects):
    """text + rodata of object files as they are."""
    size = TARGETS[target]["gcc"].replace("gcc", "size")
    return sum(int(line.split()[0]) for line in command([size, *objects]).splitlines()[1:])
