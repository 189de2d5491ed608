"""What counts as one network address."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """An IPv6 network hands its addresses out by the million: it counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
