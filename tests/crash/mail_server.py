"""A mail server in a process of its own: ``mail_server.py LOG SECONDS``.

It prints its port, and appends to LOG what it saw, each line on the disk
before the client hears of it: ``begun ADDRESS`` where a body may begin, and
``accepted MESSAGE-ID`` before the 250. It thinks for SECONDS before and after.
"""

import asyncio
import os
import sys
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP


class Log:
    """Lines that outlive whoever wrote them."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, *words: str) -> None:
        os.write(self.file, f"{' '.join(words)}\n".encode())
        os.fsync(self.file)


class Server(SMTP):
    """Writes down which body it is about to see."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the library's name
        assert self.envelope is not None
        self.event_handler.log.add("begun", self.envelope.rcpt_tos[0])
        await super().smtp_DATA(arg)


class Acceptance:
    """Accepts every mail, writes that down, and then says so."""

    def __init__(self, log: Log, seconds: float) -> None:
        self.log = log
        self.seconds = seconds

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        self.log.add("accepted", message_from_bytes(envelope.content)["Message-ID"])
        await asyncio.sleep(self.seconds)
        return "250 2.0.0 taken"


async def serve(path: str, seconds: float) -> None:
    """Accept mails until the process is ended."""
    acceptance = Acceptance(Log(path), seconds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(acceptance), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the harness reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2])))
