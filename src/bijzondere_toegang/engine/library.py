"""Every workflow of a folder, several versions side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bijzondere_toegang.engine.definition import Unsound, Workflow, load
from bijzondere_toegang.engine.source import LineFault, read_source


class NoSuchWorkflow(LookupError):
    """No definition of that name (and version) was loaded."""


@dataclass(frozen=True, slots=True)
class Library:
    """Definitions by name and version."""

    workflows: Mapping[tuple[str, int], Workflow]

    @classmethod
    def load(cls, folder: Path) -> Library:
        """Load every workflow file in the folder. Raises `Unsound`, also for a version found twice."""
        workflows: dict[tuple[str, int], Workflow] = {}
        for path in workflow_files(folder):
            workflow = load(path)
            if (workflow.name, workflow.version) in workflows:
                raise Unsound(path, (_double_version(path, workflow),))
            workflows[workflow.name, workflow.version] = workflow
        return cls(workflows)

    def get(self, name: str, version: int) -> Workflow:
        """Exactly this version. Raises `NoSuchWorkflow`."""
        try:
            return self.workflows[name, version]
        except KeyError:
            raise NoSuchWorkflow(f"{name} versie {version}") from None

    def newest(self, name: str) -> Workflow:
        """The version new cases start under. Raises `NoSuchWorkflow`."""
        versions = [version for known, version in self.workflows if known == name]
        if not versions:
            raise NoSuchWorkflow(name)
        return self.get(name, max(versions))

    def __iter__(self) -> Iterator[Workflow]:
        return iter(self.workflows.values())

    def __len__(self) -> int:
        return len(self.workflows)


def workflow_files(folder: Path) -> list[Path]:
    """The files that describe a process; other data in the folder (the region's parties) is left alone."""
    return [path for path in sorted(folder.glob("*.yaml")) if _describes_a_process(path)]


def _describes_a_process(path: Path) -> bool:
    source = read_source(path.read_text(encoding="utf-8"))
    return source.data is None or (isinstance(source.data, dict) and bool({"stages", "steps"} & set(source.data)))


def _double_version(path: Path, workflow: Workflow) -> LineFault:
    line = read_source(path.read_text(encoding="utf-8")).line_of(("version",))
    return LineFault(line, ("version",), f"versie {workflow.version} van {workflow.name} bestaat al")
