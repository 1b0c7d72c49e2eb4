"""The yardstick: a bare aiohttp server that answers one fixed document."""

import asyncio
import sys

from aiohttp import web

BODY = b'{"_index":"bench","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"a":1}}'


async def answer(request: web.BaseRequest) -> web.Response:
    return web.Response(body=BODY, content_type="application/json")


async def main(port: int) -> None:
    server = web.Server(answer)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", port)
    print(f'{{"url": "http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"}}', flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
