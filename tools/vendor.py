"""Take a front-end library as released: `python -m tools.vendor NAME VERSION FILE …`.

Fetches the package with npm, which checks the registry's own sha512, copies the named files and the
licence below `surveys/web/static/vendor/`, and writes what they are into `vendor.lock.json`. A test
recomputes the hashes; pages carry them as `integrity`. An integrity printed in somebody's manual is
never copied: one such was of another release, and browsers refused the file.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from surveys.web.assets import STATIC, VENDOR_LOCK


def vendor(name: str, version: str, files: list[str]) -> None:
    """Copy `files` of one release into the static folder and note them in the lock."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - a developer's own command line
            ["npm", "pack", "--json", f"{name}@{version}"],  # noqa: S607 - npm as it is on the path
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        told = json.loads(packed.stdout)[0]
        archive = Path(folder, told["filename"])
        sha512 = _hash(archive.read_bytes(), "sha512")
        if sha512 != told["integrity"]:
            sys.exit(f"{name} {version}: the archive is not what the registry says")
        with tarfile.open(archive) as tar:
            kept = {PurePosixPath(file).name: _read(tar, file) for file in files}
            licence = json.loads(_read(tar, "package.json"))["license"]
            kept[f"{name}.LICENSE.txt"] = _read(tar, "LICENSE")
    for file, content in kept.items():
        (VENDOR_LOCK.parent / file).write_bytes(content)
    lock = json.loads(VENDOR_LOCK.read_text()) if VENDOR_LOCK.exists() else {}
    lock[name] = {
        "version": version,
        "licence": licence,
        "sha512": sha512,
        "files": {file: _hash(content, "sha384") for file, content in sorted(kept.items())},
    }
    VENDOR_LOCK.write_text(json.dumps(dict(sorted(lock.items())), indent=2) + "\n")


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(f"package/{name}")
    if member is None:
        sys.exit(f"{name} is no file of the package")
    return member.read()


def _hash(content: bytes, algorithm: str) -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


if __name__ == "__main__":
    (STATIC / "vendor").mkdir(exist_ok=True)
    vendor(sys.argv[1], sys.argv[2], sys.argv[3:])
