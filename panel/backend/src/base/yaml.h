/* YAML 1.2 (core schema) to a JSON tree, for templates, kubeconfigs and the OpenAPI file. */
#ifndef BERTH_BASE_YAML_H
#define BERTH_BASE_YAML_H

#include <jansson.h>

#include "base/arena.h"

/* Parses the first document. Plain scalars become null, booleans, integers, reals or strings; quoted ones are strings.
 * Anchors and aliases are refused: our files have none, and they are how a small text grows large. The tree belongs to
 * the arena. ERROR_INVALID names the line. */
int yaml_to_json(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err) WARN_UNUSED;

#endif
