#!/bin/bash
# The other half of the short form of tests/net/torture.
exec "$(dirname "$0")/torture" 11 10
