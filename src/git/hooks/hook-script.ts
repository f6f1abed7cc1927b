import { type HookProgram, shellQuote } from './program.js';

/** Raised whenever the text of the scripts changes, so that `hooks status` can tell which are outdated. */
const SCRIPT_VERSION = 1;

/** The first words by which our scripts are known. */
const MARK = '# A hook of maven-git';

/** Hooks that ask for a reconcile, and hooks that check. */
export const RECONCILING_HOOKS = ['post-commit', 'post-merge', 'post-checkout', 'post-rewrite'] as const;
export const CHECKING_HOOKS = ['pre-commit', 'pre-push'] as const;
export const OUR_HOOKS: readonly string[] = [...RECONCILING_HOOKS, ...CHECKING_HOOKS];

export interface HookScript {
  readonly hook: string;
  readonly program: HookProgram;
  /**
   * Folder of the hooks that git would run without us, each called first with its arguments and input. A relative one is
   * looked for where git would: in the folder the hook runs in. `beside` = the folder that stands beside our own.
   */
  readonly former: { readonly folder: string } | 'beside';
  /** File of environment variables that the reconcile reads; null = it has those of the git command. */
  readonly envFile: string | null;
  /** Whether a server was named when the hooks were installed: then the embedded database must not take its place. */
  readonly expectsServer: boolean;
}

/** Name that is put to a hooks folder that had to make room. */
export const FORMER_SUFFIX = '.before-maven-git';

/**
 * Writes a hook for sh.
 *
 * A hook that was there before is called first, as git would call it, and what it answers counts. A reconciling hook then
 * leaves one line in a file and, when no worker is at work, starts one that git does not wait for. A checking hook lets
 * the program look, when anything of ours is concerned. Without the program nothing is stopped: the log is told.
 */
export function hookScript(script: HookScript): string {
  const { hook, program, former, envFile, expectsServer } = script;
  const folder = former === 'beside' ? `"\${0%/*}${FORMER_SUFFIX}"` : shellQuote(former.folder);
  const options = [
    ...(envFile === null ? [] : ['--env-file', shellQuote(envFile)]),
    ...(expectsServer ? ['--expects-server'] : []),
  ].join(' ');
  return [
    '#!/bin/sh',
    `${MARK}, version ${SCRIPT_VERSION}: maven-git hooks status, maven-git hooks uninstall`,
    `former=${folder}/${hook}`,
    ...(OUR_HOOKS.includes(hook)
      ? [`node=${shellQuote(program.node)}`, `program=${shellQuote(program.script)}`, COMMON]
      : []),
    body(hook, options),
    '',
  ].join('\n');
}

/** Tells whether a hook is ours, of whatever version. */
export function isOurScript(text: string): boolean {
  return text.startsWith(`#!/bin/sh\n${MARK}`);
}

function body(hook: string, options: string): string {
  if (hook === 'pre-commit') return PRE_COMMIT;
  if (hook === 'pre-push') return PRE_PUSH;
  if (hook === 'post-checkout') return `${CALL_FORMER}${POST_CHECKOUT}${reconcile(hook, options)}`;
  if (OUR_HOOKS.includes(hook)) return `${CALL_FORMER}${reconcile(hook, options)}`;
  return `if [ -f "$former" ] && [ -x "$former" ]; then exec "$former" "$@"; fi`;
}

/** `find_program` sets the arguments that start the program, from a shell function's own. */
const COMMON = `# Without asking git, wherever that can be told: a child of git costs milliseconds.
find_git_dir() {
  gitdir=\${GIT_DIR:-.git}
  case $gitdir in /*) ;; *) gitdir=$PWD/$gitdir ;; esac
  if [ -d "$gitdir/objects" ] || [ -f "$gitdir/commondir" ]; then return 0; fi
  gitdir=$(git rev-parse --absolute-git-dir)
}
find_program() {
  if [ -x "$node" ] && [ -f "$program" ]; then return 0; fi
  node=
  command -v maven-git >/dev/null 2>&1
}
maven() {
  if [ -n "$node" ]; then "$node" "$program" "$@"; else maven-git "$@"; fi
}
# The log is small; it is told, nobody is stopped.
tell_missing() {
  mkdir -p "$state" || return 0
  echo "$(date -u '+%Y-%m-%d %H:%M:%S,000') - maven.hooks - WARNING - maven-git is not found any more ($program); run maven-git hooks install" >"$state/program-missing.log"
}`;

const CALL_FORMER = `answer=0
if [ -f "$former" ] && [ -x "$former" ]; then
  "$former" "$@"
  answer=$?
fi
`;

/** A checkout of files, a new name for the commit that is checked out already, and a first checkout move nothing. */
const POST_CHECKOUT = `if [ "$3" != 1 ] || [ "$1" = "$2" ]; then exit "$answer"; fi
case $1 in *[!0]*) ;; *) exit "$answer" ;; esac
`;

/**
 * Costs git two or three short children, and never an error. The worker removes \`worker\` before it looks at \`request\`
 * for the last time, so that whoever sees a living worker is served by it. A file five minutes old belongs to a process
 * that was killed, and whose number another may have by now.
 */
function reconcile(hook: string, options: string): string {
  // A rebase began with a checkout, whose worker waits for its end, and ends with a post-rewrite: between, a line is enough.
  const burst = hook === 'post-commit' ? '\n  [ ! -d "$gitdir/rebase-merge" ] || return 0' : '';
  return `ask() {
  find_git_dir || return 0
  state=$gitdir/maven/hooks
  [ -d "$state" ] || mkdir -p "$state" || return 0
  echo ${hook} >>"$state/request" || return 0${burst}
  if read -r pid <"$state/worker" && kill -0 "$pid" && [ -z "$(find "$state/worker" -mmin +5)" ]; then return 0; fi
  (
    trap '' HUP INT
    unset $(git rev-parse --local-env-vars)
    cd "$state" || exit 0
    find_program || { tell_missing; exit 0; }
    if [ -n "$node" ]; then set -- "$node" "$program"; else set -- maven-git; fi
    set -- nice -n 10 "$@" hook-run reconcile --repo "$gitdir"${options === '' ? '' : ` ${options}`}
    if command -v setsid; then exec setsid "$@"; fi
    exec "$@"
  ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  echo "$!" >"$state/worker"
}
ask "$@" >/dev/null 2>&1
exit "$answer"`;
}

/** Exit code of `hook-run` when it refuses; whatever else it ends with, it could not check, and nobody is stopped. */
export const REFUSED = 10;

const ANSWER = `[ $? != ${REFUSED} ] || exit 1
exit 0`;

/** A formatter among the former hooks may still change what is staged, so it goes first. */
const PRE_COMMIT = `if [ -f "$former" ] && [ -x "$former" ]; then "$former" "$@" || exit $?; fi
git diff --cached --quiet --no-ext-diff -- ':(top).moha/maven' 2>/dev/null
[ $? = 1 ] || exit 0
find_git_dir || exit 0
state=$gitdir/maven/hooks
find_program || { tell_missing 2>/dev/null; exit 0; }
staged() {
  git diff --cached --raw -z --no-renames --no-abbrev --no-ext-diff --no-color "$@" -- ':(top).moha/maven'
}
{
  staged
  # A merge that is being concluded has a second parent, of which no line may be lost either.
  if [ -f "$gitdir/MERGE_HEAD" ]; then staged MERGE_HEAD; fi
} | maven hook-run pre-commit --repo "$gitdir"
${ANSWER}`;

const PRE_PUSH = `refs=$(cat; echo .)
refs=\${refs%.}
if [ -f "$former" ] && [ -x "$former" ]; then printf %s "$refs" | "$former" "$@" || exit $?; fi
[ -n "$refs" ] || exit 0
find_git_dir || exit 0
state=$gitdir/maven/hooks
find_program || { tell_missing 2>/dev/null; exit 0; }
printf %s "$refs" | maven hook-run pre-push --repo "$gitdir" --remote "$1"
${ANSWER}`;
