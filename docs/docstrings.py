"""Write the documentation that estimators share into their docstrings.

``python docs/docstrings.py`` writes the texts of shared_docs.txt, which explains its own form, into the class
docstrings of skseq/_*.py. With ``--check`` it writes nothing, shows what differs, and exits with 1 if anything does.

It reads files as text, never imports them, and so gives the same on every version of Python. Entries that are not
shared stay as they are; only their order follows the signature.
"""

import ast
import re
import sys
from difflib import unified_diff
from pathlib import Path

__all__ = ["documented", "entries", "main", "sections"]

HERE = Path(__file__).parent
SECTIONS = ("", "Parameters", "Attributes", "See Also", "Notes", "References", "Examples")  # in numpydoc's order
NAME = re.compile(r"\*\*(.+?)\.\*\*|\.\. \[(\w+)\]|([\w, ]+?) : ")  # of a note, a reference, a parameter or attribute
INDENT = " " * 4


# --- reading ----------------------------------------------------------------------------------------------------------


def sections(doc):
    """Title -> text of the numpydoc sections of a docstring without indentation; the summary has the title ""."""
    parts = re.split(r"^(\w[\w ]*)\n-+\n", doc, flags=re.MULTILINE)
    texts = [text.strip("\n") for text in parts[::2]]
    return dict(zip(["", *parts[1::2]], texts))


def entries(section, text):
    """Name -> entry of a section; notes without a name have their own text for a name."""
    apart = r"\n\n+" if section == "Notes" else r"\n+(?=\S)"  # other entries begin where a line is not indented
    found = [part.rstrip() for part in re.split(apart, text.strip("\n")) if part]
    names = [NAME.match(part) for part in found]
    return {name.group(name.lastindex) if name else part: part for name, part in zip(names, found)}


def read_groups(text):
    """[(section, names that it is for, entries)] of shared_docs.txt."""
    _, *parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    groups = []
    for heading, body in zip(parts[::2], parts[1::2]):
        section, _, names = heading.partition(": ")
        groups.append((section, dict.fromkeys(names.split(", ")).keys() if names else None, entries(section, body)))
    return groups


def signature(node):
    """Parameter -> default as text, or None, of the `__init__` of a class."""
    (arguments,) = (item.args for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__")
    names = [argument.arg for argument in arguments.args[1:] + arguments.kwonlyargs]
    given = [
        default and ast.unparse(default).replace("'", '"') for default in arguments.defaults + arguments.kw_defaults
    ]
    return dict(zip(names, [None] * (len(names) - len(given)) + given))


def documented(source):
    """The public classes of a file that have a docstring and an `__init__`."""
    return [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
        and any(isinstance(item, ast.FunctionDef) and item.name == "__init__" for item in node.body)
    ]


# --- writing ----------------------------------------------------------------------------------------------------------


def shared_entries(groups, section, names):
    """Name -> entry of a section, of the groups that are for all or for one of these names."""
    shared = {}
    for _, _, own in (group for group in groups if group[0] == section and (group[1] is None or group[1] & names)):
        for name, entry in own.items():
            before = "\n".join(shared.get(name, "").split("\n")[1:])
            shared[name] = entry.replace(f"\n{INDENT}...\n", f"\n{before}\n")
    return shared


def elsewhere(groups, name, of):
    """Says which groups of parameters have an entry of this name, for others; else ""."""
    found = [names for section, names, own in groups if section == "Parameters" and names and name in own]
    if not found:
        return ""
    headings = " and ".join(f"'=== Parameters: {', '.join(names)}'" for names in found)
    return f" It describes {name} below {headings}: if the text fits, add {of} to that heading."


def with_default(entry, default):
    """A parameter's entry with its default behind the type."""
    head, *body = entry.split("\n")
    return "\n".join([head if default is None else f"{head}, default={default}", *body])


def parameters(own, shared, defaults, of, groups):
    """One entry for every parameter, in the order of the signature."""
    shared = {name: with_default(entry, defaults[name]) for name, entry in shared.items() if name in defaults}
    own = own | shared
    if set(own) != set(defaults):
        missing = sorted(set(defaults) - set(own))
        raise SystemExit(
            f"{of}: parameters without documentation {missing}, documented but not in the signature "
            f"{sorted(set(own) - set(defaults))}. Describe a parameter in the docstring, or, if several estimators "
            f"have it, in docs/shared_docs.txt.{''.join(elsewhere(groups, name, of) for name in missing)}"
        )
    return [own[name] for name in defaults]


def new_docstring(doc, of, defaults, groups):
    """The docstring with all shared entries as they should be, without indentation as it came."""
    parts = sections(doc)
    names = {of, *defaults}
    for section in ("Parameters", "Attributes", "Notes"):
        own, shared = entries(section, parts.get(section, "")), shared_entries(groups, section, names)
        if section == "Parameters":
            found = parameters(own, shared, defaults, of, groups)
        else:
            found = [entry for name, entry in own.items() if name not in shared] + list(shared.values())
        parts[section] = "\n\n".join(found)
    shared, own = shared_entries(groups, "References", names), entries("References", parts.get("References", ""))
    cited = set(re.findall(r"\[(\w+)\]_", "\n".join(parts.values())))
    found = [entry for name, entry in own.items() if name not in shared]
    parts["References"] = "\n".join(found + [entry for name, entry in shared.items() if name in cited])
    if unknown := parts.keys() - set(SECTIONS):
        raise SystemExit(f"{of}: no place is known for the sections {sorted(unknown)}: add them to SECTIONS.")
    titles = [title for title in SECTIONS if parts.get(title)]
    return "\n\n".join((f"{title}\n{'-' * len(title)}\n" if title else "") + parts[title] for title in titles)


def new_source(source, groups):
    """A file with the docstrings of its public classes as they should be."""
    lines = source.split("\n")
    for node in reversed(documented(source)):  # from the end, so that line numbers before it stay true
        start, end = node.body[0].lineno - 1, node.body[0].end_lineno
        old = "\n".join(line.removeprefix(INDENT) for line in lines[start:end])
        new = new_docstring(old.strip()[3:-3], node.name, signature(node), groups)
        written = [(INDENT + line).rstrip() for line in f'"""{new}\n"""'.split("\n")]
        lines[start:end] = written
    return "\n".join(lines)


def main(arguments):
    """Write or check all files; the exit status."""
    groups = read_groups((HERE / "shared_docs.txt").read_text())
    out_of_step = False
    for path in sorted((HERE.parent / "skseq").glob("_*.py")):
        old = path.read_text()
        new = new_source(old, groups)
        if "--check" in arguments:
            name = str(path.relative_to(HERE.parent))
            diff = "".join(unified_diff(old.splitlines(True), new.splitlines(True), name, f"{name}, as it should be"))
            print(diff, end="")
        elif new != old:
            path.write_text(new)
        out_of_step |= new != old
    if "--check" in arguments and out_of_step:
        print("\nDocstrings are out of step: run python docs/docstrings.py (it writes what stands in shared_docs.txt).")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
