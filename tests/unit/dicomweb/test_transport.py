"""Which addresses are used, and what is never sent there."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.errors import BadInput, BrokenAnswer, Offline, WrongAddress
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.transport import Transport, checked_url
from tests.integration.fault_proxy import Fault, FaultProxy, Kind, always

pytestmark = pytest.mark.usefixtures("hurry")
LOGIN = Credentials(AuthKind.BASIC, "me", "secret")


@pytest.mark.parametrize(
    "url",
    ["http://hospital.example/fhir", "ftp://hospital.example", "hospital.example", "https://u:p@h.example/fhir",
     "https://h.example/fhir?x=1", "http://[::1", "https://h.example:99999", "http://127.0.0.1.evil.example/fhir"],
)  # fmt: skip
def test_addresses_that_cannot_be_trusted_are_refused(url):
    with pytest.raises(BadInput):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://h.example/fhir/", "http://127.0.0.1:8080/fhir", "http://localhost/fhir", "http://[::1]:9/x"]
)
def test_https_and_this_machine_are_taken(url):
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "path", ["https://evil.example/x", "http://127.0.0.1:2/x", "//evil.example/x", "http://127.0.0.1:1@evil.example/x"]
)
def test_no_request_leaves_the_origin_of_the_server(path):
    with Transport("http://127.0.0.1:1/fhir", LOGIN) as http, pytest.raises(WrongAddress):
        http.url(path)


@pytest.fixture
def broken():
    with FaultProxy("http://127.0.0.1:1/x").running() as proxy:
        yield proxy


def test_an_endless_answer_is_cut_at_its_limit(broken):
    broken.rules = [always(Fault(Kind.STATUS, status=200, body=b"x" * 5_000_000))]
    with Transport(broken.url, LOGIN) as http, pytest.raises(BrokenAnswer, match="larger"):
        http.request("GET", "a", job=Job(), limit=2**20, tries=1)


def test_a_request_is_tried_six_times_and_then_given_up(broken):
    broken.rules = [always(Fault(Kind.STATUS, status=503))]
    with Transport(broken.url, LOGIN) as http:
        assert http.request("GET", "a", job=Job()).status == 503
    assert broken.count("GET", "a") == 6


def test_waiting_to_try_again_can_be_stopped(broken):
    broken.rules = [always(Fault(Kind.STATUS, status=503, headers={"Retry-After": "30"}))]
    job = Job()
    broken.rules.insert(0, lambda _how, _path: job.cancel())
    with Transport(broken.url, LOGIN) as http, pytest.raises(Cancelled):
        http.request("GET", "a", job=job)


def test_circles_of_redirects_end(broken):
    broken.rules = [always(Fault(Kind.REDIRECT, headers={"Location": "/x/again"}))]
    with Transport(broken.url, LOGIN) as http, pytest.raises(WrongAddress, match="circles"):
        http.request("GET", "a", job=Job())


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach():
    with Transport("http://127.0.0.1:1", LOGIN) as http, pytest.raises(Offline, match="cannot be reached"):
        http.request("GET", "a", job=Job(), tries=1)


def test_credentials_do_not_show_in_errors():
    with Transport("http://127.0.0.1:1", LOGIN) as http, pytest.raises(Offline) as caught:
        http.request("GET", "a", job=Job(), tries=1)
    assert "secret" not in f"{caught.value}{caught.value.__cause__!r}{http.__dict__!r}"


@pytest.fixture
def self_signed(tmp_path):
    """An https server on this machine whose certificate nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=36500))
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    pem += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://localhost:{server.server_address[1]}/fhir"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_nobody_signed_is_refused_and_nothing_is_sent(self_signed):
    with Transport(self_signed, LOGIN) as http, pytest.raises(WrongAddress, match="certificate"):
        http.request("GET", "metadata", job=Job(), tries=1)
