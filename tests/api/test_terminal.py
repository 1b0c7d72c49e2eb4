"""doctor, curl and completion. Source: what each of them promises in its help."""

import subprocess
import sys

import pytest

from esmock.cli import main
from esmock.commands.doctor import look
from esmock.server import Server


@pytest.fixture
def server():
    with Server() as made:
        made.seed({"books": [{"_id": "1", "title": "Dune"}]})
        yield made


def states(url):
    return [(finding.state, finding.what) for finding in look(url)]


def test_the_doctor_finds_nothing_wrong(server, capsys, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor", server.url]) == 0
    assert "it is elasticsearch 9.5.3" in capsys.readouterr().out


def test_the_doctor_knows_why(server, monkeypatch):
    port = server.port
    assert any("answers 502" in what for state, what in states_with(server, "gateway") if state == "wrong")
    assert any("wants credentials" in what for state, what in states_with(server, "unauthorized") if state == "wrong")
    assert any("X-elastic-product" in what for _, what in states_with(server, "no_product_header"))
    assert any("no HTTP" in what for state, what in states_with(server, "not_http") if state == "wrong")
    assert any("does not speak TLS" in what for _, what in states(f"https://127.0.0.1:{port}"))
    assert ("wrong", "ftp://x is no URL") in states("ftp://x")
    assert any("is not known" in what for state, what in states("http://no-such-host.invalid:9200") if state == "wrong")
    monkeypatch.setenv("http_proxy", "http://kim:secret@proxy:3128")
    found = states(server.url)
    assert ("doubt", "http_proxy is set to http://proxy:3128") in found
    server.stop()
    assert any("nobody listens" in what for state, what in states(f"http://127.0.0.1:{port}") if state == "wrong")


def states_with(server, fault):
    with server.faults.add(fault):
        return states(server.url)


def test_the_doctor_sees_a_client_that_is_too_new():
    pytest.importorskip("elasticsearch")
    with Server(version="8.19.21") as server:
        found = [what for state, what in states(server.url) if state == "wrong"]
    assert found
    assert "asks for the REST forms of version 9" in found[0]


def test_curl_sends_one_request(server, capsys):
    assert main(["curl", "GET", "/books/_doc/1", "--url", server.url]) == 0
    assert '"title": "Dune"' in capsys.readouterr().out
    assert main(["curl", "books/_search", '{"query": {"match": {"title": "dune"}}}', "--url", server.url, "-i"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("200\n")
    assert "X-elastic-product: Elasticsearch" in out
    assert server.calls("search")[0].raw.method == "POST"
    assert main(["curl", "/films/_search", "--url", server.url, "--raw"]) == 1
    assert capsys.readouterr().out.startswith('{"error":{"root_cause"')
    assert main(["curl", "/", "--url", "http://127.0.0.1:1"]) == 2
    assert main(["curl", "GET", "--url", server.url]) == 1
    assert "METHOD PATH BODY" in capsys.readouterr().err


def test_curl_is_colourful_where_it_is_wanted(server, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["curl", "/books/_doc/1", "--url", server.url])
    assert "\x1b[32m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["curl", "/books/_doc/1", "--url", server.url])
    assert "\x1b[" not in capsys.readouterr().out


def test_completion_knows_commands_and_options(capsys):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    words = f'{script}\nCOMP_WORDS=(esmock ser); COMP_CWORD=1; _esmock; echo "${{COMPREPLY[*]}}"'
    words += '\nCOMP_WORDS=(esmock compare --le); COMP_CWORD=2; _esmock; echo "${COMPREPLY[*]}"'
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["serve", "--left"]
    for shell in ("zsh", "fish"):
        assert main(["completion", shell]) == 0
        assert "compare" in capsys.readouterr().out


def test_serve_starts_with_faults_and_a_token(tmp_path):
    import json
    import urllib.error
    import urllib.request

    faults = tmp_path / "faults.yaml"
    faults.write_text("- {fault: status, status: 418, match: {path: /_cat/*}}\n", "utf-8")
    command = [sys.executable, "-m", "esmock", "serve", "--port", "0", "--json", "--faults", str(faults), "--control-token", "s3cret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = json.loads(process.stdout.readline())["url"]
        codes = []
        for path in ("/_cat/health", "/_esmock/v1", "/_esmock/v1?token=s3cret", "/_esmock/health"):
            try:
                with urllib.request.urlopen(url + path) as answer:
                    codes.append(answer.status)
            except urllib.error.HTTPError as error:
                codes.append(error.code)
                error.close()
        process.terminate()
        process.wait(10)
    assert codes == [418, 401, 200, 200]
    faults.write_text("- {fault: nothing}\n", "utf-8")
    done = subprocess.run([*command[:-2]], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("esmock: 0.fault: there is no fault [nothing]")
