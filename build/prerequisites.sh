#!/bin/sh
# Stops the build at once where a tool is missing, and says how to get it.
# Argument: "true" when the UI is skipped, so that Node is not asked for.
skip_ui=${1:-false}

missing() {
  printf '\nTracery cannot be built here: %s\n\n' "$1" >&2
  exit 1
}

why=$(sh "$(dirname "$0")/jdk.sh" 2>&1 >/dev/null) || missing "$why"

if [ "$skip_ui" != true ]; then
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || missing "Node.js 20 or newer with npm was not found.
  Debian, Ubuntu   apt install nodejs npm
  macOS            brew install node
  anywhere         install it with your version manager (nvm, fnm, asdf), then run this again
-Dskip.ui=true builds everything but the pages."
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || missing "Node.js 20 or newer is needed for the pages; this is $(node --version)."
fi
