"""Grok's patterns for the Elastic Common Schema (``ecs_compatibility: v1``).

The building blocks are those of the legacy set. What differs is how log lines name their fields: the lines of web servers and of
syslog are put together here from the fields that the schema has for them.
Differs: of other log lines (firewalls, databases, job runners ...) the schema's form is not known; who asks for one is told so.
Source: documentation of the grok processor and of the schema's fields; no engine at hand has the set.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from esmock.errors import Unsupported
from esmock.script.grok import legacy_patterns

_AS_BEFORE = """
    USERNAME USER EMAILADDRESS INT BASE10NUM NUMBER BASE16NUM BASE16FLOAT POSINT NONNEGINT WORD NOTSPACE SPACE DATA
    GREEDYDATA QUOTEDSTRING QS UUID URN MAC CISCOMAC WINDOWSMAC COMMONMAC IPV4 IPV6 IP HOSTNAME IPORHOST HOSTPORT TTY WINPATH PATH
    URIPROTO URIPATH URIPARAM URIPATHPARAM URI MONTH MONTHNUM MONTHNUM2 MONTHDAY DAY YEAR HOUR MINUTE SECOND TIME DATE_US
    DATE_EU ISO8601_TIMEZONE DATE DATESTAMP DATESTAMP_RFC822 DATESTAMP_RFC2822 DATESTAMP_OTHER DATESTAMP_EVENTLOG TZ HTTPDATE PROG
    SYSLOGTIMESTAMP SYSLOGHOST SYSLOG5424PRINTASCII SYSLOG5424SD CRON_ACTION HTTPDUSER HTTPDERROR_DATE
""".split()
_MAIL = r"[a-zA-Z0-9!#$%&'*+\-/=?^_`{|}~]"


def _field(pattern: str, name: str) -> str:
    return f"%{{{pattern}:{name}}}"


def _given(pattern: str, name: str) -> str:
    """A field, or a dash for none."""
    return f"(?:-|{_field(pattern, name)})"


def _levels(*levels: tuple[str, str]) -> str:
    """Log levels, capitalised or not: what each begins with and what may follow."""
    out = []
    for begin, rest in levels:
        out += [f"[{begin[0].upper()}{begin[0]}]{begin[1:]}{rest}", f"{begin.upper()}{rest.upper()}"]
    return f"({'|'.join(out)})"


def _blocks() -> dict[str, str]:
    return {
        "EMAILLOCALPART": rf"{_MAIL}{{1,64}}(?:\.{_MAIL}{{1,62}}){{0,63}}",
        "URIHOST": "%{IPORHOST}(?::%{POSINT})?",
        "ISO8601_SECOND": "%{SECOND}",
        "TIMESTAMP_ISO8601": "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?",
        "UNIXPATH": r"(/[\w%!$@:.,+~-]*)+",
        "LOGLEVEL": _levels(
            ("alert", ""), ("trace", ""), ("debug", ""), ("notice", ""), ("info", "?(?:rmation)?"), ("warn", "?(?:ing)?"),
            ("err", "?(?:or)?"), ("crit", "?(?:ical)?"), ("fatal", ""), ("severe", ""), ("emerg", "(?:ency)?"),
        ),
    }  # fmt: skip


def _syslog() -> dict[str, str]:
    message = _field("GREEDYDATA", "message")
    host = _field("SYSLOGHOST", "host.hostname")
    stamp = f"(?:{_field('SYSLOGTIMESTAMP', 'timestamp')}|{_field('TIMESTAMP_ISO8601', 'timestamp')})"
    facility = _field("NONNEGINT", "log.syslog.facility.code:int"), _field("NONNEGINT", "log.syslog.priority:int")
    pam = _field("WORD", "system.auth.pam.module"), _field("DATA", "system.auth.pam.origin")
    state = _field("WORD", "system.auth.pam.session_state")
    header = (
        _given("TIMESTAMP_ISO8601", "timestamp"),
        _given("IPORHOST", "host.hostname"),
        _given("SYSLOG5424PRINTASCII", "process.name"),
        _given("POSINT", "process.pid:int"),
        _given("SYSLOG5424PRINTASCII", "event.code"),
        _given("SYSLOG5424SD", "system.syslog.structured_data") + "?",
    )
    return {
        "SYSLOGPROG": _field("PROG", "process.name") + rf"(?:\[{_field('POSINT', 'process.pid:int')}\])?",
        "SYSLOGFACILITY": f"<{facility[0]}.{facility[1]}>",
        "SYSLOGBASE": f"{_field('SYSLOGTIMESTAMP', 'timestamp')} (?:%{{SYSLOGFACILITY}} )?{host} %{{SYSLOGPROG}}:",
        "SYSLOGBASE2": f"{stamp}(?: %{{SYSLOGFACILITY}})?(?: {host})?(?: %{{SYSLOGPROG}}:)?",
        "SYSLOGPAMSESSION": rf"%{{SYSLOGBASE}} (?={message}){pam[0]}\({pam[1]}\): session {state} for user "
        f"{_field('USERNAME', 'user.name')}(?: by %{{GREEDYDATA}})?",
        "CRONLOG": rf"%{{SYSLOGBASE}} \({_field('USER', 'user.name')}\) {_field('CRON_ACTION', 'system.cron.action')} "
        rf"\({_field('DATA', 'message')}\)",
        "SYSLOGLINE": f"%{{SYSLOGBASE2}} {message}",
        "SYSLOG5424PRI": f"<{_field('NONNEGINT', 'log.syslog.priority:int')}>",
        "SYSLOG5424BASE": f"%{{SYSLOG5424PRI}}{_field('NONNEGINT', 'system.syslog.version')} +{' +'.join(header)}",
        "SYSLOG5424LINE": f"%{{SYSLOG5424BASE}} +{message}",
    }


def _web_servers() -> dict[str, str]:
    request = (
        f"{_field('WORD', 'http.request.method')} {_field('NOTSPACE', 'url.original')}(?: HTTP/{_field('NUMBER', 'http.version')})?"
    )
    line = (
        _field("IPORHOST", "source.address"),
        _given("HTTPDUSER", "apache.access.user.identity"),
        _given("HTTPDUSER", "user.name"),
        rf"\[{_field('HTTPDATE', 'timestamp')}\]",
        f'"(?:{request}|%{{DATA}})"',
        _given("INT", "http.response.status_code:int"),
        _given("INT", "http.response.body.bytes:int"),
    )
    stamp = rf"\[{_field('HTTPDERROR_DATE', 'timestamp')}\]"
    level, message = _field("LOGLEVEL", "log.level"), _field("GREEDYDATA", "message")
    client = _field("IPORHOST", "source.address")
    worker = rf"\[pid {_field('POSINT', 'process.pid:int')}(:tid {_field('INT', 'process.thread.id:int')})?\]"
    behind = rf"\({_field('POSINT', 'apache.error.proxy.error.code')}\){_field('DATA', 'apache.error.proxy.error.message')}:"
    return {
        "HTTPD_COMMONLOG": " ".join(line),
        "HTTPD_COMBINEDLOG": f'%{{HTTPD_COMMONLOG}} "{_given("DATA", "http.request.referrer")}" "{_given("DATA", "user_agent.original")}"',
        "HTTPD20_ERRORLOG": rf"{stamp} \[{level}\] (?:\[client {client}\] )?{message}",
        "HTTPD24_ERRORLOG": rf"{stamp} \[(?:{_field('WORD', 'apache.error.module')})?:{level}\] {worker}(?: {behind})?"
        rf"(?: \[client {client}(?::{_field('POSINT', 'source.port:int')})?\])?(?: {_field('DATA', 'error.code')}:)? {message}",
        "HTTPD_ERRORLOG": "%{HTTPD20_ERRORLOG}|%{HTTPD24_ERRORLOG}",
        "COMMONAPACHELOG": "%{HTTPD_COMMONLOG}",
        "COMBINEDAPACHELOG": "%{HTTPD_COMBINEDLOG}",
    }


@functools.cache
def _known() -> MappingProxyType[str, str]:
    legacy = legacy_patterns()
    shared = {name: legacy[name] for name in _AS_BEFORE}
    return MappingProxyType({**shared, **_blocks(), **_syslog(), **_web_servers()})


class EcsBank(dict[str, str]):
    """Patterns by name, with a request's own. Asking for one whose form is not known raises Unsupported."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        super().__init__({**_known(), **{name: str(value) for name, value in own.items()}})

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self and name in legacy_patterns():
            raise Unsupported(f"the ECS form of the grok pattern {name}")
        return super().get(name, default)
