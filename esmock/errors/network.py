"""Errors of Java's network classes, as a server tells of them that asks another one.

Source: answers of 7.10.2 to a reindex from a server that did not answer, or wrongly.
"""

from __future__ import annotations

from esmock.errors.java import JavaError


class SocketTimeout(JavaError):
    """The other server took too long to answer."""

    package = "java.net"


class Connect(JavaError):
    """Nobody listens there."""

    package = "java.net"


class UnknownHost(JavaError):
    """The name has no address."""

    package = "java.net"


class URISyntax(JavaError):
    """An address that is none."""

    package = "java.net"
    java = "URISyntaxException"
    type = "u_r_i_syntax_exception"


class SSL(JavaError):
    """The other server does not speak TLS."""

    package = "javax.net.ssl"
    java = "SSLException"
    type = "s_s_l_exception"


class ConnectionClosed(JavaError):
    """The other server hung up."""

    package = "org.apache.http"


class ResponseProblem(JavaError):
    """The other server answered with an error."""

    package = "org.elasticsearch.client"
    java = "ResponseException"
    type = "response_exception"
