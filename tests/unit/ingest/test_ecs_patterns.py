"""The processor grok with ``ecs_compatibility: v1``.

Source: the patterns of 8.19.21 and the fields that the documentation names for them; the processor itself was asked of no engine.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture(params=["7.17.29", "8.19.21", "9.5.3"])
def parsed(request, raw):
    ask = raw(request.param)

    def run(pattern, line, **options):
        grok = {"field": "line", "patterns": [pattern], "ecs_compatibility": "v1", **options}
        body = {"pipeline": {"processors": [{"grok": grok}]}, "docs": [{"_source": {"line": line}}]}
        source = ask.json("POST /_ingest/pipeline/_simulate", body)["docs"][0]["doc"]["_source"]
        del source["line"]
        return source

    return run


REQUEST = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 -'


def test_a_web_server_line(parsed):
    found = parsed("%{COMBINEDAPACHELOG}", REQUEST + ' "http://start" "Mozilla/4.08"')
    assert found == {
        "source": {"address": "127.0.0.1"},
        "user": {"name": "frank"},
        "timestamp": "10/Oct/2000:13:55:36 -0700",
        "http": {"request": {"method": "GET", "referrer": "http://start"}, "version": "1.0", "response": {"status_code": 200}},
        "url": {"original": "/a.gif?x=1"},
        "user_agent": {"original": "Mozilla/4.08"},
    }


def test_error_lines(parsed):
    old = parsed("%{HTTPD_ERRORLOG}", "[Mon Aug 31 09:30:48 2020] [error] [client 1.2.3.4] File missing")
    assert old == {
        "timestamp": "Mon Aug 31 09:30:48 2020",
        "log": {"level": "error"},
        "source": {"address": "1.2.3.4"},
        "message": "File missing",
    }
    new = parsed("%{HTTPD24_ERRORLOG}", "[Mon Aug 31 07:30:48.958285 2020] [core:notice] [pid 7:tid 9] AH00094: done")
    assert new["process"] == {"pid": 7, "thread": {"id": 9}}
    assert (new["apache"], new["error"], new["message"]) == ({"error": {"module": "core"}}, {"code": "AH00094"}, "done")


def test_syslog_lines(parsed):
    line = parsed("%{SYSLOGLINE}", "Mar 16 00:01:25 evita postfix/smtpd[1713]: connect")
    assert line == {
        "timestamp": "Mar 16 00:01:25",
        "host": {"hostname": "evita"},
        "process": {"name": "postfix/smtpd", "pid": 1713},
        "message": "connect",
    }
    new = parsed("%{SYSLOG5424LINE}", "<191>1 2009-06-30T18:30:00+02:00 paxton.local grokdebug 4123 - [id1 foo=\"bar\"] Hello")
    assert new["log"] == {"syslog": {"priority": 191}}
    assert new["process"] == {"name": "grokdebug", "pid": 4123}
    assert new["system"] == {"syslog": {"version": "1", "structured_data": '[id1 foo="bar"]'}}
    cron = parsed("%{CRONLOG}", "Mar 16 00:01:25 evita CRON[9]: (root) CMD (run)")
    assert (cron["user"], cron["system"], cron["message"]) == ({"name": "root"}, {"cron": {"action": "CMD"}}, "run")


def test_own_patterns_stand_beside_the_set(parsed):
    found = parsed("%{IP:source.ip} %{COLOUR:c}", "10.0.0.1 red", pattern_definitions={"COLOUR": "red|blue"})
    assert found == {"source": {"ip": "10.0.0.1"}, "c": "red"}
