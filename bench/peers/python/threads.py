"""A thread for each connection, blocking reads: the classic server."""

import socket
import threading
import time

import common


def serve_connection(conn, client, options):
    buffered = b""
    with conn:
        while True:
            while b"\r\n\r\n" not in buffered:
                received = conn.recv(16 << 10)
                if not received or len(buffered) > common.LARGEST_HEAD:
                    return
                buffered += received
            head, _, buffered = buffered.partition(b"\r\n\r\n")
            method, target, keep = common.parse_head(head)
            status, iterations, wait, body = common.plan(method, target, options.burn_per_ms, client)
            common.burn(iterations)
            if wait:
                time.sleep(wait)
            conn.sendall(common.answer(method, status, body, keep))
            if not keep:
                return


def guarded(conn, client, options):
    try:
        serve_connection(conn, client, options)
    except (OSError, ValueError):
        pass  # the client has gone, or does not speak HTTP


def main():
    options = common.flags(__doc__)
    with socket.create_server((options.host, options.port), backlog=4096) as listener:
        common.ready("python-threads", listener.getsockname(), options)
        while True:
            conn, address = listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=guarded, args=(conn, address[0], options), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
