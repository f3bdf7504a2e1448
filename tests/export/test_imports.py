import pkgutil
import subprocess
import sys

import export

MODULES = sorted(f"export.{module.name}" for module in pkgutil.iter_modules(export.__path__))


def test_every_module_of_export_imports_without_the_network_and_its_runtime() -> None:
    program = f"""
import importlib, sys
for name in ("onnxruntime", "torch", "cv2"):
    sys.modules[name] = None  # importing it fails
for name in {MODULES}:
    importlib.import_module(name)
print(*(name for name in sys.modules if name.startswith(("bridge", "engine.model"))))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.split() == []


def test_export_has_modules_to_import() -> None:
    assert {"export.midi", "export.piece"} <= set(MODULES)
