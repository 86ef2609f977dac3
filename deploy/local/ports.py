"""Whether the gateways' ports are free, asked before anything is installed or started."""
import errno
import socket

from deploy.local.errors import Refusal


def check_ports(host: str, ports: list[int]) -> None:
    """Raises Refusal for the first port that a gateway could not listen on."""
    for port in ports:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        except socket.gaierror as error:
            raise Refusal(f"PARLEY_HOST {host!r} is not an address of this machine ({error.strerror}).") from error
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
                probe.listen()
            except OSError as error:
                raise Refusal(_sentence(host, port, error)) from error


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (f"Port {port} on {host} is in use; stop what listens there, "
                "or set PARLEY_PORT to another port.")
    if error.errno == errno.EACCES:
        return f"Port {port} is not for ordinary users; set PARLEY_PORT to one above 1023."
    return f"Parley cannot listen on {host}, port {port} ({error.strerror}); set PARLEY_HOST or PARLEY_PORT."
