#!/usr/bin/env bash
# Runs the check. The base of a branch's first push is all zeros, and a force-push may name a commit that is gone:
# then there is nothing to compare with, and the rest is checked all the same.
set -euo pipefail
program="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/dist/bin/maven-git.js"
arguments=(verify --repo "$MAVEN_REPOSITORY" --format github)
if [ -n "${MAVEN_BASE:-}" ] && git -C "$MAVEN_REPOSITORY" rev-parse --quiet --verify "$MAVEN_BASE^{commit}" >/dev/null; then
  arguments+=(--base "$MAVEN_BASE")
fi
exec node "$program" "${arguments[@]}"
