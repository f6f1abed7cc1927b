#!/usr/bin/env bash
# Lists and reads every resource, and calls every tool, through a client that was not written here: the MCP Inspector.
# It comes from the npm registry, so this stands beside the tests. Ends with "N passed, M failed".
#
# Usage: npm run build && bash test/mcp/inspector.sh
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MCP_INSPECTOR_SECRET_STORE=memory MAVEN_GIT_AUTHOR='Test <test@example.com>' MAVEN_DATABASE_URL=embedded
passed=0
failed=0

mkdir "$work/repository"
cp -r "$root/fixtures/history/.moha" "$work/repository/"
git -C "$work/repository" init --quiet --initial-branch=main
git -C "$work/repository" add --all --force
git -C "$work/repository" -c user.name=Test -c user.email=test@example.com commit --quiet --message demo
server=(node "$root/dist/bin/maven-git.js" mcp --repo "$work/repository" --quiet)

inspect() {
  npm exec --yes --package=node@24.21.0 --package=@modelcontextprotocol/inspector@2.12.0 -- \
    mcp-inspector --cli --format json -q "$@" -- "${server[@]}"
}

# check NAME ARGUMENTS...: the Inspector must end well.
check() {
  local name=$1
  shift
  local status=0
  inspect "$@" >"$work/out" 2>"$work/err" || status=$?
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok    $name ($(wc -c <"$work/out") bytes)"
  else
    failed=$((failed + 1))
    echo "FAIL  $name (exit $status)"
    head -c 600 "$work/out" "$work/err"
  fi
}

# names FIELD LIST: the values of one field of a list in the last answer.
names() {
  node -e 'const all = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); const list = (all.result ?? all)[process.argv[3]]; console.log(list.map((one) => one[process.argv[2]]).join("\n"))' "$work/out" "$1" "$2"
}

tool() {
  local name=$1
  shift
  local arguments=()
  for pair in "$@"; do arguments+=(--tool-arg "$pair"); done
  check "tool $name" --method tools/call --tool-name "$name" "${arguments[@]}"
  echo "$name" >>"$work/called"
}

check 'tools/list' --method tools/list
names name tools | sort >"$work/tools"
check 'resources/templates/list' --method resources/templates/list
check 'prompts/list' --method prompts/list
check 'resources/list' --method resources/list
names uri resources >"$work/resources"
# Every resource of its own, and one decision of many.
decision=$(grep -m1 '/decision_' "$work/resources")
for uri in $(grep -v '/decision_' "$work/resources") "$decision" maven://trades/1007 maven://performance/month/2026-01; do
  check "read $uri" --method resources/read --uri "$uri"
done
tool maven_pnl window=7d
tool maven_win_rate asset=BTC
tool maven_performance period=month label=2026-01
tool maven_list_trades asset=SOL
tool maven_list_decisions outcome=win
tool maven_search_memory text=funding
tool maven_history key=1007
tool maven_get_stats
tool maven_verify
tool maven_log_event type=INSPECTED text=hello
tool maven_record_decision type=hold action=wait confidence=70
tool maven_record_insight type=test text=seen
tool maven_create_milestone title=Inspected
tool maven_update_identity 'patch={"inspected":true}'
tool maven_sync_from_git
check 'prompt daily_brief' --method prompts/get --prompt-name daily_brief

if diff "$work/tools" <(sort "$work/called"); then
  passed=$((passed + 1))
  echo 'ok    every tool was called'
else
  failed=$((failed + 1))
  echo 'FAIL  not every tool was called'
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
