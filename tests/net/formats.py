#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What programs read in results: for the tests of formats. Prints one line a port or host.

    formats.py hosts XML     ip mac state reason, of the XML as it is
    formats.py states XML    ip port protocol state reason, of the XML as it is
    formats.py libnmap XML   ip mac port state service of open ports, by python3-libnmap
    formats.py importer XML  ip port/protocol service of open ports, as databases of scans import nmap's XML
    formats.py python-nmap XML  the same, by python3-nmap
    formats.py csv CSV       ip port protocol state reason, by the csv module
"""

import csv
import ipaddress
import sys
import xml.etree.ElementTree


def numbers(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def print_hosts(path):
    for host in xml.etree.ElementTree.parse(path).findall("host"):
        status = host.find("status")
        by_type = {a.get("addrtype"): a.get("addr").lower() for a in host.findall("address")}
        print(by_type.get("ipv4"), by_type.get("mac"), status.get("state"), status.get("reason"))


def print_states(path):
    for host in xml.etree.ElementTree.parse(path).findall("host"):
        ip = host.find("address").get("addr")
        for extra in host.findall("ports/extraports"):
            reasons = extra.findall("extrareasons")
            listed = sum(len(list(numbers(r.get("ports")))) for r in reasons)
            assert listed == int(extra.get("count")) == sum(int(r.get("count")) for r in reasons)
            for r in reasons:
                for port in numbers(r.get("ports")):
                    print(ip, port, r.get("proto"), extra.get("state"), r.get("reason"))
        for port in host.findall("ports/port"):
            state = port.find("state")
            print(ip, port.get("portid"), port.get("protocol"), state.get("state"), state.get("reason"))


def print_libnmap(path):
    from libnmap.parser import NmapParser

    report = NmapParser.parse_fromfile(path)
    for host in report.hosts:
        assert host.is_up() and host.status == "up"
        for number, protocol in host.get_open_ports():
            service = host.get_service(number, protocol)
            print(host.address, host.mac.lower(), f"{number}/{protocol}", service.state, service.service)
    print("up", report.hosts_up, "of", report.hosts_total)


# An importer takes a host only with its status, an address only by its type, a port only with its state. It
# makes a host of each element, so an address may have one alone.
def print_importer(path):
    seen = set()
    for host in xml.etree.ElementTree.parse(path).findall("host"):
        (status,) = host.findall("status")
        assert status.get("state") == "up" and status.get("reason")
        by_type = {a.get("addrtype"): a.get("addr") for a in host.findall("address")}
        assert len(by_type) == len(host.findall("address")) and set(by_type) <= {"ipv4", "ipv6", "mac"}
        (ip,) = [by_type[kind] for kind in ("ipv4", "ipv6") if kind in by_type]
        assert ("ipv%d" % ipaddress.ip_address(ip).version) in by_type and ip not in seen
        seen.add(ip)
        for port in host.findall("ports/port"):
            assert port.get("protocol") in ("tcp", "udp") and 0 < int(port.get("portid")) < 65536
            (state,) = port.findall("state")
            assert state.get("state") in ("open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered")
            if state.get("state") == "open":
                print(ip, f"{port.get('portid')}/{port.get('protocol')}", port.find("service").get("name"))


def print_python_nmap(path):
    import nmap

    with open(path) as file:
        nmap_scan = nmap.PortScanner().analyse_nmap_xml_scan(file.read())["scan"]
    for host in nmap_scan.values():
        assert host["status"]["state"] == "up"
        for number, port in host.get("tcp", {}).items():
            if port["state"] == "open":
                print(host["addresses"].get("ipv4") or host["addresses"]["ipv6"], f"{number}/tcp", port["name"])


def print_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        assert None not in row and None not in row.values(), row
        if row["sport"]:
            print(row["saddr"], row["sport"], row["protocol"], row["state"], row["reason"])
        else:
            print(row["saddr"], row["mac"] or "-", row["vendor"] or "-")


ways = {"hosts": print_hosts, "states": print_states, "libnmap": print_libnmap, "csv": print_csv,
        "importer": print_importer, "python-nmap": print_python_nmap}
ways[sys.argv[1]](sys.argv[2])
