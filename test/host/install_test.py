# SPDX-License-Identifier: MIT
"""What is installed and packaged: it runs, and help, man pages and completions name the same options.

install_test.py BINARY BUILD: BUILD is the build folder."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import host
from show_test import HERE, REFERENCE

COMMANDS = ("show", "check", "diff", "export", "record", "report")
HOST = os.path.join(HERE, "..", "..", "host")
BUILD = ""


def read(*path):
    """A file of host/."""
    with open(os.path.join(HOST, *path), encoding="utf-8") as file:
        return file.read()


def options_of(command):
    """The long options that its help names."""
    text = host.run(command, "--help").stdout.decode().split("examples:")[0]
    return set(re.findall(r"(?<![\w-])--[a-z][\w-]+", text)) | {"--help", "--version"}


class Words(unittest.TestCase):
    """Every option is in every place that lists options, and is taken."""

    def test_man_pages_list_every_option(self):
        for command in COMMANDS:
            page = read("man", f"heapledger-{command}.1.scd")
            listed = set(re.findall(r"^(?:\*-\w\*, )?\*(--[\w-]+)\*", page, re.M))
            self.assertEqual(listed, options_of(command), command)

    def test_completions_list_every_option(self):
        bash, zsh, fish = (read("completion", name) for name in
                           ("heapledger.bash", "_heapledger", "heapledger.fish"))
        for command in COMMANDS:
            wanted = options_of(command)
            part = re.search(rf"^        {command}\).*?;;$", bash, re.M | re.S).group(0)
            self.assertEqual(set(re.findall(r"--[\w-]+", part)), wanted, command)
            part = re.search(rf"^        {command}\).*?;;$", zsh, re.M | re.S).group(0)
            self.assertEqual(set(re.findall(r"(?<=['{,])--[\w-]+(?=[\[}])", part)), wanted, command)
            part = re.findall(rf"from {command}' -l ([\w-]+)", fish)
            self.assertEqual({"--" + word for word in part}, wanted, command)

    def test_every_option_is_known_to_the_program(self):
        for command in COMMANDS:
            for option in options_of(command) - {"--help", "--version"}:
                done = host.run(command, option)
                self.assertNotIn(b"there is no option", done.stderr, (command, option))

    def test_bash_completes(self):
        script = ('source "$1"; COMP_WORDS=(heapledger show --so); COMP_CWORD=2; _heapledger; '
                  'echo "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "-", os.path.join(HOST, "completion",
                                                                      "heapledger.bash")],
                              capture_output=True, check=True, timeout=20)
        self.assertEqual(done.stdout, b"--sort\n")


class Installed(unittest.TestCase):
    """cmake --install, and the Debian package."""

    def check_tree(self, root):
        binary = os.path.join(root, "bin", "heapledger")
        done = subprocess.run([binary, "show", REFERENCE], capture_output=True, check=True, timeout=20)
        self.assertIn(b"13616 bytes in 4 blocks", done.stdout)
        for path in ("share/bash-completion/completions/heapledger", "share/heapledger/schema.json",
                     "share/zsh/vendor-completions/_heapledger",
                     "share/fish/vendor_completions.d/heapledger.fish"):
            self.assertTrue(os.path.exists(os.path.join(root, path)), path)
        if shutil.which("scdoc"):
            self.assertEqual(len(glob.glob(os.path.join(root, "share/man/man1/*.1"))), 7)

    def test_cmake_installs_it(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", folder, "--component", "command"],
                           check=True, capture_output=True, timeout=60)
            self.check_tree(folder)

    @unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "no Debian")
    def test_the_package_has_it_and_names_what_it_needs(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B",
                            folder], check=True, capture_output=True, timeout=60)
            package, = glob.glob(os.path.join(folder, "*.deb"))
            fields = subprocess.run(["dpkg-deb", "--field", package], check=True, timeout=20,
                                    capture_output=True).stdout.decode()
            self.assertIn("Package: heapledger\n", fields)
            self.assertRegex(fields, r"Depends: .*libc6 .*libjansson4")
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True, timeout=20)
            self.check_tree(os.path.join(folder, "usr"))


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
