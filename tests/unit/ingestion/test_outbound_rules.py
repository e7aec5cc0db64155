"""Addresses of other hosts: one parser, one table of denied networks, edges included."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbound_rules import BadAddress, denied, is_local_name, parse_address

# microsoft/AntiSSRF config/IPAddressRanges.json recommendedV1 (2026-02), and what reliability asks beyond it.
MUST_BE_DENIED = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
    198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::1/128 ::/128 64:ff9b::/96 64:ff9b:1::/48 100::/64
    100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10
    fec0::/10 ff00::/8 100.100.100.200/32 ::/96 ::ffff:0:0/96
""".split()


@pytest.mark.parametrize("cidr", MUST_BE_DENIED)
def test_every_special_network_is_denied_to_its_edges(cidr: str):
    network = ip_network(cidr)
    assert denied(network[0])
    assert denied(network[-1])


@pytest.mark.parametrize(
    "address",
    "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0"
    " 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255"
    " 168.63.129.15 168.63.129.17 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2003::1 2001:200::1".split(),
)
def test_public_neighbours_are_allowed(address: str):
    assert not denied(ip_address(address))


def test_a_scope_id_is_denied():
    assert denied(IPv6Address("2a00:1450::1%eth0"))


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://example.com", "example.com:80"),
        ("https://EXAMPLE.com./x", "example.com:443"),
        ("http://example.com:/", "example.com:80"),
        ("http://2130706433/", "127.0.0.1:80"),
        ("http://0x7f.1/", "127.0.0.1:80"),
        ("http://0177.0.0.1/", "127.0.0.1:80"),
        ("http://127.1/", "127.0.0.1:80"),
        ("http://[::FFFF:127.0.0.1]/", "[::ffff:7f00:1]:80"),
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1:80"),
        ("http://bücher.example/", "xn--bcher-kva.example:80"),
    ],
)
def test_one_host_has_one_spelling(url: str, endpoint: str):
    assert parse_address(url).endpoint == endpoint


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com",
        "http:example.com",
        "http://",
        "http://user@example.com/",
        "http://user:pw@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1\t/",
        "http://exa mple.com/",
        "http://example.com/\r\nX: y",
        "http://%6c%6fcalhost/",
        "http://example.com%00.a.com/",
        "http://example.com:65536/",
        "http://example.com:-1/",
        "http://example.com:https/",
        "http://example.com:0/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://0x100000000/",
        "http://08.8.8.8/",
        "http://a..b.com/",
        "http://.example.com/",
        "http://-a.example.com/",
        "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 2048,
        "http://example.com,127.0.0.1/",
    ],
)
def test_odd_addresses_are_refused(url: str):
    with pytest.raises(BadAddress):
        parse_address(url)


def test_the_target_is_encoded_and_keeps_its_query():
    assert parse_address("http://a.example/ä/b?q=ü&x=%2F#frag").target == "/%C3%A4/b?q=%C3%BC&x=%2F"
    assert parse_address("http://a.example?x=1").url == "http://a.example/?x=1"


@pytest.mark.parametrize("name", ["localhost", "metadata", "printer.local", "foo.localhost", "host.docker.internal"])
def test_names_of_the_own_network_are_local(name: str):
    assert is_local_name(name)
    assert not is_local_name("example.com")


@given(st.integers(0, 2**32 - 1), st.sampled_from(["decimal", "hex", "octal", "mixed", "three", "two"]))
def test_every_spelling_of_an_address_gets_the_verdict_of_the_address(value: int, spelling: str):
    canonical = IPv4Address(value)
    a, b, c, d = canonical.packed
    spelled = {
        "decimal": str(value),
        "hex": hex(value),
        "octal": ".".join(f"0{part:o}" for part in canonical.packed),
        "mixed": f"{a:#x}.0{b:o}.{c}.{d:#x}",
        "three": f"{a}.{b}.{c * 256 + d}",
        "two": f"{a}.{b * 65536 + c * 256 + d}",
    }[spelling]
    host = parse_address(f"http://{spelled}/").host
    assert host == str(canonical)
    for embedded in (
        f"::ffff:{canonical}",
        f"::{canonical}",
        f"64:ff9b::{canonical}",
        f"2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1",
    ):
        assert denied(IPv6Address(embedded)), "no embedding leads around the table"
