#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Carries out the vcpkg port and the Conan recipe of packaging/ without vcpkg and Conan.

usage: test/packages/recipes.py [--build]

The functions and classes that these tools offer are played: what would call CMake calls it, with the
arguments that the tool documents. So an option that the project does not know, a file that the recipe
forgets, or another version is noticed. That the tools themselves take the recipes is not.

Without --build the library is only configured. With it, it is built and installed, and test/consumer is
built with what came out, as a static library by vcpkg and as a shared one by Conan.
"""

import fnmatch
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types

root = pathlib.Path(__file__).resolve().parent.parent.parent
version = re.search(r"VERSION (\d+\.\d+\.\d+)", (root / "CMakeLists.txt").read_text()).group(1)
build = "--build" in sys.argv[1:]


def run(*command):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    output = done.stdout + done.stderr
    # CMake's words for a -D that the project does not know.
    if done.returncode != 0 or "not used by the project" in output:
        sys.exit(f"{' '.join(map(str, command))}\n{output}")


def consume(work, *definitions):
    """Builds somebody else's project with what has been installed, and runs it."""
    shutil.copytree(root / "test" / "consumer", work / "consumer")
    run("cmake", "-G", "Ninja", "-S", work / "consumer", "-B", work / "consumer_build", *definitions)
    run("cmake", "--build", work / "consumer_build", "--target", "consumer")
    run(work / "consumer_build" / "consumer")


# --- vcpkg --------------------------------------------------------------------------------------

vcpkg_functions = """
function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
  execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND ${CMAKE_COMMAND} -G Ninja
    -S ${arg_SOURCE_PATH} -B ${WORK}/build ${arg_OPTIONS} -DCMAKE_UNITY_BUILD=ON
    -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} -DCMAKE_INSTALL_LIBDIR=lib)
endfunction()
function(vcpkg_cmake_install)
  if(BUILD)
    execute_process(COMMAND_ERROR_IS_FATAL ANY
      COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target install)
  endif()
endfunction()
function(must_be_there file)
  if(BUILD AND NOT EXISTS ${CURRENT_PACKAGES_DIR}/${file})
    message(FATAL_ERROR "the port expects ${file}, which is not installed")
  endif()
endfunction()
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
  must_be_there(${arg_CONFIG_PATH}/asyncinfo-config.cmake)
endfunction()
function(vcpkg_fixup_pkgconfig)
  must_be_there(lib/pkgconfig/asyncinfo.pc)
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" FILE_LIST)
  file(COPY ${arg_FILE_LIST} DESTINATION ${CURRENT_PACKAGES_DIR}/share/asyncinfo)
endfunction()
include(${PORT}/portfile.cmake)
"""


def vcpkg(work):
    port = root / "packaging" / "vcpkg" / "asyncinfo"
    told = json.loads((port / "vcpkg.json").read_text())
    if told["version"] != version:
        sys.exit(f"packaging/vcpkg/asyncinfo/vcpkg.json says version {told['version']}, not {version}")
    (work / "port.cmake").write_text(vcpkg_functions)
    run("cmake", f"-DWORK={work}", f"-DPORT={port}", f"-DBUILD={build}",
        f"-DCURRENT_PACKAGES_DIR={work / 'packages'}", "-P", work / "port.cmake")
    if build:
        consume(work, f"-DCMAKE_PREFIX_PATH={work / 'packages'}")


# --- Conan --------------------------------------------------------------------------------------

def copy(recipe, pattern, src, dst):
    found = [each for each in pathlib.Path(src).rglob("*") if each.is_file()
             and fnmatch.fnmatch(str(each.relative_to(src)), pattern)]
    if not found:
        sys.exit(f"packaging/conan/conanfile.py copies {pattern}, and there is none")
    for each in found:
        to = pathlib.Path(dst) / each.relative_to(src)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(each, to)


class Toolchain:
    def __init__(self, recipe):
        self.cache_variables = {}
        self.recipe = recipe

    def generate(self):
        self.recipe.generated = self.cache_variables


class CMake:
    def __init__(self, recipe):
        self.recipe = recipe

    def configure(self):
        run("cmake", "-G", "Ninja", "-S", self.recipe.source_folder, "-B", self.recipe.build_folder,
            "-DCMAKE_UNITY_BUILD=ON", f"-DBUILD_SHARED_LIBS={self.recipe.options.shared}",
            f"-DCMAKE_INSTALL_PREFIX={self.recipe.package_folder}", "-DCMAKE_INSTALL_LIBDIR=lib",
            *(f"-D{name}={value}" for name, value in self.recipe.generated.items()))

    def build(self):
        if build:
            run("cmake", "--build", self.recipe.build_folder)

    def install(self):
        run("cmake", "--install", self.recipe.build_folder)


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


def conan(work):
    module("conan", ConanFile=object)
    module("conan.tools")
    module("conan.tools.build", check_min_cppstd=lambda recipe, least: None)
    module("conan.tools.cmake", CMake=CMake, CMakeToolchain=Toolchain, cmake_layout=lambda recipe: None,
           CMakeDeps=lambda recipe: types.SimpleNamespace(generate=lambda: None))
    module("conan.tools.files", copy=copy, load=lambda recipe, path: pathlib.Path(path).read_text(),
           rmdir=lambda recipe, path: shutil.rmtree(path))
    file = root / "packaging" / "conan" / "conanfile.py"
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("conanfile", file)
    conanfile = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conanfile)

    recipe = conanfile.AsyncInfo()
    recipe.recipe_folder = str(file.parent)
    recipe.export_sources_folder = recipe.source_folder = str(work / "source")
    recipe.build_folder = str(work / "build")
    recipe.package_folder = str(work / "package")
    recipe.options = types.SimpleNamespace(shared=True)
    recipe.settings = types.SimpleNamespace(os="Linux")
    recipe.required = []
    recipe.requires = lambda what, **how: recipe.required.append(what)
    properties = {}
    recipe.cpp_info = types.SimpleNamespace(builddirs=[], set_property=properties.__setitem__)

    recipe.set_version()
    if recipe.version != version:
        sys.exit(f"packaging/conan/conanfile.py finds version {recipe.version}, not {version}")
    for step in (recipe.export_sources, recipe.requirements, recipe.validate, recipe.layout,
                 recipe.generate, recipe.build):
        step()
    if build:
        recipe.package()
        recipe.package_info()
        folders = [os.path.join(recipe.package_folder, each) for each in recipe.cpp_info.builddirs]
        consume(work, f"-Dasyncinfo_DIR={folders[0]}")


for recipe in (vcpkg, conan):
    with tempfile.TemporaryDirectory() as folder:
        recipe(pathlib.Path(folder))
    print(f"{recipe.__name__}: {'built and used' if build else 'configured'}")
