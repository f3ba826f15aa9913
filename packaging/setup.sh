#!/bin/sh
# Sets up a virtual environment with everything that running, testing and measuring needs.
# System libraries come from apt where that is possible; otherwise the missing ones are named and the work goes on.
set -eu
venv=$1
python=${PYTHON:-python3.11}
command -v "$python" >/dev/null 2>&1 || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }

packages="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-xinerama0 libxtst6 fonts-dejavu-core xvfb poppler-utils
orthanc orthanc-dicomweb softhsm2 openssl dcmtk dbus"
if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for package in $packages; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            echo "Installing system packages:$missing"
            # the packaged Orthanc would start as a service on every address; it is only ever started fenced, by the practice clinic
            policy=/usr/sbin/policy-rc.d
            [ -e "$policy" ] && policy="" || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; }
            apt-get update -qq || true
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || \
                echo "Some system packages could not be installed; what needs them will say so." >&2
            [ -n "$policy" ] && rm -f "$policy"
        else
            echo "These system packages are missing; install them with: sudo apt-get install$missing" >&2
        fi
    fi
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing Python packages into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# as pip does for what is not installed editable: a start spends a fifth of its time on compiling otherwise
"$venv/bin/python" -m compileall -q reviewer_app
