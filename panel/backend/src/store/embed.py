"""Turns numbered SQL files into a C file with an array of their texts: embed.py OUTPUT FILE..."""
import json
import sys

with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write('/* Generated from migrations/ by embed.py. */\n#include "store/migrations.h"\n\nconst char *const migrations[] = {\n')
    for name in sorted(sys.argv[2:]):
        with open(name, encoding="utf-8") as sql:
            for line in sql:
                out.write("    " + json.dumps(line) + "\n")
        out.write("    ,\n")
    out.write("};\nconst int migration_count = sizeof migrations / sizeof migrations[0];\n")
