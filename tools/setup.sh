#!/bin/sh
# Makes everything ready that the platform needs: `tools/setup.sh serve`, `tools/setup.sh test` or `tools/setup.sh bench`.
# Says what it does, does only what is missing, and may be run again at any time.
set -eu

purpose=${1:-serve}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv
lock=$root/requirements.lock
stamp=$venv/installed.sha256

say() { printf '准备：%s\n' "$*"; }
stop() { printf '准备：%s\n' "$*" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python_found() {
    for name in python3.11 python3.12 python3.13 python3.14 python3; do
        if command -v "$name" >/dev/null && new_enough "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

has_postgresql() {
    for folder in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && return 0
    done
    return 1
}

has_chinese_fonts() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.local/share/fonts" \
        -name 'NotoSerifCJK*' -print 2>/dev/null | head -n 1)" ]
}

has_chromium() { "$root/tools/chromium.sh" >/dev/null; }

apt_has() { LC_ALL=C apt-cache policy "$1" | grep -q '^ *Candidate: [^(]'; }

has_venv_module() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

missing_packages() {
    found=$(python_found) || echo python3
    [ -x "$venv/bin/python" ] || has_venv_module "${found:-python3}" || echo python3-venv
    has_chinese_fonts || echo fonts-noto-cjk
    case $purpose in
        test)
            has_chromium || echo chromium-headless-shell
            has_postgresql || echo postgresql
            ;;
        bench)
            has_postgresql || echo postgresql
            command -v wrk >/dev/null || echo wrk
            ;;
    esac
}

no_chromium='软件源里没有 chromium（Ubuntu 只有 snap 版）。请安装 Google Chrome 后重试：
  wget https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb
  sudo apt-get install -y ./google-chrome-stable_current_amd64.deb
已有 Chromium 的，也可以把它的路径写入环境变量：TZXM_CHROMIUM=/路径/chromium make test'

install_packages() {
    [ $# -gt 0 ] || return 0
    command -v apt-get >/dev/null || stop "缺少 $*，请用本机的软件包管理器安装后重试"
    commands="apt-get update && apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" = 0 ]; then
        as_root=env
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        stop "缺少系统软件包，请以管理员身份执行后重试：$commands"
    fi
    say "安装系统软件包：$*"
    $as_root apt-get update -q || stop "软件包清单未能更新，请检查软件源后重试：$commands"
    case " $* " in
        *" chromium-headless-shell "*) apt_has chromium-headless-shell || stop "$no_chromium" ;;
    esac
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" ||
        stop "系统软件包未能装好，请检查后重试：$commands"
}

make_venv() {
    if [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python"; then return 0; fi
    python=$(python_found) || stop "需要 Python 3.11 或更新版本"
    say "创建虚拟环境 .venv（$("$python" --version)）"
    "$python" -m venv --clear "$venv"
}

install_lock() {
    wanted=$("$venv/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$lock")
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    say "按 requirements.lock 安装依赖，约需十几秒"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    echo "$wanted" >"$stamp"
}

# `.venv/bin/tzxm` works from any folder, and so do the processes it starts.
install_command() {
    command=$venv/bin/tzxm
    if [ -x "$command" ]; then return 0; fi
    cat >"$command" <<'SHIM'
#!/bin/sh
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.." && pwd)
PYTHONSAFEPATH=1 PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" exec "$root/.venv/bin/python" -m core.command "$@"
SHIM
    chmod +x "$command"
    say "命令 .venv/bin/tzxm 已就绪"
}

if [ "$purpose" = test ] && [ -n "${TZXM_CHROMIUM:-}" ] && ! has_chromium; then
    stop "环境变量 TZXM_CHROMIUM 所指的 $TZXM_CHROMIUM 不能运行"
fi
# shellcheck disable=SC2046  # one word per package
install_packages $(missing_packages)
make_venv
install_lock
install_command
