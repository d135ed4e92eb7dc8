# SPDX-License-Identifier: MIT
"""What consoles do to lines, at random from a seed: every kind by itself or several together."""
import re

LOGS = ["I (%d) wifi:new:<6,0>, old:<1,0>, ap:<255,255>", "W (%d) httpd: session closed, sock: 54",
        "E (%d) mqtt_client: Error transport connect", "sensor: 21.5 C, Size: 30, free heap 18200",
        "GET /index.html 200 Current 30", "", "task: ALIVE and well", "D (%d) nvs: page 3 len 12",
        "--- idf_monitor ---", "│ box │ drawing │", "Usage: foo [OPTION]", "{\"a\": [1, 2]}"]


def log_lines(rng, lines):
    """Log lines in between."""
    out, ms = [], 300
    for line in lines:
        while rng.random() < .25:
            ms += rng.randrange(50)
            text = rng.choice(LOGS)
            out.append(text % ms if "%d" in text else text)
        out.append(line)
    return out


def stamps(rng, lines):
    """A time stamp or a host's prefix before each line."""
    kind = rng.randrange(10)
    out = []
    for i, line in enumerate(lines):
        second = i // 3
        stamp = (f"[2026-01-02 10:00:{second % 60:02}.{i % 1000:03}] ", f"10:00:{second % 60:02} -> ",
                 f"esp32-{3}  | ", f"I ({1000 + 7 * i}) app: ",
                 f"Jan  2 10:00:{second % 60:02} host app[{812}]: ", f"[{i * 0.25:10.3f}] ",
                 f"2026-01-02T10:00:{second % 60:02}.{i * 7654321 % 10 ** 7:07}Z ",
                 f"[00:00:{second % 60:02}.{i % 1000:03},{i % 997:03}] <inf> app: ",
                 f"{1000 + i} 0x3ffb ", f"10:00:{second % 60:02}.{i % 1000:03} > ")[kind]
        out.append(stamp + line)
    return out


def colours(rng, lines):
    """ANSI colours around lines."""
    return [f"\x1b[0;3{rng.randint(1, 6)}m{line}\x1b[0m" if rng.random() < .5 else line
            for line in lines]


def lost_bytes(rng, data):
    """Runs of bytes that a full buffer drops."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) or 1)
        length = rng.choice([2, 3, 5, 8, 16, 40, 100, 300])
        data = data[:at] + data[at + length:]
    return data


def cut_into(rng, data):
    """Another task's print in the middle of a line."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        data = data[:at] + rng.choice([b"I (812) wifi: hello\n", b"\nE (900) x: y\n", b"hello"]) + \
            data[at:]
    return data


def twisted(rng, data):
    """Bits that a bad line turns over, in the frame of a check sum only."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(7))]) + data[at + 1:]


def join(rng, lines, line_end=None):
    """Bytes, with the line ends of some console, perhaps without the last one."""
    end = line_end or rng.choice(["\n", "\r\n", "\r\r\n", "\n\r"])
    data = end.join(lines) + rng.choice([end, ""])
    return re.sub("\udc80", "\x80", data).encode("utf-8", "surrogateescape")
