# SPDX-License-Identifier: MIT
"""Where logs come from: serial devices (a pty), TCP, commands, stdin, files that grow; heapledger record."""
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty
import unittest

import formats
import host
from show_test import REFERENCE, lines

DATA = lines(formats.wire(formats.Snapshot(1)))
NAME = formats.Snapshot(1).tasks[0].name.encode()


def start(*words):
    """The binary, running."""
    return subprocess.Popen([host.BINARY, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "LC_ALL": "C.UTF-8"})


def wait_for(condition, what):
    """A few seconds at most."""
    for _ in range(500):
        if condition():
            return
        time.sleep(.01)
    raise AssertionError(what)


class Serial(unittest.TestCase):
    """A pty stands for a serial device."""

    def setUp(self):
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        self.theirs = theirs

    def test_show_reads_for_some_seconds(self):
        running = start("show", "--seconds", "1", self.path)
        os.write(self.ours, DATA)
        out, err = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0, err)
        self.assertIn(NAME, out)

    def test_the_other_end_goes(self):
        running = start("show", self.path)
        time.sleep(.2)
        os.close(self.theirs)
        os.write(self.ours, DATA)
        time.sleep(.2)
        os.close(self.ours)
        out, err = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0, err)
        self.assertIn(NAME, out)

    def test_follow_shows_each_snapshot_when_it_comes_until_interrupted(self):
        running = start("show", "--follow", self.path)
        os.write(self.ours, DATA)
        out = b""
        while NAME not in out:
            out += os.read(running.stdout.fileno(), 4096)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0)

    def test_a_baud_rate_that_is_none_is_refused(self):
        done = host.run("show", "--baud", "12345", self.path)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"baud", done.stderr)


class Streams(unittest.TestCase):
    """TCP, stdin, commands, files."""

    def serve(self, data):
        server = socket.create_server(("127.0.0.1", 0))

        def answer():
            connection, _ = server.accept()
            with connection, server:
                for i in range(0, len(data), 700):
                    connection.sendall(data[i:i + 700])
        threading.Thread(target=answer, daemon=True).start()
        return f"tcp:127.0.0.1:{server.getsockname()[1]}"

    def test_tcp(self):
        done = host.run("show", self.serve(DATA))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(NAME, done.stdout)

    def test_stdin_is_read_when_no_source_is_named(self):
        self.assertIn(NAME, host.run("show", data=DATA).stdout)

    def test_a_command_and_its_arguments(self):
        done = host.run("show", "--task", "leaking_task", "--", "head", "-n", "100", REFERENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"13616 bytes in 4 blocks", done.stdout)

    def test_a_file_that_grows_is_followed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            with open(path, "wb") as file:
                file.write(b"I (1) boot\n")
                file.flush()
                running = start("show", "--follow", path)
                time.sleep(.3)
                file.write(DATA)
            out = b""
            while NAME not in out:
                out += os.read(running.stdout.fileno(), 4096)
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=20)
            self.assertEqual(running.returncode, 0)


class Record(unittest.TestCase):
    """Byte for byte, and at once."""

    def test_every_byte_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            data = bytes(range(256)) * 1000 + DATA
            done = host.run("record", "-", "-o", path, data=data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(b"heapledger show", done.stderr)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), data)
            self.assertEqual(host.run("record", "-", "-o", path, data=b"").returncode, 3)
            self.assertEqual(host.run("record", "--append", "-", "-o", path, data=b"x").returncode, 0)
            self.assertEqual(os.path.getsize(path), len(data) + 1)
            self.assertEqual(host.run("record", "-f", "-", "-o", path, data=b"x").returncode, 0)
            self.assertEqual(os.path.getsize(path), 1)

    def test_what_came_is_there_when_it_is_killed(self):
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            running = start("record", os.ttyname(theirs), "-o", path)
            wait_for(lambda: os.path.exists(path), "it does not begin")
            os.write(ours, b"one\ntwo\nthr")
            wait_for(lambda: os.path.getsize(path) == 11, "bytes are held back")
            running.kill()
            running.communicate(timeout=20)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"one\ntwo\nthr")

    def test_a_command_is_recorded_and_printed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            done = host.run("record", "--tee", "-o", path, "--", "cat", REFERENCE)
            self.assertEqual(done.returncode, 0)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), done.stdout)

    def test_wrong_usage(self):
        self.assertEqual(host.run("record", REFERENCE).returncode, 2)
        self.assertEqual(host.run("record", "/nonexistent", "-o", "/tmp/x").returncode, 3)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
