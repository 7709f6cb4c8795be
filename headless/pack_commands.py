"""The command line of ``main.py pack``: light, so that other commands need not wait for what packs import."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from inference.messages.catalogue import Catalogue


def add_pack_commands(pack: argparse.ArgumentParser, language: argparse.ArgumentParser) -> None:
    """The subcommands of ``main.py pack``."""
    actions = pack.add_subparsers(title="actions", metavar="ACTION", required=True)

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        parser = actions.add_parser(name, parents=[language], help=help_text)
        parser.set_defaults(run=partial(_run, name))
        return parser

    add("list", "every pack, installed or bundled, with its state")
    one = add("verify", "check every promise of one pack, its self-test too")
    one.add_argument("pack", metavar="ID[@VERSION]|FOLDER|FILE.modelpack")
    one = add("show", "what a pack is for, how good it is, who vouches for it")
    one.add_argument("pack", metavar="ID[@VERSION]|FOLDER|FILE.modelpack")
    one = add("install", "verify a pack and put it among your own")
    one.add_argument("source", type=Path, metavar="FILE.modelpack|FOLDER")
    one = add("remove", "remove one version of an installed pack")
    one.add_argument("pack", metavar="ID@VERSION")
    one.add_argument("--yes", action="store_true", help="do not ask")
    one = add("keygen", "make a pair of keys for signing")
    one.add_argument(
        "--out",
        type=Path,
        default=Path("signing-key.pem"),
        metavar="FILE",
        help="private key; FILE.pub is the public one",
    )
    one.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line; else asked")
    one = add("sign", "sign a pack's folder and write it as one file")
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one.add_argument("--key", type=Path, required=True, metavar="FILE", help="Ed25519 private key, PEM")
    one.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line; else asked")
    one.add_argument("--out", type=Path, metavar="FILE.modelpack", help="default: beside the folder")
    one = add("trust", "trust packs that one key has signed")
    one.add_argument("key", type=Path, metavar="KEY.pub", help="Ed25519 public key, PEM")
    one.add_argument("--name", required=True, help="whose it is, as it is to be shown")
    one = add("distrust", "trust a signer no more")
    one.add_argument("name", metavar="NAME")
    one = add("withdraw", "let a version of a pack answer no more unless it is named")
    one.add_argument("pack", metavar="ID@VERSION")
    one.add_argument("--reason", required=True)
    one = add("reinstate", "take back that a version was withdrawn")
    one.add_argument("pack", metavar="ID@VERSION")


def _run(name: str, options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.pack import ACTIONS

    return ACTIONS[name](options, catalogue)
