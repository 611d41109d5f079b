"""Addresses that webhooks may not be sent to: ATTACKS A49 and A50."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.errors import UrlNotAllowed
from services.auth.domain.targets import Address, Target, TargetRules, is_public

RULES = TargetRules()
HERE = TargetRules(loopback=True)

NO_HOST_OF_THE_INTERNET = [
    "127.0.0.1",
    "127.8.9.1",
    "[::1]",
    "[::]",
    "0.0.0.0",  # noqa: S104  refused, not listened to
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "[fd00::1]",
    "[fe80::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "8.8.8.8",
    "[2606:4700::1111]",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "printer",
    "printer.local",
    "auth.atelier.svc",
    "auth.atelier.svc.cluster.local",
    "metadata.google.internal",
    "db.home.arpa",
    "example.com.",
    "example..com",
    ".example.com",
    "-a.example.com",
    "a-.example.com",
    "exa_mple.com",
    "example.com%00.org",
    "example.com%2eevil.org",
    "münchen.example",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "ex\u00adample.com",
    "a" * 64 + ".example.com",
    ".".join(["a" * 60] * 5) + ".com",
    "1.2.3",
]


@pytest.mark.attack("A49")
@pytest.mark.parametrize("host", NO_HOST_OF_THE_INTERNET)
@pytest.mark.parametrize("shape", ["https://{}/hook", "https://{}:443/hook"])
def test_a_host_that_is_no_public_name_is_refused(host: str, shape: str) -> None:
    with pytest.raises(UrlNotAllowed):
        RULES.read(shape.format(host))


@pytest.mark.attack("A49")
@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com@evil.org/",
        "https://example.com#@evil.org/",
        "https://example.com/#part",
        "https://example.com\\@evil.org/",
        "https:\\\\example.com/",
        "https:/example.com/",
        "https:example.com/",
        "//example.com/",
        "https://",
        "https:///path",
        "https://example.com:/",
        "https://example.com:port/",
        "https://example.com:443:443/",
        "https://exam ple.com/",
        " https://example.com/",
        "https://example.com/\n",
        "https://exam\tple.com/",
        "https://example.com/a\r\nHost: evil.org",
        "https://example.com/\0",
        "https://[::1/",
        "https://[::1]example.com/",
        "https://example.com/é",
        "https://example.com/" + "a" * 2048,
        "",
    ],
)
def test_an_address_that_two_readers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as refused:
        RULES.read(url)
    [fault] = refused.value.faults
    assert (fault.field, fault.code) == ("url", "url.form")


@pytest.mark.attack("A50")
@pytest.mark.parametrize(
    "scheme", ["http", "ftp", "file", "gopher", "data", "dict", "ldap", "javascript", "HTTPS", "wss"]
)
def test_https_alone_is_spoken(scheme: str) -> None:
    with pytest.raises(UrlNotAllowed):
        RULES.read(f"{scheme}://example.com/hook")


@pytest.mark.attack("A50")
@pytest.mark.parametrize("port", [0, 1, 22, 25, 5432, 6379, 8080, 8443, 65536, 99999])
def test_other_ports_are_refused_and_the_allowed_ones_named(port: int) -> None:
    with pytest.raises(UrlNotAllowed) as refused:
        RULES.read(f"https://example.com:{port}/")
    [fault] = refused.value.faults
    assert (fault.code, fault.limit) == ("url.port", "80, 443")


def test_a_port_that_the_settings_name_is_allowed() -> None:
    assert TargetRules(ports={8443}).read("https://example.com:8443/").port == 8443


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/"), "example.com"),
        ("https://Example.COM/a/b?c=d", Target("https", "example.com", 443, "/a/b?c=d"), "example.com"),
        ("https://example.com:80/", Target("https", "example.com", 80, "/"), "example.com:80"),
        ("https://example.com?x", Target("https", "example.com", 443, "/?x"), "example.com"),
        ("https://xn--mnchen-3ya.example/", Target("https", "xn--mnchen-3ya.example", 443, "/"), None),
        ("https://a-b.c1.example/@x", Target("https", "a-b.c1.example", 443, "/@x"), None),
    ],
)
def test_ordinary_addresses_are_read(url: str, target: Target, authority: str | None) -> None:
    assert RULES.read(url) == target
    assert target.authority == (authority or target.host)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_is_read_is_what_pythons_own_reader_reads(rest: str) -> None:
    url = f"https://{rest}"
    try:
        target = RULES.read(url)
    except UrlNotAllowed:
        return
    other = urlsplit(url)
    assert (target.host, target.port) == (other.hostname, other.port or 443)
    assert other.username is None
    assert not other.fragment


@pytest.mark.attack("A49")
@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1"),
        *("fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
        *(
            "2002:7f00:1::",
            "2002:808:808::",
            "2001::1",
            "3fff::1" if hasattr(IPv6Address, "ipv6_mapped") else "::",
        ),
    ],
)
def test_no_address_beside_the_internet_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.attack("A49")
@given(st.ip_addresses(v=4))
def test_no_private_address_passes_in_the_clothes_of_ipv6(address: IPv4Address) -> None:
    inside = int(address)
    for network in ("::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not is_public(IPv6Address(int(IPv6Address(network)) | inside))
    assert not is_public(IPv6Address(int(IPv6Address("2002::")) | inside << 80))


def addresses(*texts: str) -> list[Address]:
    return [ipaddress.ip_address(text) for text in texts]


@pytest.mark.attack("A50")
def test_one_private_address_among_public_ones_spoils_the_name() -> None:
    target = RULES.read("https://example.com/")
    RULES.admit(target, addresses("1.1.1.1", "2606:4700::1111"))
    for found in (["1.1.1.1", "10.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["1.1.1.1", "::1"], []):
        with pytest.raises(UrlNotAllowed):
            RULES.admit(target, addresses(*found))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4711/a", "http://localhost:80/", "http://[::1]:9/", "https://127.0.0.1/"]
)
def test_this_machine_may_be_called_where_that_is_allowed_alone(url: str) -> None:
    target = HERE.read(url)
    HERE.admit(target, addresses("127.0.0.1"))
    with pytest.raises(UrlNotAllowed):
        RULES.read(url)
    with pytest.raises(UrlNotAllowed):
        HERE.admit(target, addresses("10.0.0.1"))


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://example.com/", "https://db.internal/", "https://[fd00::1]/"]
)
def test_and_nothing_else_is_allowed_with_it(url: str) -> None:
    with pytest.raises(UrlNotAllowed):
        HERE.read(url)
    with pytest.raises(UrlNotAllowed):
        HERE.admit(Target("https", "example.com", 443, "/"), addresses("127.0.0.1"))
