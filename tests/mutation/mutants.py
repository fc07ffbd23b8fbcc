"""Small changes of a Python module: each is the kind of slip that a test should notice.

A mutant is one changed expression or statement. Annotations, texts, decorators, error messages
and what an object shows of itself are left as they are: no number depends on them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_TO_ARGUMENT = frozenset(
    {
        "exp",
        "log",
        "log1p",
        "sqrt",
        "abs",
        "round",
        "min",
        "max",
        "sorted",
        "reversed",
        "nan_to_num",
    }
)
_OPPOSITE = {"min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin"}
_SHOWS = frozenset({"__repr__", "_repr_html_", "__str__"})
_NOT_MUTATED = (ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr)
_SETTINGS = frozenset({"strict", "repr", "frozen", "slots", "compare", "copy"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    Attributes
    ----------
    line
        Line of the module that is changed.
    function
        Function or class in which it is, with the classes around it.
    code
        This line as it is written.
    what
        The code before and after.
    site, number
        Number of the node among all that can be changed, and of the change of this node.
    """

    line: int
    function: str
    code: str
    what: str
    site: int
    number: int


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in the order of its lines.

    >>> [mutant.what for mutant in mutants("def f(x):\\n    return x + 1\\n")]
    ['return x + 1 -> return None', 'x + 1 -> x - 1', '1 -> 2']
    """
    code = [line.strip() for line in source.splitlines()]
    return [
        Mutant(
            node.lineno,
            function,
            code[node.lineno - 1],
            f"{_text(node)} -> {_text(after)}",
            site,
            number,
        )
        for site, (node, function) in enumerate(_sites(ast.parse(source)))
        for number, after in enumerate(_changes(node))
    ]


def mutated(source: str, mutant: Mutant) -> str:
    """The text of a module with one change; its comments are left out."""
    tree = ast.parse(source)
    node, _ = list(_sites(tree))[mutant.site]
    _replace(tree, node, _changes(node)[mutant.number])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _text(node: ast.AST) -> str:
    line = " ".join(ast.unparse(node).split())
    return line if len(line) <= 100 else f"{line[:97]}..."


Site = ast.expr | ast.stmt


def _sites(node: ast.AST, function: str = "") -> Iterator[tuple[Site, str]]:
    """Expressions and statements that can be changed, outermost first."""
    for child in _children(node):
        inside = function
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            if child.name in _SHOWS or _is_overload(child):
                continue
            inside = f"{function}.{child.name}".lstrip(".")
        if isinstance(child, (ast.expr, ast.stmt)):
            yield child, inside
        yield from _sites(child, inside)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node in which something is computed; the numbers of an enumeration are names."""
    if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
        yield from (child for child in node.body if isinstance(child, ast.FunctionDef))
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_text = isinstance(child, ast.Expr) and _is_text(child.value)
            setting = isinstance(child, ast.keyword) and child.arg in _SETTINGS
            mutated_too = isinstance(child, ast.AST) and not isinstance(child, _NOT_MUTATED)
            if mutated_too and not is_text and not setting:
                yield child


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_overload(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)


def _replace(tree: ast.AST, node: ast.AST, after: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, after)
            elif isinstance(value, list):
                value[:] = [after if item is node else item for item in value]


def _changes(node: Site) -> list[ast.AST]:
    """What may stand in place of a node."""
    return [*_other_operators(node), *_other_branches(node), *_other_values(node)]


def _other_operators(node: Site) -> list[ast.AST]:
    match node:
        case ast.Compare(left, ops, values):
            return [
                ast.Compare(left, [*ops[:ix], _COMPARED[type(op)](), *ops[ix + 1 :]], values)
                for ix, op in enumerate(ops)
            ]
        case ast.BinOp(left, op, right) if type(op) in _COMPUTED:
            return [ast.BinOp(left, _COMPUTED[type(op)](), right)]
        case ast.AugAssign(target, op, value) if type(op) in _COMPUTED:
            return [ast.AugAssign(target, _COMPUTED[type(op)](), value)]
        case ast.BoolOp(op, values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            fewer = values[0] if len(values) == 2 else ast.BoolOp(op, values[:-1])
            return [ast.BoolOp(other, values), fewer]
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            return [operand]
    return []


def _other_branches(node: Site) -> list[ast.AST]:
    match node:
        case ast.If(test, body, orelse):
            return [ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)]
        case ast.IfExp(test, body, orelse):
            return [ast.IfExp(test, orelse, body)]
        case ast.Return(value) if value is not None and not _is_none(value):
            return [ast.Return(ast.Constant(None))]
    return []


def _other_values(node: Site) -> list[ast.AST]:
    match node:
        case ast.Constant(bool(value)):
            return [ast.Constant(not value)]
        case ast.Constant(int(value) | float(value)):
            return [ast.Constant(value + 1)]
        case ast.Call():
            return _other_calls(node)
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return _without_conditions(node)
        case ast.Lambda(args, ast.Tuple(values, context)) if len(values) > 1:
            return [ast.Lambda(args, ast.Tuple(values[:-1], context))]
    return []


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _other_calls(node: ast.Call) -> list[ast.AST]:
    """A call in place of its argument, and the smallest in place of the largest."""
    found: list[ast.AST] = []
    match node.func:
        case ast.Name(name) | ast.Attribute(_, name):
            pass
        case _:
            return []
    if name in _TO_ARGUMENT and node.args and not isinstance(node.args[0], ast.Starred):
        found.append(node.args[0])
    if name in _OPPOSITE:
        func = (
            ast.Name(_OPPOSITE[name], ast.Load())
            if isinstance(node.func, ast.Name)
            else ast.Attribute(node.func.value, _OPPOSITE[name], ast.Load())
        )
        found.append(ast.Call(func, node.args, node.keywords))
    return found


def _without_conditions(node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> list[ast.AST]:
    """A comprehension without one of its conditions."""
    found: list[ast.AST] = []
    for ix, part in enumerate(node.generators):
        for left_out in range(len(part.ifs)):
            ifs = [test for number, test in enumerate(part.ifs) if number != left_out]
            fewer = ast.comprehension(part.target, part.iter, ifs, part.is_async)
            parts = [*node.generators[:ix], fewer, *node.generators[ix + 1 :]]
            found.append(type(node)(node.elt, parts))
    return found
