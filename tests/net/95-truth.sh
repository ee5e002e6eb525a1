#!/bin/bash
# The short form of tests/net/torture: twenty scenarios, half of them here. `make torture` runs more.
exec "$(dirname "$0")/torture" 1 10
