#!/usr/bin/python3
"""Random routing tables, and whether a plan agrees with the kernel; for tests of routes.

    routes.py make SEED FAMILY IFACE...    lines for ip -batch: rules and routes of three tables
    routes.py samples SEED FAMILY N        addresses to ask for: at random, and at ends of prefixes
    routes.py ways PLAN                    `xscan --dry-run -v` as "ADDRESS IFACE SOURCE GATEWAY" of the
                                           addresses on standard input; "ADDRESS none" if left out
"""
import ipaddress
import random
import sys

BASE = {"4": ("198.18.0.0", 20, 32), "6": ("2001:db8::c612:0", 116, 128)}
TABLES = ("main", "100", "200")


def prefix(rng, family):
    base, least, most = BASE[family]
    length = rng.randint(least + 1, most - 1 if rng.random() < 0.5 else most)
    first = int(ipaddress.ip_address(base)) + rng.randrange(4096)
    return ipaddress.ip_network((first, length), strict=False)


def gateway(rng, family, iface):
    number = 200 + rng.randrange(4) + 8 * iface
    return ipaddress.ip_address(BASE[family][0]) + number


def make(seed, family, ifaces):
    rng = random.Random(seed)
    for i in range(rng.randint(0, 6)):
        way = rng.choice(["to", "to", "from"])
        which = prefix(rng, family) if way == "to" else rng.choice(
            [str(prefix(rng, family)), str(ipaddress.ip_address(BASE[family][0]) + 1)])
        then = rng.choice(["table 100", "table 100", "table 200", "prohibit", "unreachable"])
        print(f"rule add pref {1000 + i} {way} {which} {then}")
    for _ in range(rng.randint(1, 60)):
        table = rng.choice(TABLES)
        kind = rng.choice(["via", "via", "via", "link", "blackhole", "unreachable", "prohibit",
                           "throw"])
        iface = rng.randrange(len(ifaces))
        metric = rng.choice(["", " metric 5", " metric 50"])
        where = f"{prefix(rng, family)} table {table}{metric}"
        if kind == "via":
            print(f"route replace {where} via {gateway(rng, family, iface)} "
                  f"dev {ifaces[iface]} onlink")
        elif kind == "link":
            print(f"route replace {where} dev {ifaces[iface]}")
        else:
            print(f"route replace {kind} {where}")


def samples(seed, family, n):
    rng = random.Random(f"{seed} samples")
    for _ in range(n):
        net = prefix(rng, family)
        first, last = int(net[0]), int(net[-1])
        number = rng.choice([first, last, first - 1, last + 1, rng.randint(first, last)])
        low = int(ipaddress.ip_address(BASE[family][0]))
        print(ipaddress.ip_address(min(max(number, low + 2), low + 4095)))


def ways(plan):
    paths = []
    for line in open(plan, encoding="utf-8"):
        words = line.replace(",", "").split()
        if line.startswith("path "):
            hop = words[8] if words[7] == "gateway" else "link"
            paths.append((f"{words[4]} {words[6]} {hop}", []))
        elif line.startswith("   "):
            word = words[0]
            if "/" in word:
                net = ipaddress.ip_network(word)
                first, last = net[0], net[-1]
            else:
                first, last = (ipaddress.ip_address(a) for a in (word.split("-") * 2)[:2])
            paths[-1][1].append((first, last))
    for line in sys.stdin:
        addr = ipaddress.ip_address(line.strip())
        found = [way for way, ranges in paths
                 if any(first <= addr <= last for first, last in ranges)]
        print(addr, *(found or ["none"]))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif sys.argv[1] == "samples":
        samples(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        ways(sys.argv[2])
