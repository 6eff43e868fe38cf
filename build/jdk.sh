#!/bin/sh
# Prints the home of a JDK that is new enough (25 or newer), or fails. The places are those in which Maven's toolchain
# discovery looks.
for java_home in "$JAVA_HOME" "$JAVA25_HOME" "$JDK25_HOME" "$JAVA_HOME_25_X64" \
  /usr/lib/jvm/* /usr/java/* /opt/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/* "$HOME"/.sdkman/candidates/java/* \
  /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  [ -r "$java_home/release" ] && [ -x "$java_home/bin/javac" ] || continue
  major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release")
  if [ "${major:-0}" -ge 25 ]; then
    printf '%s\n' "$java_home"
    exit 0
  fi
done
cat >&2 <<'MISSING'
no JDK 25 or newer was found.
  Debian, Ubuntu   apt install temurin-25-jdk     (from the Adoptium package repository)
  macOS            brew install --cask temurin@25
  anywhere         sdk install java 25-tem        (SDKMAN)
Maven itself may keep running on JDK 17 or newer; set JAVA25_HOME if yours lives somewhere unusual.
MISSING
exit 1
