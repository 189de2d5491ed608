"""Mail goes to no server whose certificate is not trusted, and nothing of it before that is known."""

from __future__ import annotations

import datetime
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bijzondere_toegang.reminders.mail import SmtpMailer
from bijzondere_toegang.settings import Settings


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A mail server over TLS with a certificate of its own making; its port, and what it read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_own_certificate(tmp_path))
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, read), daemon=True).start()
        yield listening.getsockname()[1], read


def _own_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin.replace(year=2099))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    file = folder / "own.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return file


def _serve(listening: socket.socket, context: ssl.SSLContext, read: list[bytes]) -> None:
    try:
        line, _ = listening.accept()
        with context.wrap_socket(line, server_side=True) as safe:
            safe.sendall(b"220 localhost\r\n")
            read.append(safe.recv(1000))
    except OSError:
        return


def test_mail_does_not_go_to_a_server_that_nobody_vouches_for(stranger: tuple[int, list[bytes]]) -> None:
    port, read = stranger
    message = EmailMessage()
    message["To"], message["From"] = "iemand@example.org", "bt@example.org"
    mailer = SmtpMailer(Settings(smtp_host="localhost", smtp_port=port, smtp_tls="tls"))

    with pytest.raises(ssl.SSLCertVerificationError):
        mailer.send(message)

    assert (
        read == [] and issubclass(ssl.SSLCertVerificationError, OSError) and issubclass(smtplib.SMTPException, OSError)
    )
