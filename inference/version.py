"""The version of this build, as results name it."""

VERSION = "0.1.0"
NAME = "Concilium"
