"""A web server with faults, on this machine."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(ThreadingHTTPServer):
    """Files by their paths; what it does wrong is set as an attribute.

    Args:
        files: Contents by path, such as ``/good.csv``.
    """

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.ranges = True  # whether it knows ranges
        self.closes = lambda start, end: end  # where it closes the connection
        self.waits = lambda: None  # before the second half of what it sends
        self.asked = []  # path and first byte of each request
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site, content = self.server, self.server.files.get(self.path)
        start = int(self.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
        site.asked.append((self.path, start))
        if content is None:
            self.send_error(404)
            return
        start = start if site.ranges else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        end = site.closes(start, len(content))
        middle = (start + end) // 2
        self.wfile.write(content[start:middle])
        site.waits()
        self.wfile.write(content[middle:end])

    def log_message(self, *_):
        pass
