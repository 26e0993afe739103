"""A network that fails: between a browser and a server on this machine, and told when to."""

import contextlib
import socket
import threading


class Relay:
    """Hands bytes on between its own port and ``port``, until it is told to lose them."""

    def __init__(self, port):
        self._port = port
        self._open = []
        self.loses_answers = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self):
        """End all connections, as a change of networks does."""
        for one in self._open:
            one.close_abruptly()
        self._open = []

    def close(self):
        self._listening.close()
        self.drop()

    def _accept(self):
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(
                _Pair(near, socket.create_connection(("127.0.0.1", self._port)), self)
            )


class _Pair:
    def __init__(self, near, far, relay):
        self._relay = relay
        self._ends = near, far
        for taken, given, is_answer in ((near, far, False), (far, near, True)):
            pump = threading.Thread(target=self._pump, args=(taken, given, is_answer), daemon=True)
            pump.start()

    def close_abruptly(self):
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _pump(self, taken, given, is_answer):
        with contextlib.suppress(OSError):
            while data := taken.recv(65536):
                if not (is_answer and self._relay.loses_answers):
                    given.sendall(data)
        self.close_abruptly()
