#!/bin/sh
# Stops the build at once where a tool is missing, and says how to get it.
# Argument: "true" when the UI is skipped, so that Node is not asked for.
skip_ui=${1:-false}

missing() {
  printf '\nTracery cannot be built here: %s\n\n' "$1" >&2
  exit 1
}

# The same places in which Maven's toolchain discovery looks.
jdk25() {
  for java_home in "$JAVA_HOME" "$JAVA25_HOME" "$JDK25_HOME" "$JAVA_HOME_25_X64" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/* "$HOME"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -r "$java_home/release" ] && [ -x "$java_home/bin/javac" ] || continue
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release")
    [ "${major:-0}" -ge 25 ] && return 0
  done
  return 1
}

jdk25 || missing "no JDK 25 or newer was found.
  Debian, Ubuntu   apt install temurin-25-jdk     (from the Adoptium package repository)
  macOS            brew install --cask temurin@25
  anywhere         sdk install java 25-tem        (SDKMAN)
Maven itself may keep running on JDK 17 or newer; set JAVA25_HOME if yours lives somewhere unusual."

if [ "$skip_ui" != true ]; then
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || missing "Node.js 20 or newer with npm was not found.
  Debian, Ubuntu   apt install nodejs npm
  macOS            brew install node
  anywhere         install it with your version manager (nvm, fnm, asdf), then run this again
-Dskip.ui=true builds everything but the pages."
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || missing "Node.js 20 or newer is needed for the pages; this is $(node --version)."
fi
