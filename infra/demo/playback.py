"""A signed path at the CDN's edge: what it opens, and what it must not open."""
import re
import urllib.parse

from client import Client, StoryFailed


class Playback:
    """What `POST /v1/lectures/{id}/playback` answered, and the stream behind it."""

    def __init__(self, answer: dict, edge: Client):
        self.manifest = answer["manifests"]["hls"]
        self.poster = answer["poster"]
        self.expires = answer["expiresAt"]
        self.position = answer["position"]
        self.edge = edge

    def follow(self) -> str:
        """Master playlist → a rendition → its first segment. Returns the segment's URL."""
        master = self.edge.ask("GET", self.manifest).body.decode()
        self.renditions = re.findall(r"^#EXT-X-STREAM-INF:.*RESOLUTION=(\d+x\d+).*\n(\S+)$", master, re.MULTILINE)
        if len(self.renditions) < 2:
            raise StoryFailed(f"the master playlist has less than two renditions:\n{master}")
        self.rendition = urllib.parse.urljoin(self.manifest, self.renditions[-1][1])
        playlist = self.edge.ask("GET", self.rendition).body.decode()
        segments = [line for line in playlist.splitlines() if line and not line.startswith("#")]
        if not segments or "#EXT-X-ENDLIST" not in playlist or "#EXT-X-MAP" not in playlist:
            raise StoryFailed(f"this is no whole fMP4 playlist:\n{playlist}")
        return urllib.parse.urljoin(self.rendition, segments[0])

    def refused_paths(self, segment: str) -> dict[str, str]:
        """The same segment asked for with what is not, or no longer, allowed."""
        base, _, rest = segment.partition("/s/")
        token, asset, content, file = rest.split("/")
        expires, key, session, signature = token.split(".")
        other = ("0" if asset[-1] != "0" else "1")
        altered = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]

        def path(token: str, asset: str = asset, content: str = content, file: str = file) -> str:
            return f"{base}/s/{token}/{asset}/{content}/{file}"

        return {
            "an altered signature": path(f"{expires}.{key}.{session}.{altered}"),
            "a later expiry": path(f"{int(expires) + 86400}.{key}.{session}.{signature}"),
            "an earlier, past expiry": path(f"1000000000.{key}.{session}.{signature}"),
            "another session": path(f"{expires}.{key}.{session[:-1]}{'0' if session[-1] != '0' else '1'}.{signature}"),
            "another asset under the token": path(token, asset=asset[:-1] + other),
            "another version under the token": path(token, content="0" * len(content)),
            "a deeper path under the token": path(token, file=f"deeper/{file}"),
            "no token": f"{base}/s/{asset}/{content}/{file}",
        }
