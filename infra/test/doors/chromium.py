"""A headless Chromium that is asked over its DevTools protocol: open a page, evaluate an expression, wait until one is true."""
import asyncio
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import aiohttp


class Chromium:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="lyceum-chromium-")
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.loop = asyncio.new_event_loop()
        self.number = 0
        self.messages: list[str] = []
        self.loop.run_until_complete(self._connect())

    async def _connect(self):
        port_file, deadline = pathlib.Path(self.profile) / "DevToolsActivePort", time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text().count("\n")):
            assert time.monotonic() < deadline, "Chromium did not start"
            await asyncio.sleep(0.1)
        port = port_file.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
            page = next(target for target in json.load(answer) if target["type"] == "page")
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0)
        for domain in ("Page.enable", "Runtime.enable", "Log.enable"):
            await self._call(domain)

    async def _call(self, method: str, **parameters):
        self.number += 1
        number = self.number
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(30):
            while True:
                answer = json.loads((await self.socket.receive()).data)
                if answer.get("id") == number:
                    assert "error" not in answer, answer
                    return answer["result"]
                self._note(answer)

    def _note(self, event: dict):
        """What the page complains about: scripts that fail, fields of a policy that is broken."""
        if event.get("method") == "Runtime.exceptionThrown":
            self.messages.append(json.dumps(event["params"]["exceptionDetails"])[:500])
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.messages.append(event["params"]["entry"]["text"] + " " + event["params"]["entry"].get("url", ""))

    def open(self, url: str):
        self.messages.clear()
        self.loop.run_until_complete(self._call("Page.navigate", url=url))
        self.wait_for(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def evaluate(self, expression: str):
        result = self.loop.run_until_complete(self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True))
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 20):
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < deadline, f"{expression} did not come true; the page says {self.messages or 'nothing'}"
            time.sleep(0.1)
        return value

    def close(self):
        self.loop.run_until_complete(self.http.close())
        self.loop.close()
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)
