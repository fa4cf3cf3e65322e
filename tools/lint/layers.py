"""layers.txt holds the stairs: every include between modules is written there, and they go down only."""

from tree import Violation

LAYERS = "layers.txt"


def read_layers(tree):
    """{module: (line, [modules it may include])}, in the order of the file."""
    layers = {}
    for number, text in tree.settings(LAYERS):
        module, _, below = text.partition(":")
        layers[module.strip()] = (number, below.split())
    return layers


def check(tree):
    layers = read_layers(tree)
    yield from check_order(layers)
    for file in tree.cpp_files:
        if file.module not in layers:
            yield Violation(file.path, 1, f"module {file.module} has no line in {LAYERS}")
            continue
        allowed = layers[file.module][1]
        for include in file.includes:
            target = include.target.split("/")[0]
            if "/" not in include.target or target not in layers or target == file.module:
                continue
            if target not in allowed:
                yield Violation(file.path, include.line,
                                f"{file.module} may not include {include.target}: "
                                f"{target} is not on its line of {LAYERS}")


def check_order(layers):
    """A module may stand only on modules of earlier lines; that alone makes the graph acyclic."""
    seen = set()
    for module, (line, below) in layers.items():
        for name in below:
            if name not in layers:
                yield Violation(LAYERS, line, f"{module} names {name}, which is no module")
            elif name not in seen:
                yield Violation(LAYERS, line, f"{module} stands on {name}, which comes later: a cycle")
        seen.add(module)
