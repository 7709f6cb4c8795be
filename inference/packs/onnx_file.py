"""What an ONNX file asks for, read from its bytes before anything is allowed to open it.

Only the few protobuf fields are read that decide whether the file is self-contained: operator sets, operator
domains and tensors stored outside.  Source: onnx.proto3 (ONNX 1.16), Protocol Buffers wire format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inference.errors import PackError

STANDARD_DOMAINS = ("", "ai.onnx")
MINIMUM_OPSET = 13
MAXIMUM_OPSET = 23

_DEPTH_LIMIT = 32
_EXTERNAL = 1

_MODEL_GRAPH, _MODEL_OPSET, _MODEL_FUNCTION = 7, 8, 25
_OPSET_DOMAIN, _OPSET_VERSION = 1, 2
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_ATTRIBUTE, _NODE_DOMAIN = 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_TENSOR_EXTERNAL_DATA, _TENSOR_LOCATION = 13, 14

Field = tuple[int, int | memoryview]


@dataclass(frozen=True, slots=True)
class OnnxDeclaration:
    """Operator sets by domain, the domains that nodes use, and whether weights lie in another file."""

    opsets: dict[str, int]
    node_domains: frozenset[str]
    has_external_data: bool


def check_onnx_file(content: bytes, file: str) -> None:
    """Refuse a network that is not plain, self-contained ONNX of a known operator set.

    Raises
    ------
    PackError
        Naming ``file``: not ONNX, weights outside, an operator of another domain, or an unknown opset.
    """
    try:
        declaration = read_declaration(content)
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise PackError("error.pack.network_unreadable", file=file) from error
    if declaration.has_external_data:
        raise PackError("error.pack.external_data", file=file)
    foreign = sorted(declaration.node_domains - set(STANDARD_DOMAINS))
    if foreign:
        raise PackError("error.pack.foreign_operator", file=file, domain=foreign[0])
    opset = max((declaration.opsets.get(domain, 0) for domain in STANDARD_DOMAINS), default=0)
    if not MINIMUM_OPSET <= opset <= MAXIMUM_OPSET:
        raise PackError(
            "error.pack.opset", file=file, opset=opset, minimum=MINIMUM_OPSET, maximum=MAXIMUM_OPSET
        )


def read_declaration(content: bytes) -> OnnxDeclaration:
    """Walk the model, its subgraphs and functions.

    Raises
    ------
    ValueError
        When the bytes are not a protobuf message or hold no graph.
    """
    opsets: dict[str, int] = {}
    domains: set[str] = set()
    external = False
    has_graph = False
    for number, value in _fields(memoryview(content)):
        if number == _MODEL_OPSET and isinstance(value, memoryview):
            domain, version = _opset(value)
            opsets[domain] = version
        elif number == _MODEL_GRAPH and isinstance(value, memoryview):
            has_graph = True
            external |= _walk_graph(value, domains, 0)
        elif number == _MODEL_FUNCTION:
            raise ValueError("model-local functions are not used in packs")
    if not has_graph:
        raise ValueError("no graph")
    return OnnxDeclaration(opsets, frozenset(domains), external)


def _opset(message: memoryview) -> tuple[str, int]:
    domain, version = "", 0
    for number, value in _fields(message):
        if number == _OPSET_DOMAIN and isinstance(value, memoryview):
            domain = bytes(value).decode()
        elif number == _OPSET_VERSION and isinstance(value, int):
            version = value
    return domain, version


def _walk_graph(graph: memoryview, domains: set[str], depth: int) -> bool:
    if depth > _DEPTH_LIMIT:
        raise ValueError("graphs nested too deep")
    external = False
    for number, value in _fields(graph):
        if not isinstance(value, memoryview):
            continue
        if number == _GRAPH_INITIALIZER:
            external |= _is_external(value)
        elif number == _GRAPH_SPARSE:
            raise ValueError("sparse weights are not used in packs")
        elif number == _GRAPH_NODE:
            external |= _walk_node(value, domains, depth)
    return external


def _walk_node(node: memoryview, domains: set[str], depth: int) -> bool:
    external = False
    domain = ""
    for number, value in _fields(node):
        if not isinstance(value, memoryview):
            continue
        if number == _NODE_DOMAIN:
            domain = bytes(value).decode()
        elif number == _NODE_ATTRIBUTE:
            external |= _walk_attribute(value, domains, depth)
    domains.add(domain)
    return external


def _walk_attribute(attribute: memoryview, domains: set[str], depth: int) -> bool:
    external = False
    for number, value in _fields(attribute):
        if not isinstance(value, memoryview):
            continue
        if number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
            external |= _is_external(value)
        elif number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
            external |= _walk_graph(value, domains, depth + 1)
    return external


def _is_external(tensor: memoryview) -> bool:
    for number, value in _fields(tensor):
        if number == _TENSOR_EXTERNAL_DATA or (number == _TENSOR_LOCATION and value == _EXTERNAL):
            return True
    return False


def _fields(message: memoryview) -> Iterator[Field]:
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, wire_type = key >> 3, key & 7
        if number == 0:
            raise ValueError("field number 0")
        if wire_type == 0:
            value, position = _varint(message, position)
            yield number, value
            continue
        if wire_type == 2:
            length, position = _varint(message, position)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise ValueError(f"wire type {wire_type}")
        end = position + length
        if end > len(message):
            raise ValueError("truncated field")
        yield number, message[position:end]
        position = end


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
    raise ValueError("number too long")
