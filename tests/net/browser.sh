# shellcheck shell=bash disable=SC2154
# For tests of pages: a Chromium without a window, in the scanner's namespace, driven by WebDriver. Source
# this file behind lib.sh; end the browser with `browser_end`.

browser_at=http://127.0.0.1:9515
browser_pid=
session=

# POST to the driver. Prints the answer.
drive() { # PATH [JSON]
	lab exec scanner curl -s -m 60 -H 'Content-Type: application/json' \
		--data-binary "${2:-{\}}" "$browser_at$1"
}

browser_begin() { # WIDTH HEIGHT
	local try
	lab exec scanner ip link set lo up
	HOME=$tmp tools/lab exec scanner chromedriver --port=9515 --log-path="$tmp/driver.log" >/dev/null 2>&1 &
	browser_pid=$!
	for ((try = 0; try < 100; try++)); do
		! lab exec scanner curl -s -m 5 "$browser_at/status" >/dev/null || break
		sleep 0.1
	done
	session=$(drive /session "$(jq -n --arg size "$1,$2" --arg folder "$tmp/browser" '{capabilities: {alwaysMatch: {
		"goog:loggingPrefs": {browser: "ALL"},
		"goog:chromeOptions": {args: ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
			"--window-size=\($size)", "--user-data-dir=\($folder)"]}}}}')" | jq -r .value.sessionId)
	session=/session/$session
}
browser_end() {
	[ -n "$browser_pid" ] || return 0
	lab exec scanner curl -s -m 20 -X DELETE "$browser_at$session" >/dev/null || true
	kill "$browser_pid" 2>/dev/null || true
	wait "$browser_pid" 2>/dev/null || true
	browser_pid=
}

visit() { # FILE
	drive "$session/url" "$(jq -n --arg url "file://$1" '{url: $url}')" >/dev/null
}

# The value of an expression of JavaScript in the page.
js() { # EXPRESSION
	drive "$session/execute/sync" "$(jq -n --arg script "return ($1)" '{script: $script, args: []}')" |
		jq -c '.value' | sed 's/^"\(.*\)"$/\1/'
}

# A command of Chromium's own.
chromium_does() { # COMMAND JSON
	drive "$session/goog/cdp/execute" "$(jq -n --arg cmd "$1" --argjson params "$2" '{cmd: $cmd, params: $params}')"
}

# What the browser complained about: errors of scripts, and what the page's policy refused.
complaints() {
	drive "$session/se/log" '{"type": "browser"}' | jq -r '.value[]?.message'
}

# A picture of the whole page.
picture() { # FILE
	chromium_does Page.captureScreenshot '{"captureBeyondViewport": true, "format": "png"}' |
		jq -r .value.data | base64 -d >"$1"
}
