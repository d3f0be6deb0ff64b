"""Show the runs in a browser: ``make ui``."""

import argparse
import importlib.util
import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from groklab.errors import UserError

_AUTH = "basic-auth"


@dataclass(frozen=True)
class Address:
    """Where the server listens.

    Attributes:
        host: Name or number of the interface.
        port: TCP port.
        app_name: MLflow's server application; ``basic-auth`` asks for a password.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    app_name: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


def check(address: Address) -> None:
    """Refuse an address that would let strangers in, or that is taken.

    MLflow's server lets whoever reaches it read and delete every run and upload files.

    Raises:
        UserError: not a loopback address and no password; no package for passwords; the port is in use.
    """
    if not address.is_loopback and address.app_name != _AUTH:
        raise UserError(
            f"--host {address.host}: anyone who reaches this address could read and delete every run. "
            f"Ask for a password with `--app-name {_AUTH}`, or keep --host 127.0.0.1 and use an SSH tunnel"
        )
    if address.app_name == _AUTH:
        if importlib.util.find_spec("flask_wtf") is None:
            raise UserError(
                f"--app-name {_AUTH} needs a package that is not installed: run `pip install 'mlflow[auth]'`"
            )
        if not os.environ.get("MLFLOW_FLASK_SERVER_SECRET_KEY"):
            raise UserError(
                f"--app-name {_AUTH} needs MLFLOW_FLASK_SERVER_SECRET_KEY, a random text of your own, in the "
                "environment, and at its first start MLFLOW_AUTH_ADMIN_PASSWORD"
            )
    try:
        family, kind, _, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise UserError(
            f"{address}: cannot listen there ({error.strerror or error}). Choose another: --port {address.port + 1}"
        ) from error


def server_command(address: Address, root: Path) -> tuple[list[str], dict[str, str]]:
    """The command of MLflow's server on the store of ``root``, made where it is missing, and its environment.

    Raises:
        UserError: ``MLFLOW_TRACKING_URI`` names a server already, or the store cannot be opened.
    """
    from groklab.tracking.failures import Undelivered
    from groklab.tracking.place import tracking_place
    from groklab.tracking.store import open_store

    place = tracking_place(root)
    if place.is_server:
        raise UserError(
            f"MLFLOW_TRACKING_URI is a server already: open {place.shown} in a browser, or unset it to see "
            f"{root / 'mlflow.db'}"
        )
    try:
        open_store(root, "groklab")
    except Undelivered as failure:
        raise UserError(f"{place.shown}: MLflow cannot open it ({failure}). Mend it, or move it away") from failure
    command = [sys.executable, "-m", "mlflow", "server", "--host", address.host, "--port", str(address.port)]
    command += ["--workers", "1"]
    if place.artifacts is not None:
        command += ["--artifacts-destination", str(place.artifacts)]
    if address.app_name is not None:
        command += ["--app-name", address.app_name]
    # The URI may hold a password, which a command line would show to every user of the machine.
    environment = {
        **os.environ,
        "MLFLOW_BACKEND_STORE_URI": place.uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    environment.pop("MLFLOW_TRACKING_URI", None)
    return command, environment


def serve(address: Address, *, root: Path | None = None) -> None:
    """Become MLflow's server; returns only by an error.

    Raises:
        UserError: as ``check`` and ``server_command``.
    """
    check(address)
    command, environment = server_command(address, root or Path.cwd())
    # Without the option the UI opens on its pages for language-model applications.
    page = f"{address}/#/experiments?workflowType=machine_learning"
    print(f"MLflow UI: {page} (Ctrl-C ends it)", flush=True)  # noqa: T201 -- what the command is for
    # In this process's place, so that Ctrl-C and SIGTERM reach the server and leave no orphan.
    os.execve(command[0], command, environment)


def parse(argv: list[str]) -> Address:
    """The command line."""
    parser = argparse.ArgumentParser(description="Show the runs in a browser (MLflow UI).")
    parser.add_argument("--host", default="127.0.0.1", help="interface to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=5000, help="TCP port (default: 5000)")
    parser.add_argument("--app-name", choices=[_AUTH], help="ask for a password; any host but loopback needs it")
    arguments = parser.parse_args(argv)
    return Address(arguments.host, arguments.port, arguments.app_name)
