"""P9: what is kept between two requests begins with its business, or holds nothing of any.

Read from the syntax trees: a new cache fails here until it is listed with what its key begins with, or why it may be
shared. What is kept by an object that lives for one answer, one document or one round is not kept between requests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "retrieval")
KEEPERS = {"dict", "OrderedDict", "defaultdict", "set", "list", "deque", "WeakValueDictionary", "Shelf", "Memory"}

# Kept by a module, or by an object of which a process has one. The key's type begins with the business.
BY_BUSINESS = {
    "retrieval/recall.py: _memory": "Memory: a UUID, the business",
    "retrieval/memory.py: Memory._kept": "UUID of the business",
    "app/channels/web/examples.py: _known": "(business, generation, language)",
    "app/channels/web/examples.py: _looking": "(business, generation, language)",
    "app/vault/keys.py: Vault._cache": "UUID of the business",
    "app/limits.py: Limiter._local": "Take.key: limit:business:rule:hash",
}
# Holds no word of any business or visitor.
SHARED = {
    "app/channels/web/admission.py: _owners": "which business a public key is of; both are read together each time",
    "app/providers/factory.py: Models._earlier": "embedders by the name of their model",
    "app/providers/token_budget.py: Vocabularies._encodings": "public vocabularies by the name of their model",
    "app/providers/openai_chat.py: OpenAIChat._refused": "names of parameters",
    "app/providers/anthropic_chat.py: AnthropicChat._refused": "names of parameters",
    "app/security.py: KeyRing._keys": "the service's own keys",
    "app/security.py: KeyRing._derived": "keys derived from the service's own",
    "app/embedded/process.py: _started": "processes",
    "app/jobs/runner.py: Runner._running": "tasks by the id of their job",
    "app/conversations/running.py: AnswerTasks._running": "answers under way, by the business or by it and the message",
    "app/conversations/running.py: AnswerTasks._watches": "tasks, by the id of an answer under way",
    "app/outbound.py: OutboundFetcher._pools": "connections, by host and address",
    "app/render/browser.py: BrowserRenderer._next_at": "times by host, in a worker that reads pages",
    "app/render/browser.py: BrowserRenderer._kept": "public files that pages asked for, by address, in a worker",
}
# Attributes of objects that live for one answer, one round or one connection: made anew where they are used, and never
# reached by another. A name of a module is never among them.
SHORT = {
    "retrieval/memory.py: Shelf._kept",  # of one generation: see Memory
    "retrieval/sentences.py", "retrieval/verify/", "retrieval/quoting/", "retrieval/written.py",
    "app/golden/remembered.py", "app/conversations/save.py", "app/conversations/running.py: RunningAnswer",
    "app/render/devtools.py", "app/providers/html_text.py", "app/providers/token_budget.py: _", "app/jobs/runner.py: _",
    "app/settings.py: _Reader", "app/providers/minilm_graph.py: _Graph",
    "app/dashboard", "app/commands", "app/health", "app/supervisor.py", "app/embedded",
}  # fmt: skip


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def kept() -> Iterator[str]:
    """Every container that a module or an object's own attribute holds."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name, tree = path.relative_to(ROOT).as_posix(), tree_of(path)
            for node in tree.body:
                for target in _targets(node):
                    if isinstance(target, ast.Name) and not target.id.isupper() and target.id.strip("_").islower():
                        yield f"{name}: {target.id}"
                if isinstance(node, ast.ClassDef):
                    for inner in ast.walk(node):
                        for target in _targets(inner):
                            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                                yield f"{name}: {node.name}.{target.attr}"


def _targets(node: ast.AST) -> Sequence[ast.expr]:
    """Of an assignment of an empty container: one that holds constants is no cache."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    empty = isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]")
    made = isinstance(value, ast.Call) and _called(value) in KEEPERS and not value.args
    return targets if empty or made else []


def _called(call: ast.Call) -> str:
    function = call.func.value if isinstance(call.func, ast.Subscript) else call.func
    return ast.unparse(function).rpartition(".")[2]


def test_every_cache_is_known_and_begins_with_its_business() -> None:
    found = set(kept())
    unknown = {
        entry
        for entry in found - BY_BUSINESS.keys() - SHARED.keys()
        if "." not in entry.partition(": ")[2] or not any(entry.startswith(short) for short in SHORT)
    }
    assert unknown == set(), "say in this file what its key begins with, or why it may be shared"
    assert BY_BUSINESS.keys() <= found, "these are gone or were renamed"


def test_keys_of_what_is_kept_by_business_begin_with_it() -> None:
    """By their declared types."""
    begins = {
        "retrieval/memory.py": "self._kept: OrderedDict[UUID, _Kept]",
        "app/channels/web/examples.py": "Key = tuple[UUID, int, str]",
        "app/vault/keys.py": "self._cache: OrderedDict[UUID, BusinessKeys]",
        "app/limits.py": 'return f"limit:{self.scope}:{self.rule.name}:{digest}"',
    }
    for path, declared in begins.items():
        assert declared in (ROOT / path).read_text(encoding="utf-8"), path


def test_what_a_function_remembers_depends_on_its_arguments_alone() -> None:
    """Around a coroutine, a method, a connection or a business it would answer one business with another's."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(tree_of(path)):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                decorators = {ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in node.decorator_list}
                if not decorators & {"cache", "lru_cache"}:
                    continue
                names = [argument.arg for argument in node.args.args]
                where = f"{path.relative_to(ROOT)}: {node.name}"
                assert isinstance(node, ast.FunctionDef), where
                assert not {"self", "conn", "services", "business", "keys"} & set(names), where
                words = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
                assert not words & {"_memory", "_looking", "environ"}, where


def test_keys_in_redis_begin_with_a_business_or_hold_ids_alone() -> None:
    """Redis is reached by the limiter, the doorbell and the health check, and by nobody else."""
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "redis" in {
            (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
    }  # fmt: skip
    assert users <= {
        "app/limits.py", "app/jobs/doorbell.py", "app/services.py", "app/wiring.py", "app/worker.py",
        "app/health/check.py", "app/health/doctor.py", "app/embedded/redis_server.py", "app/embedded/pair.py",
    }, users  # fmt: skip
