"""``esmock completion``: what a shell needs to complete the commands and their options, made from their declarations."""

from __future__ import annotations

import argparse
from typing import Any

_SHELLS = ("bash", "zsh", "fish")


def add_parser(commands: Any, whole: argparse.ArgumentParser) -> None:
    """Declare the command, which describes the whole parser."""
    parser = commands.add_parser(
        "completion",
        help="print completion for a shell",
        description='Print completion for a shell: eval "$(esmock completion bash)", or esmock completion fish | source.',
    )
    parser.add_argument("shell", choices=_SHELLS)
    parser.set_defaults(run=run, whole_parser=whole)


def run(options: argparse.Namespace) -> int:
    """Print it."""
    print(script(options.shell, options_of(options.whole_parser)))
    return 0


def options_of(parser: argparse.ArgumentParser) -> dict[str, list[tuple[str, str]]]:
    """Command to its (option, help) pairs; the empty name has the commands themselves."""
    found: dict[str, list[tuple[str, str]]] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found[""] = [(choice.dest, choice.help or "") for choice in action._choices_actions]
            for name, command in action.choices.items():
                found[name] = [(option, one.help or "") for one in command._actions for option in one.option_strings if option[:2] == "--"]
    return found


def script(shell: str, found: dict[str, list[tuple[str, str]]]) -> str:
    """The shell's script."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](found)


def _words(pairs: list[tuple[str, str]]) -> str:
    return " ".join(name for name, _ in pairs)


def _bash(found: dict[str, list[tuple[str, str]]]) -> str:
    cases = "\n".join(f"    {name}) words='{_words(pairs)}' ;;" for name, pairs in found.items() if name)
    return f"""_esmock() {{
  local words current="${{COMP_WORDS[COMP_CWORD]}}"
  case "${{COMP_WORDS[1]}}" in
{cases}
  esac
  [ "$COMP_CWORD" = 1 ] && words='{_words(found[""])}'
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) [ "$COMP_CWORD" = 1 ] && COMPREPLY=($(compgen -W "$words" -- "$current")) || COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}}
complete -o filenames -F _esmock esmock"""


def _zsh(found: dict[str, list[tuple[str, str]]]) -> str:
    return "autoload -U +X bashcompinit && bashcompinit\n" + _bash(found)


def _fish(found: dict[str, list[tuple[str, str]]]) -> str:
    lines = [f"complete -c esmock -n __fish_use_subcommand -f -a {name} -d {_quoted(text)}" for name, text in found[""]]
    for name, pairs in found.items():
        if name:
            lines += [f"complete -c esmock -n '__fish_seen_subcommand_from {name}' -l {option[2:]} -d {_quoted(text)}" for option, text in pairs]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
