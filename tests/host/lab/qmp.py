"""A plain, blocking QMP client for the lab's own view of a guest."""
import json


class QmpError(Exception):
    pass


class Qmp:
    def __init__(self, connection, timeout=20.0):
        self._socket = connection
        self._socket.settimeout(timeout)
        self._lines = connection.makefile("rb")
        self.events = []
        if "QMP" not in self._message():
            raise QmpError("no greeting")
        self.ask("qmp_capabilities")

    def _message(self):
        line = self._lines.readline()
        if not line:
            raise QmpError("the guest closed its monitor")
        return json.loads(line)

    def ask(self, command, **arguments):
        """Returns what the command returns; events that come in between are kept in `events`."""
        request = {"execute": command}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._message()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{command}: {answer['error'].get('desc')}")
            else:
                return answer["return"]

    def close(self):
        self._lines.close()
        self._socket.close()
