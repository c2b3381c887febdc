"""Resumable uploads with tuspy, a tus client that is not ours.

As a program (`python upload.py FILE URL CHUNK COURSE LECTURE`, the access token on standard input) it sends a file in pieces: it prints the
upload's address and the offset after each, and waits for a line before the next. So whoever started it can kill it at a known place.
"""
import pathlib
import subprocess
import sys

from client import StoryFailed
from tusclient.client import TusClient
from tusclient.uploader import Uploader

CHUNK_BYTES = 64 * 1024


def uploader(gateway: str, token: str, file: pathlib.Path, course: str, lecture: str, chunk: int = CHUNK_BYTES, url: str | None = None) -> Uploader:
    """An uploader of tuspy; with `url` it goes on where that upload stopped."""
    client = TusClient(f"{gateway}/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    about = {"filename": file.name, "filetype": "video/mp4", "courseId": course, "lectureId": lecture}
    return client.uploader(str(file), url=url, chunk_size=chunk, metadata=about)


class KilledUpload:
    """A process that uploads and is killed half way."""

    def __init__(self, gateway: str, token: str, file: pathlib.Path, course: str, lecture: str):
        self.size = file.stat().st_size
        command = [sys.executable, __file__, str(file), gateway, str(CHUNK_BYTES), course, lecture]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._say(token)

    def kill_half_way(self) -> tuple[str, int]:
        """SIGKILL once half of the bytes are there. Returns the upload's address and how far it came."""
        try:
            url = self._line()
            while (offset := int(self._line())) < self.size // 2:
                self._say("go on")
            return url, offset
        finally:
            self.process.kill()
            self.process.communicate()

    def _say(self, text: str) -> None:
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        line = self.process.stdout.readline().strip()
        if not line:
            raise StoryFailed(f"the upload ended by itself: {self.process.stderr.read()[-800:]}")
        return line


def main(file: str, gateway: str, chunk: str, course: str, lecture: str) -> None:
    upload = uploader(gateway, sys.stdin.readline().strip(), pathlib.Path(file), course, lecture, int(chunk))
    upload.set_url(upload.create_url())
    print(upload.url, flush=True)
    while upload.offset < upload.get_file_size():
        upload.upload_chunk()
        print(upload.offset, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
