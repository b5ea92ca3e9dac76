"""What the Python servers share: flags, the work of /task, HTTP/1.1 by hand.

Each server answers GET / with a greeting and GET /task?cpu=5ms&wait=20ms with
that much work, as millpond's own demo handlers do. CPU work is a fixed number
of iterations, so that contention shows as latency. The number is calibrated
for this interpreter; a millisecond of work means a millisecond on an idle
machine, in Go as in Python.
"""

import argparse
import re
import sys
import time
import urllib.parse

UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
LARGEST_HEAD = 32 << 10
CALIBRATION_STEPS = 5_000  # a round of about half a millisecond, short enough to fit between two preemptions


def burn(iterations):
    """Xorshift64, each step of which needs the one before."""
    x = 88172645463325252
    for _ in range(iterations):
        x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    return x


def calibrate():
    """Iterations in a millisecond: the fastest of many short rounds, for noise only ever slows one down."""
    best = min(_timed_round() for _ in range(120))
    return max(1, int(CALIBRATION_STEPS * 1e-3 / best))


def _timed_round():
    start = time.perf_counter()
    burn(CALIBRATION_STEPS)
    return time.perf_counter() - start


def seconds(text):
    """'5ms' as 0.005. Raises ValueError with a sentence for anything else, or more than 60 s."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s)", text)
    if match is None or float(match[1]) * UNITS[match[2]] > 60:
        raise ValueError(f"must be a duration from 0s to 60s, such as 5ms, got {text!r}")
    return float(match[1]) * UNITS[match[2]]


def plan(method, target, burn_per_ms, client):
    """What to do for a request: (status, iterations to burn, seconds to wait, body)."""
    path, _, query = target.partition("?")
    if method not in ("GET", "HEAD"):
        return 405, 0, 0.0, b"the method must be one of GET, HEAD\n"
    if path == "/":
        return 200, 0, 0.0, f"Hello, {client}!".encode()
    if path != "/task":
        return 404, 0, 0.0, b"404 page not found\n"
    values = dict(urllib.parse.parse_qsl(query))
    try:
        cpu, wait = seconds(values.pop("cpu", "0s")), seconds(values.pop("wait", "0s"))
    except ValueError as fault:
        return 400, 0, 0.0, f"cpu and wait {fault}\n".encode()
    if values:
        return 400, 0, 0.0, f"parameters must be among cpu and wait, got {sorted(values)}\n".encode()
    return 200, int(cpu * 1000 * burn_per_ms), wait, b""


REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


def parse_head(head):
    """(method, target, keep the connection) of a request head in bytes. Raises ValueError."""
    lines = head.decode("latin-1").split("\r\n")
    method, target, version = lines[0].split(" ")
    fields = [line.partition(":") for line in lines[1:] if line]
    connection = ",".join(value for name, _, value in fields if name.strip().lower() == "connection")
    return method, target, version == "HTTP/1.1" and "close" not in connection.lower()


def answer(method, status, body, keep):
    """A whole response in bytes."""
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)


def flags(description):
    """The command line, in the form of millpond's server. --workers and --queue are taken and have no effect."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--addr", default="127.0.0.1:8080", help="where to serve; port 0 picks one")
    parser.add_argument("--workers", type=int, default=0, help="no effect: this server has no bound")
    parser.add_argument("--queue", type=int, default=0, help="no effect: this server has no bound")
    parser.add_argument("--burn-per-ms", type=int, default=0, help="iterations of CPU work a millisecond, 0: calibrate")
    parser.add_argument("--calibrate", action="store_true", help="print the number for --burn-per-ms and end")
    options = parser.parse_args()
    if options.calibrate:
        print(calibrate())
        sys.exit()
    options.host, _, port = options.addr.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        parser.error(f"--addr must be HOST:PORT, such as 127.0.0.1:8080, got {options.addr!r}")
    if options.burn_per_ms < 0:
        parser.error(f"--burn-per-ms must be at least 1, or 0 to calibrate, got {options.burn_per_ms}")
    options.port = int(port)
    options.burn_per_ms = options.burn_per_ms or calibrate()
    return options


def ready(name, address, options):
    """The one line on standard output that says where the server is."""
    print(f"peers: serving http://{address[0]}:{address[1]} (model {name}, no bound, burn {options.burn_per_ms}/ms)", flush=True)
