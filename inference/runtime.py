"""ONNX Runtime on the CPU: one network, explicit threads, repeatable, and stopped within half a second."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import Cancelled, ConciliumError, PackError, ResourceError
from inference.jobs import ShouldStop, never_stop, stop_if_asked
from inference.packs.manifest import NetworkEntry, Tensor

if TYPE_CHECKING:
    from types import ModuleType

PROVIDER = "CPUExecutionProvider"
RUNTIME = "onnxruntime"
MAXIMUM_THREADS = 4

_POLL_S = 0.05
_LOG_FATAL = 4


def default_threads() -> int:
    """Processors this process may use, at most four: more bring little at these sizes."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MAXIMUM_THREADS, available))


def runtime_version() -> str:
    """``onnxruntime 1.31.1``: name and version of the runtime in use."""
    return f"{RUNTIME} {_onnxruntime().__version__}"


class Network:
    """One ONNX graph ready to run.

    Parameters
    ----------
    content
        The file's bytes, already verified.
    entry
        What the manifest says: names and shapes are held against the graph.
    threads
        Threads inside an operator; part of a result's identity, since sums depend on their order.

    Raises
    ------
    PackError
        When the runtime cannot read the graph, or the graph differs from the manifest.
    ResourceError
        When the runtime is not installed or memory does not suffice.
    """

    def __init__(self, content: bytes, entry: NetworkEntry, *, threads: int) -> None:
        self._entry = entry
        self._ort = _onnxruntime()
        try:
            self._session = self._ort.InferenceSession(
                content, sess_options=_options(self._ort, threads), providers=[PROVIDER]
            )
        except MemoryError as error:
            raise ResourceError("error.memory") from error
        except Exception as error:
            if "bad allocation" in str(error) or "bad_alloc" in str(error):
                raise ResourceError("error.memory") from error
            raise PackError("error.pack.network_unreadable", file=entry.file) from error
        _compare(self._session.get_inputs(), entry.inputs, entry.file)
        _compare(self._session.get_outputs(), entry.outputs, entry.file)

    def run(
        self, given: NDArray[np.float32], *, should_stop: ShouldStop = never_stop
    ) -> Mapping[str, NDArray[np.float32]]:
        """All outputs by name for one float32 batch.

        ``should_stop`` is asked from another thread every 50 ms while the network runs.

        Raises
        ------
        Cancelled
            When asked to stop.
        PackError
            When the batch does not fit the network, or an output is not finite.
        ResourceError
            When memory does not suffice or the runtime fails.
        """
        stop_if_asked(should_stop)
        names = [tensor.name for tensor in self._entry.outputs]
        options = self._ort.RunOptions()
        options.log_severity_level = _LOG_FATAL
        with _Watch(options, should_stop) as watch:
            try:
                arrays = self._session.run(names, {self._entry.inputs[0].name: given}, options)
            except Exception as error:
                raise _run_error(error, self._entry.file, stopped=watch.stopped) from error
        outputs = dict(zip(names, arrays, strict=True))
        for name, array in outputs.items():
            if not bool(np.isfinite(array).all()):
                raise PackError("error.pack.not_finite", file=self._entry.file, tensor=name)
        return outputs


class _Watch:
    """Asks from a thread of its own whether to stop, and tells the runtime."""

    def __init__(self, options: Any, should_stop: ShouldStop) -> None:
        self._options = options
        self._should_stop = should_stop
        self._finished = threading.Event()
        self._thread: threading.Thread | None = None
        self.stopped = False

    def __enter__(self) -> _Watch:
        if self._should_stop is not never_stop:
            self._thread = threading.Thread(target=self._look, name="concilium-stop-watch", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._finished.wait(_POLL_S):
            if self._should_stop():
                self.stopped = True
                self._options.terminate = True
                return


def _run_error(error: Exception, file: str, *, stopped: bool) -> ConciliumError:
    if stopped:
        return Cancelled()
    text = str(error)
    if (
        isinstance(error, MemoryError)
        or "bad alloc" in text
        or "bad_alloc" in text
        or "Failed to allocate" in text
    ):
        return ResourceError("error.memory")
    if type(error).__name__ in ("InvalidArgument", "ValueError"):
        return PackError("error.pack.input_shape", file=file)
    return ResourceError("error.runtime.failed", file=file)


def _compare(actual: list[Any], stated: tuple[Tensor, ...], file: str) -> None:
    found = {node.name: node for node in actual}
    if list(found) != [tensor.name for tensor in stated]:
        raise PackError(
            "error.pack.tensors",
            file=file,
            found=", ".join(found),
            stated=", ".join(tensor.name for tensor in stated),
        )
    for tensor in stated:
        node = found[tensor.name]
        shape = tuple(size if isinstance(size, int) else None for size in node.shape)
        if node.type != "tensor(float)" or shape != tensor.shape:
            raise PackError(
                "error.pack.tensor_shape",
                file=file,
                tensor=tensor.name,
                found=_shape_text(shape),
                stated=_shape_text(tensor.shape),
            )


def _shape_text(shape: tuple[int | None, ...]) -> str:
    return " × ".join("n" if size is None else str(size) for size in shape)


def _options(ort: ModuleType, threads: int) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.use_deterministic_compute = True
    # Measured on twelve 32-channel convolutions at 4 × 256²: an arena is less than a tenth faster and keeps
    # 130 MB more between runs.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = _LOG_FATAL
    # A spinning pool would take the processors from the window that is being drawn.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _onnxruntime() -> ModuleType:
    try:
        import onnxruntime
    except ImportError as error:
        raise ResourceError("error.runtime.missing", library=RUNTIME) from error
    onnxruntime.disable_telemetry_events()
    module: ModuleType = onnxruntime
    return module
