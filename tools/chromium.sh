#!/bin/sh
# Prints the path of a Chromium that runs, or fails without a word. TZXM_CHROMIUM names one's own: then no other counts.
# Debian's headless shell comes first: the same engine without a window of its own, and half the work for each page.
# Ubuntu's `chromium-browser` may be a stub that only asks for the snap: what can't say its version doesn't count.
set -eu

for name in ${TZXM_CHROMIUM:-chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable}; do
    path=$(command -v "$name") || continue
    if timeout 30 "$path" --version >/dev/null 2>&1; then
        echo "$path"
        exit 0
    fi
done
exit 1
