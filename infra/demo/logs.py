"""What the processes of a stack logged."""
import pathlib


def path_of(folder: pathlib.Path, process: str) -> pathlib.Path:
    """The file of a process; the gateway keeps its requests in one of their own."""
    access = folder / f"{process}-access.log"
    return access if access.exists() else folder / f"{process}.log"


def has(folder: pathlib.Path, process: str, words: str) -> bool:
    path = path_of(folder, process)
    return path.exists() and words.encode() in path.read_bytes()


def lines_with(folder: pathlib.Path, process: str, words: str) -> list[str]:
    path = path_of(folder, process)
    return [line for line in path.read_text(errors="replace").splitlines() if words in line] if path.exists() else []
