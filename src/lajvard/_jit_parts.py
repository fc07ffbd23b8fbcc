"""Compiling many small kernels as parts of one whole.

Numba optimises a kernel together with all that it calls, and makes machine code of it, before it
does the same for the kernel that calls it. In an engine of a hundred kernels most of the compiling
is then done several times over. Here a part stays as it was written down until the whole, with all
its parts, is optimised once.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache as kept
from importlib import import_module
from typing import Any

__all__ = ["pipelines"]

_NEEDED = (
    *("add_linking_library", "add_ir_module", "finalize", "get_pointer_to_function"),
    *("_get_module_for_linking", "_optimize_final_module"),
)
_WITHOUT_USE = {
    *("WithLifting", "InlineClosureLikes", "RewriteSemanticConstants", "DeadBranchPrune"),
    *("RewriteDynamicRaises", "FindLiterallyCalls", "LiteralUnroll"),
    *("LiteralPropagationSubPipelinePass", "NopythonRewrites", "DumpParforDiagnostics"),
}
"""Passes for closures, context managers, array expressions and the like, which no part has."""

_ENOUGH = (
    *("sroa", "simplify_cfg", "always_inliner", "global_dead_code_eliminate"),
    *("sroa", "simplify_cfg", "instruction_combine", "new_gvn", "simplify_cfg"),
    *("dead_store_elimination", "global_dead_code_eliminate"),
)
"""Passes of LLVM over the whole. Its lowest level has many more and takes three times as long, for
an engine that is as fast within a few hundredths: what matters is inlined, and that is by order."""


@kept
def pipelines() -> dict[str, dict[str, Any]]:
    """Options of Numba for a `part` and for the `whole`; none where this Numba is built otherwise.

    Parts may use numbers, records and each other: no closures, array expressions or exceptions.
    """
    codegen, compiler = import_module("numba.core.codegen"), import_module("numba.core.compiler")
    library = getattr(codegen, "JITCodeLibrary", None)
    binding = import_module("llvmlite.binding")
    for what, names in (
        (library, _NEEDED),
        (import_module("numba").types.BaseFunction, ("get_call_type",)),
        (import_module("numba.core.base").BaseContext, ("get_abi_sizeof",)),
        (binding, ("create_pipeline_tuning_options", "create_new_module_pass_manager")),
        (getattr(binding, "ModulePassManager", None), [f"add_{name}_pass" for name in _ENOUGH]),
    ):
        if not all(hasattr(what, name) for name in names):
            return {}
    part = _part(codegen)
    return {
        "part": {"pipeline_class": _pipeline(compiler, part, _WITHOUT_USE)},
        "whole": {
            "pipeline_class": _pipeline(compiler, _whole(codegen, part), set()),
            "no_cfunc_wrapper": True,
        },
    }


class _WithoutEnvironment:
    """For code that cannot call the interpreter, and is not there yet."""

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing."""


def _part(codegen: Any) -> Any:
    """Numba's library of code, kept as it was written down: not optimised, not ready to run."""
    base: Any = codegen.JITCodeLibrary
    binding: Any = import_module("llvmlite.binding")

    class Part(base):  # type: ignore[misc]
        """Code of one kernel."""

        def add_linking_library(self, library: Any) -> None:
            self._linking_libraries.append(library)

        def add_ir_module(self, ir_module: Any) -> None:
            self._final_module = binding.parse_assembly(str(ir_module))
            self._final_module.data_layout = self._codegen._data_layout  # noqa: SLF001

        def finalize(self) -> None:
            for function in self._final_module.functions:
                if not function.is_declaration and function.linkage == binding.Linkage.external:
                    function.linkage = "linkonce_odr"
            self._shared_module = self._final_module
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:
            return 0  # nobody but the whole calls it

        @property
        def codegen(self) -> Any:
            return _WithoutEnvironment()

        @property
        def parts(self) -> list[Any]:
            found: list[Any] = self._linking_libraries
            return found

    return Part


def _whole(codegen: Any, part: Any) -> Any:
    """Numba's library of code, with the parts that it calls, those that they call, and so on."""
    base: Any = codegen.JITCodeLibrary
    binding: Any = import_module("llvmlite.binding")

    class Whole(base):  # type: ignore[misc]
        """Code of a kernel and of all its parts, each once."""

        def add_linking_library(self, library: Any) -> None:
            if library in self._linking_libraries:
                return
            super().add_linking_library(library)
            if isinstance(library, part):
                for inner in library.parts:
                    self.add_linking_library(inner)

        def _optimize_final_module(self) -> None:
            for function in self._final_module.functions:
                if function.linkage == binding.Linkage.linkonce_odr and not function.is_declaration:
                    function.linkage = "internal"
            options = binding.create_pipeline_tuning_options()
            builder = binding.create_pass_builder(self._codegen._tm, options)  # noqa: SLF001
            passes = binding.create_new_module_pass_manager()
            for name in _ENOUGH:
                getattr(passes, f"add_{name}_pass")()
            passes.run(self._final_module, builder)

    return Whole


_KNOWN: dict[Any, Any] = {}


@contextmanager
def _found_once() -> Iterator[None]:
    """Let what operators and functions on numbers give be found once, not in each kernel anew.

    Numba looks through all that `+` could mean each time that it meets one, and has LLVM read a
    module of its own each time that it wants to know how large a number is.
    """
    types: Any = import_module("numba").types
    function, context = types.BaseFunction, import_module("numba.core.base").BaseContext
    get_call_type, get_abi_sizeof = function.get_call_type, context.get_abi_sizeof
    scalar = types.Number, types.Boolean, types.Literal

    def call_type(self: Any, typing: Any, args: Any, kws: Any) -> Any:
        if kws or not all(isinstance(arg, scalar) for arg in args):
            return get_call_type(self, typing, args, kws)
        if (self, args) not in _KNOWN:
            _KNOWN[self, args] = get_call_type(self, typing, args, kws)
        return _KNOWN[self, args]

    def abi_sizeof(self: Any, kind: Any) -> Any:
        if kind not in _KNOWN:
            _KNOWN[kind] = get_abi_sizeof(self, kind)
        return _KNOWN[kind]

    function.get_call_type, context.get_abi_sizeof = call_type, abi_sizeof
    try:
        yield
    finally:
        function.get_call_type, context.get_abi_sizeof = get_call_type, get_abi_sizeof


def _pipeline(compiler: Any, library: Any, left_out: set[str]) -> Any:
    """Numba's compiler, with a library of our own and without some passes."""
    base: Any = compiler.CompilerBase

    class Linked(base):  # type: ignore[misc]
        """The usual passes; no search for garbage between them, which finds little."""

        def compile_extra(self, function: Any) -> Any:
            enabled = gc.isenabled()
            gc.disable()
            try:
                with _found_once():
                    return super().compile_extra(function)
            finally:
                if enabled:
                    gc.enable()

        def define_pipelines(self) -> list[Any]:
            state = self.state
            state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.library.enable_object_caching()
            usual = compiler.DefaultPassBuilder.define_nopython_pipeline(state)
            manager = compiler.PassManager("linked")
            for kind, what in usual.passes:
                if kind.__name__ not in left_out:
                    manager.add_pass(kind, what)
            manager.finalize()
            return [manager]

    return Linked
