#!/usr/bin/env bash
# Builds the release programs (NativeAOT) into out/bin: wharf (also as docker), wharfd, wharf-shim, wharf-oci, wharf-registry; debug symbols go to out/symbols.
# Usage: ./build.sh [program...]     without arguments: all of them
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. build/common.sh

need_dotnet
need_packages gcc cmake zlib1g-dev libzstd-dev libsqlite3-dev libssl-dev

declare -A projects=([wharf]=Wharf.Cli [wharfd]=Wharf.Daemon [wharf-shim]=Wharf.Shim [wharf-oci]=Wharf.OciRuntime [wharf-registry]=Wharf.Registry)
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(wharf-shim wharf-oci wharfd wharf-registry wharf)

mkdir -p out/bin out/symbols
for program in "${targets[@]}"; do
    project=${projects[$program]:-}
    [ -n "$project" ] || fail "unknown program '$program': choose from ${!projects[*]}"
    step "publishing $program"
    stage="out/publish/$program"
    dotnet publish "src/$project/$project.csproj" -c Release -r linux-x64 -o "$stage" --nologo -v q
    # A busy program cannot be overwritten, but its name can be given to another file.
    cp "$stage/$program" "out/bin/.$program.new"
    mv "out/bin/.$program.new" "out/bin/$program"
    [ ! -e "$stage/$program.dbg" ] || mv "$stage/$program.dbg" "out/symbols/$program.dbg"
done
[ ! -e out/bin/wharf ] || { ln -sfn wharf out/bin/docker; ln -sfn wharf out/bin/docker-compose; }
step "built: $(cd out/bin && stat -c '%n %s' wharf wharfd wharf-shim wharf-oci wharf-registry 2>/dev/null | awk '{printf "%s %.1f MB  ", $1, $2/1048576}')"
