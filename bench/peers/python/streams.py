"""asyncio.start_server: a task for each connection on one event loop."""

import asyncio
import socket

import common


async def serve_connection(reader, writer, options):
    client = writer.get_extra_info("peername")[0]
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    keep = True
    while keep:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, keep = common.parse_head(head[:-4])
        status, iterations, wait, body = common.plan(method, target, options.burn_per_ms, client)
        common.burn(iterations)
        if wait:
            await asyncio.sleep(wait)
        writer.write(common.answer(method, status, body, keep))
        await writer.drain()


async def main():
    options = common.flags(__doc__)

    async def guarded(reader, writer):
        try:
            await serve_connection(reader, writer, options)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
            pass  # the client has gone, or does not speak HTTP
        finally:
            writer.close()

    server = await asyncio.start_server(guarded, options.host, options.port, backlog=4096, limit=common.LARGEST_HEAD)
    common.ready("python-asyncio", server.sockets[0].getsockname(), options)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
