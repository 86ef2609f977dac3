"""Argon2 on threads: a hash takes a core for tens of milliseconds, and the loop has sockets to serve meanwhile."""
import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi_users.password import PasswordHelper

AT_ONCE = 2  # each takes 64 MiB and all the cores it is given


class Passwords:
    """fastapi-users' hashing, as coroutines. Close it in the end."""

    def __init__(self) -> None:
        self.helper = PasswordHelper()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._nobodys = ""  # made when it is first needed

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.helper.hash, password)

    async def verify(self, password: str, hashed: str) -> tuple[bool, str | None]:
        """Whether it is the one, and its hash anew where that should replace the old one.

        Without a hash to compare with it takes as long, and is false: time does not tell that there was none.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, password, hashed)

    def _verify(self, password: str, hashed: str) -> tuple[bool, str | None]:
        if not hashed:
            self._nobodys = self._nobodys or self.helper.hash(self.helper.generate())
            self.helper.verify_and_update(password, self._nobodys)
            return False, None
        return self.helper.verify_and_update(password, hashed)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
