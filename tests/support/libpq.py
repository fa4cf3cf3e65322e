"""A connection through libpq, without a driver: statements as text, answers as they come."""

import ctypes
import ctypes.util
from dataclasses import dataclass, field

_libpq = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
for _name, _result in (("PQconnectdb", ctypes.c_void_p), ("PQexec", ctypes.c_void_p), ("PQcmdStatus", ctypes.c_char_p),
                       ("PQfname", ctypes.c_char_p), ("PQgetvalue", ctypes.c_char_p), ("PQftype", ctypes.c_uint),
                       ("PQresultErrorField", ctypes.c_char_p), ("PQerrorMessage", ctypes.c_char_p),
                       ("PQfmod", ctypes.c_int), ("PQstatus", ctypes.c_int), ("PQgetResult", ctypes.c_void_p)):
    getattr(_libpq, _name).restype = _result
_handle = ctypes.c_void_p
_libpq.PQconnectdb.argtypes = [ctypes.c_char_p]
_libpq.PQexec.argtypes = [_handle, ctypes.c_char_p]
_libpq.PQsendQuery.argtypes = [_handle, ctypes.c_char_p]
_libpq.PQsendQueryParams.argtypes = [_handle, ctypes.c_char_p, ctypes.c_int] + [ctypes.c_void_p] * 4 + [ctypes.c_int]
for _name in ("PQstatus", "PQerrorMessage", "PQfinish", "PQresultStatus", "PQcmdStatus", "PQntuples", "PQnfields",
              "PQclear", "PQgetResult", "PQenterPipelineMode", "PQexitPipelineMode", "PQpipelineSync"):
    getattr(_libpq, _name).argtypes = [_handle]
for _name in ("PQfname", "PQftype", "PQfmod", "PQresultErrorField"):
    getattr(_libpq, _name).argtypes = [_handle, ctypes.c_int]
for _name in ("PQgetvalue", "PQgetisnull"):
    getattr(_libpq, _name).argtypes = [_handle, ctypes.c_int, ctypes.c_int]

_BAD, _FATAL = 5, 7
ROWS_MAX = 100_000  # of more, an answer only has the number
_NOTICES = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)
_silent = _NOTICES(lambda _, __: None)
_libpq.PQsetNoticeProcessor.argtypes = [_handle, _NOTICES, _handle]


class ConnectionLost(Exception):
    """The server went away, or does not let us in."""


@dataclass
class Answer:
    tag: str = ""
    columns: list = field(default_factory=list)  # (name, type oid, typmod)
    rows: list = field(default_factory=list)     # tuples of str or None
    state: str = ""                              # SQLSTATE of an error
    message: str = ""
    position: str = ""
    detail: str = ""
    hint: str = ""


class Connection:
    def __init__(self, port, database="postgres", user="postgres"):
        options = f"host=127.0.0.1 port={port} dbname={database} user={user} client_encoding=UTF8"
        self.handle = _libpq.PQconnectdb(options.encode())
        if _libpq.PQstatus(self.handle) != 0:
            raise ConnectionLost(_libpq.PQerrorMessage(self.handle).decode())
        _libpq.PQsetNoticeProcessor(self.handle, _silent, None)

    def close(self):
        if self.handle:
            _libpq.PQfinish(self.handle)
            self.handle = None

    def ask(self, sql):
        """One statement, or several in one message: the last answer."""
        result = _libpq.PQexec(self.handle, sql.encode())
        if not result or _libpq.PQstatus(self.handle) != 0:
            raise ConnectionLost(_libpq.PQerrorMessage(self.handle).decode(errors="replace"))
        try:
            return self._read(result)
        finally:
            _libpq.PQclear(result)

    def send(self, sql, is_extended=False):
        """Begins what `answer` ends: the server works meanwhile."""
        sent = _libpq.PQsendQueryParams(self.handle, sql.encode(), 0, None, None, None, None, 0) if is_extended else \
            _libpq.PQsendQuery(self.handle, sql.encode())
        if not sent:
            raise ConnectionLost(_libpq.PQerrorMessage(self.handle).decode(errors="replace"))

    def answer(self):
        """Of the statement sent."""
        last = None
        while result := _libpq.PQgetResult(self.handle):
            try:
                last = self._read(result)
            finally:
                _libpq.PQclear(result)
        if last is None or _libpq.PQstatus(self.handle) != 0:
            raise ConnectionLost(_libpq.PQerrorMessage(self.handle).decode(errors="replace"))
        return last

    def send_all(self, statements):
        """A pipeline in the extended protocol, each statement with a Sync of its own; `answers` ends it. Few and short."""
        _libpq.PQenterPipelineMode(self.handle)
        for sql in statements:
            if not _libpq.PQsendQueryParams(self.handle, sql.encode(), 0, None, None, None, None, 0) or \
                    not _libpq.PQpipelineSync(self.handle):
                raise ConnectionLost(_libpq.PQerrorMessage(self.handle).decode(errors="replace"))

    def answers(self, count):
        found = []
        for _ in range(count):
            found.append(self.answer())
            _libpq.PQclear(_libpq.PQgetResult(self.handle))  # of the Sync
        _libpq.PQexitPipelineMode(self.handle)
        return found

    @staticmethod
    def _read(result):
        def problem(code):
            text = _libpq.PQresultErrorField(result, ord(code))
            return text.decode(errors="replace") if text else ""

        if _libpq.PQresultStatus(result) in (_BAD, _FATAL):
            return Answer(state=problem("C"), message=problem("M"), position=problem("P"), detail=problem("D"),
                          hint=problem("H"))
        answer = Answer(tag=_libpq.PQcmdStatus(result).decode())
        width = _libpq.PQnfields(result)
        answer.columns = [(_libpq.PQfname(result, i).decode(), _libpq.PQftype(result, i), _libpq.PQfmod(result, i))
                          for i in range(width)]
        rows = _libpq.PQntuples(result)
        if rows > ROWS_MAX:
            answer.rows.append((f"{rows} rows",))
            return answer
        for row in range(rows):
            answer.rows.append(tuple(
                None if _libpq.PQgetisnull(result, row, i) else _libpq.PQgetvalue(result, row, i).decode(errors="replace")
                for i in range(width)))
        return answer
