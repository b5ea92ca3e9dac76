"""aiohttp, with its own HTTP parser and its defaults."""

import asyncio
import socket

from aiohttp import web

import common


def application(options):
    async def handle(request):
        status, iterations, wait, body = common.plan(request.method, request.path_qs, options.burn_per_ms, request.remote)
        common.burn(iterations)
        if wait:
            await asyncio.sleep(wait)
        return web.Response(
            status=status, body=body, content_type="text/plain", charset="utf-8", headers={"X-Content-Type-Options": "nosniff"}
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    return app


async def main():
    options = common.flags(__doc__)
    runner = web.AppRunner(application(options), access_log=None)
    await runner.setup()
    listener = socket.create_server((options.host, options.port), backlog=4096)
    await web.SockSite(runner, listener, backlog=4096).start()
    common.ready("python-aiohttp", listener.getsockname(), options)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
