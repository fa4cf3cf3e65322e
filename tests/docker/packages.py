#!/usr/bin/env python3
"""Shows: the image's last stage (docker/Dockerfile) installs the package of every library that grizzlyd is linked with.

    packages.py GRIZZLYD
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IN_EVERY_IMAGE = ("ld-linux", "libc.so", "libm.so", "libgcc_s.so", "libstdc++.so")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def needed(program):
    """{library: package}"""
    files = dict(re.findall(r"^\s*(\S+) => (\S+) ", output("ldd", program), re.MULTILINE))
    packages = {}
    for library in re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", program)):
        if library.startswith(IN_EVERY_IMAGE):
            continue
        owner = output("dpkg", "-S", str(Path(files[library]).resolve()))
        packages[library] = owner.split(":")[0]
    return packages


def main():
    stage = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8").rsplit("\nFROM ", 1)[1]
    installed = set(re.search(r"apt-get install([^&]*)&&", stage).group(1).split())
    packages = needed(sys.argv[1])
    missing = {library: package for library, package in packages.items() if package not in installed}
    for library, package in sorted(missing.items()):
        print(f"docker/Dockerfile does not install {package}, which has {library}")
    print(f"{len(packages)} libraries, {len(missing)} missing")
    return 1 if missing else 0


sys.exit(main())
