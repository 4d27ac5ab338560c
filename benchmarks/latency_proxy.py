"""Puts a server further away: a TCP proxy that holds back every byte, in each direction, for so many ms.

    python -m benchmarks.latency_proxy --listen 8600 --to 8501 --latency 20

Only what is under way grows, not the time between bytes: a large answer is delayed once, as on a real line.
WebSockets pass through, being TCP.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 64 * 1024


async def serve(listen: int, to: int, latency: float) -> None:
    """Pass connections on until this process ends; the latency is one way, in seconds."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(
            _delayed(reader, far_writer, latency),
            _delayed(far_reader, writer, latency),
            return_exceptions=True,  # either side may break off
        )
        for each in (writer, far_writer):
            each.close()

    server = await asyncio.start_server(connected, "127.0.0.1", listen)
    await server.serve_forever()


async def _delayed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency: float) -> None:
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, chunk = await under_way.get()
            await asyncio.sleep(due - time.monotonic())
            if not chunk:
                writer.write_eof()
                return
            writer.write(chunk)
            await writer.drain()

    delivering = asyncio.create_task(deliver())
    try:
        while chunk := await reader.read(CHUNK):
            under_way.put_nowait((time.monotonic() + latency, chunk))
    finally:
        under_way.put_nowait((time.monotonic() + latency, b""))
        await delivering


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def farther(port: int, latency: int) -> Iterator[int]:
    """Give a port of this machine behind which the server of another one is `latency` ms away."""
    listen = free_port()
    command = [sys.executable, "-m", "benchmarks.latency_proxy"]
    proxy = subprocess.Popen(
        [*command, "--listen", str(listen), "--to", str(port), "--latency", str(latency)]
    )
    try:
        _wait_until_it_listens(listen)
        yield listen
    finally:
        proxy.terminate()
        proxy.wait()


def _wait_until_it_listens(port: int) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the proxy does not listen on port {port}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listen", type=int, required=True, metavar="PORT")
    parser.add_argument("--to", type=int, required=True, metavar="PORT")
    parser.add_argument("--latency", type=int, default=20, metavar="MS", help="one way")
    options = parser.parse_args()
    asyncio.run(serve(options.listen, options.to, options.latency / 1000))


if __name__ == "__main__":
    main()
