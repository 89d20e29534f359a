# Shared by the scripts at the root. Sourced, never run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

step() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "this needs root: containers are made with namespaces, mounts and cgroups; run it with sudo"
}

need_dotnet() {
    command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing: install it (package dotnet-sdk-10.0) and put 'dotnet' on the PATH"
    dotnet --list-sdks | grep -q '^10\.' || fail "the .NET SDK 10 is needed; 'dotnet --list-sdks' shows: $(dotnet --list-sdks | tr '\n' ' ')"
}

# Installs what is missing of the Debian packages named.
need_packages() {
    local missing=() p
    for p in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" -eq 0 ] || fail "these Debian packages are missing: ${missing[*]} (apt-get install ${missing[*]})"
    step "installing ${missing[*]}"
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null; } ||
        fail "could not install: ${missing[*]}"
}
