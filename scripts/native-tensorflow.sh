#!/bin/sh
# Builds the addon of @tensorflow/tfjs-node-gpu against the library of the `tensorflow-cpu` wheel, since its own installer
# downloads a native library that may be unreachable, and runs the oracle tests on it. Linux on x64, with npm, pip, a C++
# compiler and Node's headers (apt: libnode-dev). Works on a copy of the checkout. Usage: scripts/native-tensorflow.sh FOLDER
set -e
work=$(realpath -m "$1")
mkdir -p "$work"
git clone --quiet . "$work/checkout"
cd "$work/checkout"
npm ci
# Installed separately, as npm does not install optional peer dependencies.
mkdir -p "$work/packages" && echo '{}' > "$work/packages/package.json"
npm install --prefix "$work/packages" --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0
cp -rn "$work/packages/node_modules/." node_modules/
pip download --quiet --no-deps --dest "$work" tensorflow-cpu==2.21.0
python3 -m zipfile -e "$work"/tensorflow_cpu-*.whl "$work/wheel"
addon=node_modules/@tensorflow/tfjs-node-gpu
library=$work/wheel/tensorflow
headers=${NODE_HEADERS:-/usr/include/node}
mkdir -p "$addon/lib/napi-v8" "$addon/deps/lib"
cp "$library"/libtensorflow_cc.so.2 "$library"/libtensorflow_framework.so.2 "$addon/deps/lib"
g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 -I"$headers" -I"$library/include" \
  "$addon/binding/tfjs_backend.cc" "$addon/binding/tfjs_binding.cc" -o "$addon/lib/napi-v8/tfjs_binding.node" \
  -L"$addon/deps/lib" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,"$PWD/$addon/deps/lib"
node scripts/run.cjs "vitest run --project unit test/numerics/ops.test.ts test/numerics/architectures-golden.test.ts test/numerics/adapter-layers.test.ts"
